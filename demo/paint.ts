// From values to pixels: how the layers look.
import type { TypedArray } from 'tilewise';
import { pack, parseColor } from './palette';

/** A computed tile: values in C order. */
export interface TileData {
  readonly data: TypedArray;
  readonly width: number;
  readonly height: number;
}

/** Fills `pixels` (one packed RGBA each) from a tile whose pixels are `scale` full-resolution pixels wide. */
export type Painter = (tile: TileData, pixels: Uint32Array, scale: number) => void;

/** Milliseconds that one frame may paint, but for the last tile it begins. */
const PAINT_TIME = 6;

/** What of a frame's time to paint is left. */
export class PaintBudget {
  #end: number | undefined;

  /** Whether something was painted. */
  get used(): boolean {
    return this.#end !== undefined;
  }

  /** Whether a tile may be painted; the first to ask always may. */
  take(): boolean {
    const now = performance.now();
    this.#end ??= now + PAINT_TIME;
    return now < this.#end;
  }
}

/** Values from low to high as black to the colour; opaque. */
export function intensityPainter(color: string, low: number, high: number): Painter {
  const [r, g, b] = parseColor(color);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => pack((r * i) / 255, (g * i) / 255, (b * i) / 255));
  const factor = 255 / Math.max(high - low, 1e-9);
  return ({ data }, pixels) => {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (let i = 0; i < pixels.length; i++) pixels[i] = ramp[level(Number(data[i]), low, factor)];
      return;
    }
    for (let i = 0; i < pixels.length; i++) pixels[i] = ramp[level(data[i], low, factor)];
  };
}

const level = (value: number, low: number, factor: number): number => {
  const scaled = (value - low) * factor;
  return scaled > 0 ? (scaled < 255 ? scaled | 0 : 255) : 0;
};

/** Opacity inside outlines: the image stays visible. */
const FILL = 0.34;
/** From afar objects are a few pixels: outlines would be all there is of them, so they get a strong fill instead. */
const FILL_AFAR = 0.66;
const AFAR = 4;

const faded = (color: number, alpha: number): number =>
  ((Math.round(alpha * 255) << 24) | (color & 0xffffff)) >>> 0;

const MASK = pack(255, 180, 84);
const WHITE = pack(255, 255, 255);

/** Foreground in one colour with a crisp outline. */
export const maskPainter: Painter = (tile, pixels, scale) => {
  const colors = regionColors(MASK, scale);
  paintRegions(tile, pixels, () => colors);
};

export interface LabelColors {
  isShown(label: number): boolean;
  /** Opaque, packed. */
  colorOf(label: number): number;
}

/** Labels in their colours; hidden ones transparent, the selected one white. */
export function labelPainter(labels: LabelColors, selected: number | undefined): Painter {
  return (tile, pixels, scale) =>
    paintRegions(tile, pixels, (label) => {
      if (!labels.isShown(label)) return [0, 0];
      return label === selected ? [faded(WHITE, 0.55), WHITE] : regionColors(labels.colorOf(label), scale);
    });
}

/** How a region of some colour is filled and outlined. */
function regionColors(color: number, scale: number): readonly [fill: number, outline: number] {
  if (scale < AFAR) return [faded(color, FILL), color];
  const fill = faded(color, FILL_AFAR);
  return [fill, fill];
}

/** Fill for pixels whose four neighbours (in the tile) have the same value, outline for the others. */
function paintRegions(
  { data, width, height }: TileData,
  pixels: Uint32Array,
  colorsOf: (value: number) => readonly [fill: number, outline: number],
): void {
  const values = data as Uint32Array;
  // Runs of one object are long: its colours are looked up once a run.
  let known = 0;
  let [fill, outline] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    const [above, below] = [y > 0 ? -width : 0, y < height - 1 ? width : 0];
    for (let x = 0; x < width; x++, i++) {
      const value = values[i];
      if (value === 0) {
        pixels[i] = 0;
        continue;
      }
      if (value !== known) {
        known = value;
        [fill, outline] = colorsOf(value);
      }
      const inside =
        values[i + above] === value &&
        values[i + below] === value &&
        (x === 0 || values[i - 1] === value) &&
        (x === width - 1 || values[i + 1] === value);
      pixels[i] = inside ? fill : outline;
    }
  }
}
