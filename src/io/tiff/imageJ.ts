// ImageJ's description of a hyperstack: lines of key=value.
import { type TiffDescription, unitName } from './description';

/** Whether ImageJ wrote a TIFF's description. */
export const isImageJ = (text: string): boolean => text.startsWith('ImageJ=');

/**
 * The planes of an ImageJ stack: channels fastest, then slices, then frames. Undefined where the numbers do not multiply
 * to that of the images.
 * @param resolution - pixels per unit along x and y
 */
export function parseImageJ(
  text: string,
  resolution: { x?: number; y?: number },
): TiffDescription | undefined {
  const values = new Map(
    text.split(/\r?\n/).map((line): [string, string] => {
      const cut = line.indexOf('=');
      return [line.slice(0, cut), line.slice(cut + 1).trim()];
    }),
  );
  const number = (key: string, fallback: number) => Number(values.get(key) ?? fallback);
  const images = number('images', 1);
  const channels = number('channels', 1);
  // A plain stack says nothing but how many images there are.
  const frames = number('frames', 1);
  const slices = number('slices', images / channels / frames);
  if (channels * slices * frames !== images || ![channels, slices, frames].every(isCount)) return undefined;
  const unit = unitName(unescapeUnit(values.get('unit')));
  const scale: Record<string, number> = {};
  if (resolution.x) scale.x = 1 / resolution.x;
  if (resolution.y) scale.y = 1 / resolution.y;
  if (values.has('spacing')) scale.z = Math.abs(number('spacing', 1));
  if (values.has('finterval')) scale.t = number('finterval', 1);
  const time = unitName(values.get('tunit') ?? 's');
  return {
    sizes: { t: frames, c: channels, z: slices },
    plane: ({ t, c, z }) => ({ page: (t * slices + z) * channels + c }),
    scale,
    units: { x: unit, y: unit, z: unit, t: scale.t === undefined ? undefined : time },
    channels: [],
  };
}

const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;

/** ImageJ escapes what is not ASCII as \uXXXX. */
const unescapeUnit = (text: string | undefined): string | undefined =>
  text?.replace(/\\u([0-9a-fA-F]{4})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
