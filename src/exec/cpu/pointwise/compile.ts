// Compiles a pointwise expression to a WebAssembly module: a SIMD loop over four elements, or more where they are
// narrow, then the tail.
import { isBigInt, itemSize } from '../../../core/dtype';
import { type Expression, inputDTypes, nodesOf } from '../../../core/expression';
import { FunctionBody, moduleBytes, OP, TYPE } from './emitter';
import { emitConstant, LaneCompiler, laneBytesFor } from './lanes';
import { MATH_IMPORTS } from './math';
import { type LaneBytes, type Lanes, type Remaining, store } from './memory';

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

  const step = (constants: ReadonlyMap<Expression, Lanes>, laneBytes: LaneBytes, remaining: Remaining) => {
    const lanes = new LaneCompiler(body, pointers, constants, laneBytes, remaining);
    store(body, OUTPUT, expression.dtype, laneBytes, lanes.compile(expression), remaining);
  };
  const emitConstants = (laneBytes: LaneBytes) => {
    const constants = new Map<Expression, Lanes>();
    for (const node of nodesOf(expression))
      if (node.kind === 'constant') constants.set(node, emitConstant(body, node, laneBytes));
    return constants;
  };
  const advance = (pointer: number, bytes: number) =>
    body.get(pointer).i32(bytes).emit(OP.i32Add).set(pointer);

  /** Processes whole vectors and leaves COUNT at the rest. */
  const vectorLoop = (constants: ReadonlyMap<Expression, Lanes>, laneBytes: LaneBytes) => {
    const elements = 16 / laneBytes;
    const loops = body.local(TYPE.i32);
    body.get(COUNT).i32(Math.log2(elements)).emit(OP.i32ShrU).set(loops);
    body.get(loops).emit(OP.if, EMPTY, OP.loop, EMPTY);
    step(constants, laneBytes, undefined);
    advance(OUTPUT, elements * itemSize(expression.dtype));
    dtypes.forEach((dtype, i) => {
      if (dtype) advance(pointers[i], elements * itemSize(dtype));
    });
    advance(loops, -1);
    body.get(loops).emit(OP.branchIf, 0, OP.end, OP.end);
    body
      .get(COUNT)
      .i32(elements - 1)
      .emit(OP.i32And)
      .set(COUNT);
  };

  const narrowest = laneBytesFor(expression);
  if (narrowest < 4) vectorLoop(emitConstants(narrowest), narrowest);
  const constants = emitConstants(4);
  vectorLoop(constants, 4);
  body.get(COUNT).emit(OP.if, EMPTY);
  step(constants, 4, COUNT);
  body.emit(OP.end);

  return moduleBytes(MATH_IMPORTS, parameters, body);
}

/** Block type of a block without a result. */
const EMPTY = 0x40;
