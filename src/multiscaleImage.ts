// An image in one or more resolutions, whatever file it comes from.
import { checkInteger } from './core/checks';
import type { Source } from './core/source';
import type { OmeAxis, OmeChannel } from './io/omeZarr';
import { fromSource, type LazyArray } from './lazyArray';
import type { PixelSize } from './regionTable';

/** What an image is made of. */
interface MultiscaleParts {
  readonly key: string;
  readonly name: string | undefined;
  readonly axes: readonly OmeAxis[];
  readonly channels: readonly OmeChannel[];
  readonly levels: readonly {
    readonly source: Source;
    readonly scale: readonly number[];
    readonly translation: readonly number[];
  }[];
}

/** A multiscale image. Coordinates of level i are `index * scale(i) + translation(i)`, in the axes' units. */
export class MultiscaleImage {
  readonly #parts: MultiscaleParts;

  /** @internal Use {@link openOmeZarr} or {@link openTiff}. */
  constructor(parts: MultiscaleParts) {
    this.#parts = parts;
  }

  /** Where it was opened. */
  get key(): string {
    return this.#parts.key;
  }
  get name(): string | undefined {
    return this.#parts.name;
  }
  get axes(): readonly OmeAxis[] {
    return this.#parts.axes;
  }
  /** How channels are to be displayed; empty when the file does not say. */
  get channels(): readonly OmeChannel[] {
    return this.#parts.channels;
  }
  /** Number of resolutions. */
  get levelCount(): number {
    return this.#parts.levels.length;
  }

  /** A resolution, 0 being the full one; dimensions carry the axes' names. @throws ArgumentError */
  level(index: number): LazyArray {
    return fromSource(this.#level(index).source);
  }

  /** Size of a pixel of a level along each axis. */
  scale(index: number): readonly number[] {
    return this.#level(index).scale;
  }

  /**
   * Size of a pixel of a level by axis name, and its unit where all axes of space have one: for `regionTable`.
   */
  pixelSize(index: number): PixelSize {
    const { scale } = this.#level(index);
    const units = new Set(this.axes.filter(({ type }) => type === 'space').map(({ unit }) => unit));
    const [unit] = units.size === 1 ? units : [];
    return { scale: Object.fromEntries(this.axes.map(({ name }, axis) => [name, scale[axis]])), unit };
  }

  /** Position of the centre of a level's first pixel along each axis. */
  translation(index: number): readonly number[] {
    return this.#level(index).translation;
  }

  #level(index: number) {
    return this.#parts.levels[checkInteger('index', index, 0, this.levelCount - 1)];
  }
}
