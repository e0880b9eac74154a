// The bytes of a WebAssembly module: LEB128, sections and the opcodes the pointwise compiler uses.

export const TYPE = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof TYPE)[keyof typeof TYPE];

/** One-byte opcodes. */
export const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Const: 0x41,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32GtU: 0x4b,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32ShrU: 0x76,
  f32DemoteF64: 0xb6,
  f64PromoteF32: 0xbb,
} as const;

/** Opcodes behind the SIMD prefix. */
export const SIMD = {
  load: 0x00,
  store: 0x0b,
  const: 0x0c,
  shuffle: 0x0d,
  and: 0x4e,
  or: 0x50,
  xor: 0x51,
  not: 0x4d,
  bitselect: 0x52,
  load8Lane: 0x54,
  load16Lane: 0x55,
  load32Lane: 0x56,
  load64Lane: 0x57,
  store8Lane: 0x58,
  store16Lane: 0x59,
  store32Lane: 0x5a,
  store64Lane: 0x5b,
  load32Zero: 0x5c,
  load64Zero: 0x5d,
  demoteF64: 0x5e,
  promoteF32: 0x5f,
  i16x8ExtendLowS: 0x87,
  i16x8ExtendLowU: 0x89,
  i32x4ExtractLane: 0x1b,
  i32x4ReplaceLane: 0x1c,
  f32x4ExtractLane: 0x1f,
  f32x4ReplaceLane: 0x20,
  f64x2ExtractLane: 0x21,
  f64x2ReplaceLane: 0x22,
  i32x4Eq: 0x37,
  i32x4Ne: 0x38,
  i32x4AllTrue: 0xa3,
  i32x4ExtendLowS: 0xa7,
  i32x4ExtendLowU: 0xa9,
  i32x4Shl: 0xab,
  i32x4ShrS: 0xac,
  i32x4Add: 0xae,
  i32x4Sub: 0xb1,
  i32x4Mul: 0xb5,
  i32x4MinS: 0xb6,
  i32x4Abs: 0xa0,
  i32x4Neg: 0xa1,
  i64x2ExtendLowS: 0xc7,
  i64x2ExtendHighS: 0xc8,
  f32x4Ne: 0x42,
  f32x4Lt: 0x43,
  f32x4Abs: 0xe0,
  f64x2Floor: 0x75,
  f64x2Ne: 0x48,
  f64x2Lt: 0x49,
  f64x2Abs: 0xec,
  f64x2Div: 0xf3,
  truncF32S: 0xf8,
  convertF32S: 0xfa,
  convertF32U: 0xfb,
  truncF64S: 0xfc,
  truncF64U: 0xfd,
  convertF64S: 0xfe,
  convertF64U: 0xff,
} as const;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

const bytesOf = (data: Float64Array): number[] => [...new Uint8Array(data.buffer)];
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const name = (text: string): number[] => vector([...text].map((c) => [c.charCodeAt(0)]));
const section = (id: number, items: readonly (readonly number[])[]): number[] => {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
};

/** The code of one function under construction. Parameters are locals 0 … parameters - 1, all i32. */
export class FunctionBody {
  private readonly code: number[] = [];
  private readonly locals: ValueType[] = [];

  constructor(private readonly parameters: number) {}

  local(type: ValueType): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  emit(...bytes: readonly number[]): this {
    for (const byte of bytes) this.code.push(byte);
    return this;
  }

  get = (local: number): this => this.emit(OP.localGet, ...unsigned(local));
  set = (local: number): this => this.emit(OP.localSet, ...unsigned(local));
  i32 = (value: number): this => this.emit(OP.i32Const, ...signed(value));
  f64 = (value: number): this => this.emit(OP.f64Const, ...bytesOf(Float64Array.of(value)));
  call = (index: number): this => this.emit(OP.call, ...unsigned(index));
  simd = (opcode: number, ...immediates: readonly number[]): this =>
    this.emit(0xfd, ...unsigned(opcode), ...immediates);

  /** A load or store at `offset` bytes past the address on the stack; `lane` for the lane variants. */
  memory = (opcode: number, offset = 0, ...lane: readonly number[]): this =>
    this.simd(opcode, 0, ...unsigned(offset), ...lane);

  /** Pops a value into a new v128 local. */
  save(): number {
    const local = this.local(TYPE.v128);
    this.set(local);
    return local;
  }

  finish(): number[] {
    const locals = vector(this.locals.map((type) => [1, type]));
    const body = [...locals, ...this.code, OP.end];
    return [...unsigned(body.length), ...body];
  }
}

/** An imported function of module "m". */
export interface ImportedFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
}

/** A module that imports "m"."memory" and `imports`, and exports `body` as "run" of `parameters` i32 values. */
export function moduleBytes(
  imports: readonly ImportedFunction[],
  parameters: number,
  body: FunctionBody,
): Uint8Array<ArrayBuffer> {
  const functionType = (from: readonly number[], to: readonly number[]) => [
    0x60,
    ...vector(from.map((type) => [type])),
    ...vector(to.map((type) => [type])),
  ];
  const types = [
    ...imports.map((f) => functionType(f.parameters, [f.result])),
    functionType(new Array<number>(parameters).fill(TYPE.i32), []),
  ];
  const memoryImport = [...name('m'), ...name('memory'), 0x02, 0x00, 0x00];
  const functionImports = imports.map((f, i) => [...name('m'), ...name(f.name), 0x00, ...unsigned(i)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, [memoryImport, ...functionImports]),
    ...section(3, [unsigned(imports.length)]),
    ...section(7, [[...name('run'), 0x00, ...unsigned(imports.length)]]),
    ...section(10, [body.finish()]),
  ]);
}
