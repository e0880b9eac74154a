// Label images beside the image they belong to.
import { checkInteger } from './core/checks';
import { isInteger } from './core/dtype';
import { ArgumentError } from './core/errors';
import { readLabelNames, writeOmeZarrLabels } from './io/omeGroups';
import { withLock } from './io/targetLock';
import type { WritableStore } from './io/writeZarr';
import { arrayNode, type LazyArray } from './lazyArray';
import { RegionTable } from './regionColumns';
import { type WriteOmeZarrOptions, writeImage } from './write';

export interface WriteLabelsOptions extends Omit<WriteOmeZarrOptions, 'imageLabel' | 'channels'> {
  /** Path of the image that the labels belong to. Default: the store's root. */
  readonly path?: string;
  /**
   * Colours by label, as RRGGBB or RRGGBBAA. Default: of a table's labels such that neighbouring numbers differ; without a
   * table none, and viewers choose.
   */
  readonly colors?: Readonly<Record<number, string>>;
  /** Measured objects: the properties of their labels. */
  readonly table?: RegionTable;
}

/**
 * Computes a label image and writes it as `labels/<name>` of an OME-Zarr image, with its resolutions, `image-label` colours
 * and properties, and adds it to the image's list of label images.
 * @param labels integers, 0 being the background; as many axes as the image, which may lie in the store already or not
 * @param name letters, digits, `-`, `_` and `.`
 * @throws ArgumentError for labels that are not integers, another name, a colour that is none or a table without labels;
 * as `writeOmeZarr`
 */
export async function writeOmeZarrLabel(
  labels: LazyArray,
  name: string,
  store: WritableStore,
  options: WriteLabelsOptions = {},
): Promise<void> {
  const node = arrayNode(labels, 'labels');
  if (!isInteger(node.dtype)) throw new ArgumentError('labels', node.dtype, 'labels of an integer dtype');
  if (typeof name !== 'string' || !/^[\w-][\w.-]*$/.test(name))
    throw new ArgumentError('name', name, 'a name of letters, digits, -, _ and .');
  const { path: imagePath = '', colors, table, ...rest } = options;
  const { version = '0.5', signal } = options;
  const imageLabel = { ...describeLabels(colors, table), source: { image: '../../' } };
  const list = { path: imagePath, version, signal };
  const enlist = () =>
    withLock(store, `${imagePath}/labels`, async () => {
      const names = await readLabelNames(store, list);
      if (!names.includes(name)) await writeOmeZarrLabels(store, [...names, name], list);
    });
  const image = { name, ...rest, path: `${imagePath}/labels/${name}`, imageLabel };
  await writeImage(node, store, image, enlist);
}

function describeLabels(colors: WriteLabelsOptions['colors'], table: RegionTable | undefined) {
  if (table !== undefined && !(table instanceof RegionTable && Object.hasOwn(table.columns, 'label')))
    throw new ArgumentError('table', table, 'a RegionTable with the column label');
  const values = table ? Array.from(table.column('label')) : [];
  const rgba = colors
    ? Object.entries(colors).map(([value, color]) => [labelValue(value), parseColor(color, value)] as const)
    : values.map((value) => [value, distinctColor(value)] as const);
  return {
    ...(rgba.length > 0
      ? { colors: rgba.map(([value, color]) => ({ 'label-value': value, rgba: color })) }
      : {}),
    ...(table ? { properties: table.toJSON().map(propertiesOf) } : {}),
  };
}

const propertiesOf = ({ label, ...values }: Record<string, number>) => ({ 'label-value': label, ...values });

const labelValue = (value: string): number => checkInteger('colors', Number(value), 0);

function parseColor(color: string, value: string): number[] {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(color);
  if (!match) throw new ArgumentError(`colors.${value}`, color, 'RRGGBB or RRGGBBAA');
  return match.slice(1, 5).map((part) => Number.parseInt(part ?? 'ff', 16));
}

/** Hues a golden section apart. */
function distinctColor(value: number): number[] {
  const hue = (value * 0.618034) % 1;
  const channel = (offset: number) => {
    const distance = Math.abs(((hue + offset) % 1) * 6 - 3) - 1;
    return Math.round(255 * (0.25 + 0.75 * Math.min(1, Math.max(0, distance))));
  };
  return [channel(0), channel(2 / 3), channel(1 / 3), 255];
}
