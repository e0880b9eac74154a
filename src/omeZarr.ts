// OME-Zarr images as lazy arrays, one per resolution.
import { type OmeAxis, type OmeChannel, type OmeImage, openOmeZarrMetadata } from './io/omeZarr';
import type { OpenZarrOptions } from './io/openZarr';
import type { ZarrLocation } from './io/stores';
import { MultiscaleImage } from './multiscaleImage';

export type { OmeAxis, OmeChannel };

/** A multiscale image of an OME-Zarr. */
export class OmeZarrImage extends MultiscaleImage {
  readonly #image: OmeImage;

  /** @internal Use {@link openOmeZarr}. */
  constructor(image: OmeImage) {
    super({ ...image, channels: image.omero?.channels ?? [] });
    this.#image = image;
  }

  /** NGFF version. */
  get version(): string {
    return this.#image.version;
  }
  /** Names of its label images. */
  get labelNames(): readonly string[] {
    return this.#image.labels;
  }
  /** The group's OME attributes as they are. */
  get attributes(): Readonly<Record<string, unknown>> {
    return this.#image.attributes;
  }

  /** Opens one of its label images. @throws as {@link openOmeZarr} */
  async label(name: string, options: { readonly signal?: AbortSignal } = {}): Promise<OmeZarrImage> {
    return new OmeZarrImage(await this.#image.openLabel(name, options));
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
