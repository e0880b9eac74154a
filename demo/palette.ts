// Colours: of channels whose file names none, and of labels.
import type { Channel } from './image';

const CHANNEL_COLORS = ['#4d7cff', '#3ddc84', '#ff5d8f', '#ffd166', '#b388ff', '#4dd0e1'];

/** At most this many channels are shown at first. */
const INITIALLY_ACTIVE = 4;

/** Channels of an image that does not describe them; a single one is grey. */
export function guessChannels(count: number): Channel[] {
  return Array.from({ length: count }, (_, i) => ({
    label: count === 1 ? 'Intensity' : `Channel ${i}`,
    color: count === 1 ? '#ffffff' : CHANNEL_COLORS[i % CHANNEL_COLORS.length],
    active: i < INITIALLY_ACTIVE,
  }));
}

/** [r, g, b] of #rrggbb. */
export function parseColor(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** One pixel of an ImageData seen as Uint32 (little-endian, as every platform with a browser is). */
export const pack = (r: number, g: number, b: number, a = 255): number =>
  ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

const LABEL_COLORS = makeLabelColors(512);

/** The colour of a label, always the same; neighbouring numbers differ strongly. Opaque, packed. */
export const labelColor = (label: number): number =>
  LABEL_COLORS[(Math.imul(label, 0x9e3779b1) >>> 16) % LABEL_COLORS.length];

function makeLabelColors(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => {
    const hue = (i * 0.618034) % 1;
    const lightness = [0.58, 0.68, 0.5][i % 3];
    return hsl(hue, 0.78, lightness);
  });
}

function hsl(hue: number, saturation: number, lightness: number): number {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue * 12) % 12;
    return Math.round(255 * (lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return pack(channel(0), channel(8), channel(4));
}

/** CSS colour of a packed one. */
export const css = (packed: number): string =>
  `rgb(${packed & 255} ${(packed >> 8) & 255} ${(packed >> 16) & 255})`;

/** Matplotlib's viridis at eight places: even steps to the eye, and in grey. */
const RAMP = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725'];

/** The ramp as a CSS gradient. */
export const RAMP_GRADIENT = `linear-gradient(to right, ${RAMP.join(', ')})`;

/** The colour at a place from 0 to 1 along the ramp; packed. */
export function rampColor(place: number): number {
  const at = Math.min(1, Math.max(0, place || 0)) * (RAMP.length - 1);
  const first = Math.min(RAMP.length - 2, Math.floor(at));
  const [a, b] = [parseColor(RAMP[first]), parseColor(RAMP[first + 1])];
  const mix = (i: number) => Math.round(a[i] + (b[i] - a[i]) * (at - first));
  return pack(mix(0), mix(1), mix(2));
}
