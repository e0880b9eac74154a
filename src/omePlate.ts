// OME-Zarr plates: a batch of lazy images.
import { checkInteger } from './core/checks';
import { ArgumentError } from './core/errors';
import {
  openPlateMetadata,
  type PlateAcquisition,
  type PlateModel,
  type WellField,
  type WellPlace,
} from './io/omePlate';
import type { OpenZarrOptions } from './io/openZarr';
import type { ZarrLocation } from './io/stores';
import { OmeZarrImage } from './omeZarr';

export type { PlateAcquisition, WellField, WellPlace };

/** A well and its images, of which nothing is read before it is opened. */
export class OmeWell {
  readonly #plate: PlateModel;
  readonly #place: WellPlace;

  /** @internal Use {@link OmePlate.well}. */
  constructor(
    plate: PlateModel,
    place: WellPlace,
    /** Its images, in order. */
    readonly fields: readonly WellField[],
  ) {
    this.#plate = plate;
    this.#place = place;
  }

  get row(): string {
    return this.#place.row;
  }
  get column(): string {
    return this.#place.column;
  }

  /** Opens one of its images: metadata only. @throws ArgumentError for a number beyond the fields; as openOmeZarr */
  async field(index: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<OmeZarrImage> {
    const field = this.fields[checkInteger('index', index, 0, this.fields.length - 1)];
    return new OmeZarrImage(await this.#plate.open(this.#place, field, { signal }));
  }
}

/** One image of a plate, and where it is. */
export interface PlateField {
  readonly row: string;
  readonly column: string;
  /** Number of the image in its well. */
  readonly field: number;
  readonly acquisition: number | undefined;
  readonly image: OmeZarrImage;
}

/** A multi-well plate. */
export class OmePlate {
  readonly #plate: PlateModel;

  /** @internal Use {@link openPlate}. */
  constructor(plate: PlateModel) {
    this.#plate = plate;
  }

  /** Where it was opened. */
  get key(): string {
    return this.#plate.key;
  }
  get name(): string | undefined {
    return this.#plate.name;
  }
  /** NGFF version. */
  get version(): string {
    return this.#plate.version;
  }
  /** Names of all rows, whether or not they have images. */
  get rows(): readonly string[] {
    return this.#plate.rows;
  }
  /** Names of all columns, whether or not they have images. */
  get columns(): readonly string[] {
    return this.#plate.columns;
  }
  /** The wells that have images. */
  get wells(): readonly WellPlace[] {
    return this.#plate.wells;
  }
  /** Runs of the microscope. */
  get acquisitions(): readonly PlateAcquisition[] {
    return this.#plate.acquisitions;
  }

  /**
   * Reads what images a well has.
   * @throws ArgumentError for a well that has none; NotFoundError, NetworkError, FormatError
   */
  async well(
    row: string,
    column: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<OmeWell> {
    const place = this.wells.find((well) => well.row === row && well.column === column);
    if (!place)
      throw new ArgumentError(
        'well',
        `${row}/${column}`,
        `one of ${this.wells.map(({ path }) => path).join(', ')}`,
      );
    return new OmeWell(this.#plate, place, await this.#plate.fields(place, { signal }));
  }

  /**
   * All images, well by well in the plate's order; each is opened when it is asked for, and nothing of its pixels is
   * read: what is done with one image is done with all.
   * @throws (while iterating) as {@link OmePlate.well} and openOmeZarr
   */
  async *fields({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<PlateField> {
    for (const { row, column } of this.wells) {
      const well = await this.well(row, column, { signal });
      for (const [field, { acquisition }] of well.fields.entries())
        yield { row, column, field, acquisition, image: await well.field(field, { signal }) };
    }
  }
}

/**
 * Opens an OME-Zarr plate (0.1 to 0.5) by URL, zarrita store, Map of bytes or zip file. Reads the plate's metadata only.
 * @throws ArgumentError, NotFoundError, NetworkError; FormatError for what is no plate, naming the location
 */
export async function openPlate(location: ZarrLocation, options: OpenZarrOptions = {}): Promise<OmePlate> {
  return new OmePlate(await openPlateMetadata(location, options));
}
