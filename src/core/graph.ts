// The graph as plain data: a node is an operation's name, its parameters and its inputs.

import type { DType, TypedArray } from './dtype';
import { hashValue } from './hash';
import type { Shape } from './region';
import type { Source } from './source';

/** Plain data: JSON plus typed arrays. Structured-cloneable and hashable. */
export type ParamValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | TypedArray
  | readonly ParamValue[]
  | { readonly [name: string]: ParamValue };

export type Params = { readonly [name: string]: ParamValue };

/** What is known of an array without reading it. */
export interface ArrayMeta {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Chunk shape: the regular grid in which results are computed and streamed. */
  readonly chunks: Shape;
  /** One name per axis; null where an axis has none. */
  readonly dimensionNames: readonly (string | null)[];
}

/** A node of the lazy graph. */
export interface GraphNode extends ArrayMeta {
  readonly op: string;
  readonly params: Params;
  /** Arrays read region by region. */
  readonly inputs: readonly GraphNode[];
  /** Whole-array results (of ops of kind `global`) that must be known before a region can be computed. */
  readonly globals: readonly GraphNode[];
  /** Content hash of op, params and the keys of inputs and globals: equal work has equal keys. */
  readonly key: string;
  /** Where the data of a leaf comes from: a node of op `source`, or of a function that its `inputs` are given to. */
  readonly source?: Source;
}

/** Makes a node; the key follows from its content. */
export function createNode(
  op: string,
  meta: ArrayMeta,
  params: Params,
  inputs: readonly GraphNode[] = [],
  globals: readonly GraphNode[] = [],
): GraphNode {
  const key = hashValue([
    op,
    params,
    inputs.map((n) => n.key),
    globals.map((n) => n.key),
    meta.shape,
    meta.dtype,
    meta.chunks,
  ]);
  return { op, params, inputs, globals, key, ...pickMeta(meta) };
}

/** A leaf node over a source. */
export function sourceNode(source: Source): GraphNode {
  const params = { key: source.key };
  return { ...createNode('source', source, params), source };
}

export const pickMeta = ({ shape, dtype, chunks, dimensionNames }: ArrayMeta): ArrayMeta => ({
  shape,
  dtype,
  chunks,
  dimensionNames,
});
