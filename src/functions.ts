// Functions of the application, as public calls take them: in JavaScript, as a module's export, and in WGSL.
import type { BlockLayout } from './core/blockLayout';
import { checkFinite } from './core/checks';
import type { DType } from './core/dtype';
import { ArgumentError } from './core/errors';
import type { GraphNode, ParamValue } from './core/graph';
import {
  blockFunctionNode,
  type LocalFunction,
  type Margins,
  type ModuleFunction,
  outputMeta,
} from './exec/blockFunction';
import type { Calling } from './exec/calling';
import { elementFunctionNode } from './ops/elementFunction';

/**
 * A function that a module exports, called in the workers: they import the module, so a page's content security policy
 * has to allow its URL and nothing else.
 */
export interface FunctionModule {
  /** Absolute URL, or relative to the page: `new URL('./filters.js', import.meta.url)`. */
  readonly module: string | URL;
  /** The export. Default `default`. */
  readonly name?: string;
}

/**
 * A function in WGSL, run on a GPU as part of a tile's work, for one element a call. The text is an expression, or
 * functions of which `apply` is called. It may use no names that begin with `block`, and declare no bindings.
 */
export interface WgslFunction<F> {
  readonly wgsl: string;
  /**
   * The same in JavaScript, for where there is no GPU, and for what a GPU cannot do. Without it, reads reject with a
   * DeviceError there, before they read any data.
   */
  readonly cpu?: F | FunctionModule;
}

/** A function as one of the three. */
export type AnyFunction<F> = F | FunctionModule | WgslFunction<F>;

/** A function and all that decides what it is called with. */
export interface FunctionCall {
  readonly label: string;
  readonly fn: unknown;
  readonly calling: Calling;
  readonly extraArguments: readonly ParamValue[] | undefined;
  readonly arrays: readonly GraphNode[];
  readonly layout: BlockLayout;
  readonly dtype: DType;
  readonly margins: Margins;
  /** The arrays as functions in JavaScript get them, if not as they are. */
  readonly cpuArrays?: readonly GraphNode[];
  /** What keeps functions in WGSL from doing this call. */
  readonly wgslRefusal?: string;
}

/**
 * The array that a function makes.
 * @throws ArgumentError for what is no function, and for WGSL that cannot do the call
 */
export function functionNode(call: FunctionCall): GraphNode {
  const { label, fn, calling, arrays, layout, dtype, margins, cpuArrays = arrays } = call;
  const { wgsl, cpu } = parseFunction(fn);
  const extraArguments = call.extraArguments ?? [];
  if (!Array.isArray(extraArguments))
    throw new ArgumentError('extraArguments', extraArguments, 'an array of arguments');
  const counterpart =
    cpu &&
    blockFunctionNode({
      label,
      run: cpu,
      calling,
      extraArguments,
      arrays: cpuArrays,
      layout,
      dtype,
      margins,
    });
  if (wgsl === undefined) return counterpart!;
  if (call.wgslRefusal) throw new ArgumentError('fn.wgsl', wgsl, call.wgslRefusal);
  const { depth, modes, cval } = margins;
  const written = {
    label,
    wgsl,
    before: depth.map(([before]) => before),
    after: depth.map(([, after]) => after),
    // Where nothing lies beyond the edge, functions get no further than to it.
    modes: modes.map((mode) => mode ?? 'nearest'),
    cval,
    window: calling.kind === 'window' ? calling.window : null,
    extraArguments: extraArguments.map((value, i) => checkFinite(`extraArguments[${i}]`, value)),
  };
  return elementFunctionNode(written, arrays, outputMeta({ layout, dtype }), counterpart);
}

interface ParsedFunction {
  readonly wgsl?: string;
  readonly cpu?: LocalFunction | ModuleFunction;
}

function parseFunction(fn: unknown): ParsedFunction {
  if (fn === null || typeof fn !== 'object' || !('wgsl' in fn)) return { cpu: javascript(fn, 'fn') };
  const { wgsl, cpu } = fn as WgslFunction<unknown>;
  return { wgsl, cpu: cpu === undefined ? undefined : javascript(cpu, 'fn.cpu') };
}

function javascript(fn: unknown, argument: string): LocalFunction | ModuleFunction {
  if (typeof fn === 'function') return fn as LocalFunction;
  const { module, name = 'default' } = (fn ?? {}) as Partial<FunctionModule>;
  if ((typeof module !== 'string' && !(module instanceof URL)) || typeof name !== 'string')
    throw new ArgumentError(argument, fn, 'a function, { module: URL, name } or { wgsl, cpu }');
  return { module: absoluteUrl(module, argument), name };
}

function absoluteUrl(module: string | URL, argument: string): string {
  const page = (globalThis as { document?: { baseURI?: string } }).document?.baseURI;
  try {
    return new URL(module, page ?? globalThis.location?.href).href;
  } catch {
    throw new ArgumentError(`${argument}.module`, module, 'an absolute URL, or one relative to the page');
  }
}
