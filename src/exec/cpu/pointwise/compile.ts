// Compiles a pointwise expression to a WebAssembly module: a SIMD loop over four elements, then the tail.
import { isBigInt, itemSize } from '../../../core/dtype';
import { type Expression, inputDTypes, nodesOf } from '../../../core/expression';
import { FunctionBody, moduleBytes, OP, TYPE } from './emitter';
import { emitConstant, LaneCompiler } from './lanes';
import { MATH_IMPORTS } from './math';
import { type Lanes, type Remaining, store } from './memory';

const COUNT = 0;
const OUTPUT = 1;
const FIRST_INPUT = 2;

/** Whether the compiler covers the expression: everything but 64-bit integers. */
export const canCompile = (expression: Expression): boolean => {
  for (const { dtype } of nodesOf(expression)) if (isBigInt(dtype)) return false;
  return true;
};

/** Bytes of a module that exports `run(count, output, input0, input1, …)`. */
export function compileExpression(expression: Expression): Uint8Array<ArrayBuffer> {
  const dtypes = inputDTypes(expression);
  const pointers = dtypes.map((_, i) => FIRST_INPUT + i);
  const parameters = FIRST_INPUT + dtypes.length;
  const body = new FunctionBody(parameters);

  const constants = new Map<Expression, Lanes>();
  for (const node of nodesOf(expression))
    if (node.kind === 'constant') constants.set(node, emitConstant(body, node));

  const step = (remaining: Remaining) => {
    const value = new LaneCompiler(body, pointers, constants, remaining).compile(expression);
    store(body, OUTPUT, expression.dtype, value, remaining);
  };
  const advance = (pointer: number, bytes: number) =>
    body.get(pointer).i32(bytes).emit(OP.i32Add).set(pointer);

  const loops = body.local(TYPE.i32);
  body.get(COUNT).i32(2).emit(OP.i32ShrU).set(loops);
  body.get(loops).emit(OP.if, EMPTY, OP.loop, EMPTY);
  step(undefined);
  advance(OUTPUT, 4 * itemSize(expression.dtype));
  dtypes.forEach((dtype, i) => {
    if (dtype) advance(pointers[i], 4 * itemSize(dtype));
  });
  advance(loops, -1);
  body.get(loops).emit(OP.branchIf, 0, OP.end, OP.end);

  body.get(COUNT).i32(3).emit(OP.i32And).set(COUNT);
  body.get(COUNT).emit(OP.if, EMPTY);
  step(COUNT);
  body.emit(OP.end);

  return moduleBytes(MATH_IMPORTS, parameters, body);
}

/** Block type of a block without a result. */
const EMPTY = 0x40;
