// OME-Zarr images as lazy arrays, one per resolution.
import { checkInteger } from './core/checks';
import { type OmeAxis, type OmeChannel, type OmeImage, openOmeZarrMetadata } from './io/omeZarr';
import type { OpenZarrOptions } from './io/openZarr';
import type { ZarrLocation } from './io/stores';
import { fromSource, type LazyArray } from './lazyArray';
import type { PixelSize } from './regionTable';

export type { OmeAxis, OmeChannel };

/** A multiscale image. Coordinates of level i are `index * scale(i) + translation(i)`, in the axes' units. */
export class OmeZarrImage {
  readonly #image: OmeImage;

  /** @internal Use {@link openOmeZarr}. */
  constructor(image: OmeImage) {
    this.#image = image;
  }

  /** Where it was opened. */
  get key(): string {
    return this.#image.key;
  }
  get name(): string | undefined {
    return this.#image.name;
  }
  /** NGFF version. */
  get version(): string {
    return this.#image.version;
  }
  get axes(): readonly OmeAxis[] {
    return this.#image.axes;
  }
  /** How channels are to be displayed; empty when the file does not say. */
  get channels(): readonly OmeChannel[] {
    return this.#image.omero?.channels ?? [];
  }
  /** Number of resolutions. */
  get levelCount(): number {
    return this.#image.levels.length;
  }
  /** Names of its label images. */
  get labelNames(): readonly string[] {
    return this.#image.labels;
  }
  /** The group's OME attributes as they are. */
  get attributes(): Readonly<Record<string, unknown>> {
    return this.#image.attributes;
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

  /** Opens one of its label images. @throws as {@link openOmeZarr} */
  async label(name: string, options: { readonly signal?: AbortSignal } = {}): Promise<OmeZarrImage> {
    return new OmeZarrImage(await this.#image.openLabel(name, options));
  }

  #level(index: number) {
    return this.#image.levels[checkInteger('index', index, 0, this.levelCount - 1)];
  }
}

/**
 * Opens an OME-Zarr image (0.4 or 0.5) by URL, zarrita store or Map of bytes. Reads metadata only.
 * @throws ArgumentError, NotFoundError, NetworkError or FormatError, naming the location
 */
export async function openOmeZarr(
  location: ZarrLocation,
  options: OpenZarrOptions = {},
): Promise<OmeZarrImage> {
  return new OmeZarrImage(await openOmeZarrMetadata(location, options));
}
