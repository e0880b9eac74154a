// Runs pointwise expressions over the WASM heap, compiling each once per memory.
import { view } from '../../../core/dtype';
import { type Expression, inputDTypes } from '../../../core/expression';
import { hashValue } from '../../../core/hash';
import type { CpuKernels } from '../../../core/kernels';
import { evaluateBigInt } from './bigint';
import { canCompile, compileExpression } from './compile';
import { mathImplementations } from './math';

type Run = (count: number, output: number, ...inputs: number[]) => void;

/** Enough for any realistic mix of pipelines; the oldest goes first. */
const MAX_CACHED = 256;

const caches = new WeakMap<WebAssembly.Memory, Map<string, Run>>();

/**
 * Evaluates `expression` over `count` dense elements at `inputs` (byte offsets into the kernels' memory), into
 * `output`. The output may be one of the inputs when its elements are not larger than theirs.
 */
export function runPointwise(
  kernels: Pick<CpuKernels, 'memory'>,
  expression: Expression,
  count: number,
  output: number,
  inputs: readonly number[],
): void {
  const { memory } = kernels;
  if (canCompile(expression)) {
    compiled(memory, expression)(count, output, ...inputs);
    return;
  }
  const data = inputDTypes(expression).map((dtype, i) =>
    view(dtype ?? 'bool', memory.buffer, inputs[i], count),
  );
  evaluateBigInt(expression, count, view(expression.dtype, memory.buffer, output, count), data);
}

function compiled(memory: WebAssembly.Memory, expression: Expression): Run {
  const cache = caches.get(memory) ?? new Map<string, Run>();
  caches.set(memory, cache);
  const key = hashValue(expression);
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
  const module = new WebAssembly.Module(compileExpression(expression));
  const instance = new WebAssembly.Instance(module, { m: { memory, ...mathImplementations } });
  const run = instance.exports.run as Run;
  cache.set(key, run);
  return run;
}
