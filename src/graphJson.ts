// The graph as JSON: for files, other processes, and later a cluster's workers. Pixels stay with their sources.
import { DTYPES, type DType, dtypeOf, view } from './core/dtype';
import { ArgumentError, FormatError } from './core/errors';
import { createNode, type GraphNode, type Params, type ParamValue, sourceNode } from './core/graph';
import { getOp } from './core/op';
import type { Source } from './core/source';
import { MODULE_FUNCTION, moduleFunctionNode } from './exec/blockFunction';
import { KEPT, keptNode } from './exec/kept';
import { LazyArray } from './lazyArray';
import { loadOperations } from './ops/registry';
import { topologicalOrder } from './plan/plan';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** One node; inputs and globals are positions of earlier nodes. */
export interface SerializedNode {
  readonly op: string;
  readonly params: Json;
  readonly inputs: readonly number[];
  readonly globals: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly chunks: readonly number[];
  readonly dimensionNames: readonly (string | null)[];
}

/** A lazy array without its data. */
export interface SerializedGraph {
  /** Version of the format. */
  readonly tilewiseGraph: 1;
  /** Keys of the sources it reads. */
  readonly sources: readonly string[];
  /** Nodes after all they need; the last one is the array. */
  readonly nodes: readonly SerializedNode[];
}

/**
 * The graph of a lazy array as JSON. Sources stay behind, by key; so do functions in JavaScript that have no module, each
 * being a source (`mapBlocks-1`) to others. Functions in WGSL and of modules are part of the graph.
 */
export function serializeGraph(array: LazyArray): SerializedGraph {
  const order = completeOrder(array.node);
  const positions = new Map(order.map((node, i) => [node.key, i]));
  const nodes = order.map((node) => ({
    op: node.op,
    params: encode(node.params),
    inputs: node.inputs.map((input) => positions.get(input.key)!),
    globals: node.globals.map((global) => positions.get(global.key)!),
    shape: [...node.shape],
    dtype: node.dtype,
    chunks: [...node.chunks],
    dimensionNames: [...node.dimensionNames],
  }));
  const sources = order.flatMap((node) => (node.op === 'source' ? [node.source!.key] : []));
  return { tilewiseGraph: 1, sources, nodes };
}

/**
 * The lazy array of a serialised graph, over these sources by key. Nodes keep their keys (and with them cached
 * results) where the sources keep theirs. The graph is trusted: take it from {@link serializeGraph} only.
 * @throws ArgumentError for a missing source or one of another shape or dtype; FormatError for what is no graph
 */
export function deserializeGraph(
  graph: SerializedGraph,
  sources: Readonly<Record<string, Source>>,
): LazyArray {
  if (graph?.tilewiseGraph !== 1 || !Array.isArray(graph.nodes) || graph.nodes.length === 0)
    throw new FormatError('graph', 'expected an object made by serializeGraph (tilewiseGraph: 1)');
  loadOperations();
  const made: GraphNode[] = [];
  const earlier = (position: number): GraphNode => {
    const node = made[position];
    if (!node)
      throw new FormatError(
        'graph',
        `node ${made.length} refers to node ${position}, which is not before it`,
      );
    return node;
  };
  for (const node of graph.nodes) {
    const params = decode(node.params) as Params;
    if (node.op === 'source') {
      made.push(leaf(node, params.key as string, sources));
      continue;
    }
    const inputs = node.inputs.map(earlier);
    if (node.op === KEPT) {
      made.push(keptNode(inputs[0]));
      continue;
    }
    if (node.op === MODULE_FUNCTION) {
      made.push(moduleFunctionNode(params, inputs));
      continue;
    }
    checkOp(node.op);
    made.push(createNode(node.op, node, params, inputs, node.globals.map(earlier)));
  }
  return new LazyArray(made[made.length - 1]);
}

/** All nodes that one needs, through inputs and globals, each after those it needs. */
function completeOrder(root: GraphNode): GraphNode[] {
  const order = new Map<string, GraphNode>();
  const visit = (node: GraphNode) => {
    for (const next of topologicalOrder([node])) {
      if (order.has(next.key)) continue;
      // The inputs of a module's function or a kept array, which the order leaves out.
      if (next.source) next.inputs.forEach(visit);
      next.globals.forEach(visit);
      order.set(next.key, next);
    }
  };
  visit(root);
  return [...order.values()];
}

function leaf(node: SerializedNode, key: string, sources: Readonly<Record<string, Source>>): GraphNode {
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined;
  const expected = `a ${node.dtype} source of shape [${node.shape}]`;
  if (!source) throw new ArgumentError(`sources[${JSON.stringify(key)}]`, source, expected);
  if (source.dtype !== node.dtype || source.shape.join() !== node.shape.join())
    throw new ArgumentError(`sources[${JSON.stringify(key)}]`, `${source.dtype} [${source.shape}]`, expected);
  return sourceNode(source);
}

function checkOp(name: string): void {
  try {
    getOp(name);
  } catch (cause) {
    throw new FormatError('graph', `unknown operation "${name}"`, { cause });
  }
}

/** What JSON cannot say is an object with this key: the kind of value. */
const TAG = '$';

function encode(value: ParamValue): Json {
  if (value === undefined) return { [TAG]: 'undefined' };
  if (typeof value === 'bigint') return { [TAG]: 'bigint', value: String(value) };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { [TAG]: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value !== 'object') return value;
  if (ArrayBuffer.isView(value)) return { [TAG]: dtypeOf(value), value: toBase64(value) };
  if (Array.isArray(value)) return value.map(encode);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, encode(item)]));
}

function decode(value: Json): ParamValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(decode);
  const { [TAG]: tag, value: content } = value as { readonly [name: string]: Json };
  if (tag === undefined)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
  if (tag === 'undefined') return undefined;
  if (tag === 'bigint') return BigInt(content as string);
  if (tag === 'number') return Number(content);
  if (DTYPES.includes(tag as DType)) return view(tag as DType, fromBase64(content as string));
  throw new FormatError('graph', `unknown kind of value "${tag}"`);
}

function toBase64(data: ArrayBufferView): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const fromBase64 = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
