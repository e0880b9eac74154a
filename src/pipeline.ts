// Pipelines as JSON, at the level of public calls: one file runs on any image.
import { ArgumentError } from './core/errors';
import type { ComputeOptions } from './exec/options';
import { LazyArray } from './lazyArray';
import { PIPELINE_CALLS, type PipelineCall } from './pipelineCalls';
import { RegionTable } from './regionColumns';

/** An argument: JSON, in which a string `"@name"` (or `"@name.part"`) stands for an input or a step's result. */
export type PipelineValue =
  | null
  | boolean
  | number
  | string
  | readonly PipelineValue[]
  | { readonly [name: string]: PipelineValue };

/** One call of a public function, or of a LazyArray method with the array as first argument. */
export interface PipelineStep {
  /** The function's name; `LazyArray.<name>` for a method whose name a function has too. */
  readonly call: string;
  readonly args?: readonly PipelineValue[];
  readonly options?: { readonly [name: string]: PipelineValue };
}

/** A pipeline file. The order of steps does not matter. */
export interface Pipeline {
  /** Version of the format. */
  readonly tilewise: 1;
  readonly inputs: readonly string[];
  readonly steps: { readonly [name: string]: PipelineStep };
  /** References by name of output. */
  readonly outputs: { readonly [name: string]: string };
}

/** What an output can be. */
export type PipelineResult = LazyArray | RegionTable | number;

const NAME = /^[A-Za-z_][\w-]*$/;
const REFERENCE = /^@([A-Za-z_][\w-]*)(?:\.(\w+))?$/;

/**
 * Reads a pipeline from JSON text or a parsed object and checks all that can be known without an image.
 * @throws ArgumentError naming step and field: for unknown calls, options and references, wrong numbers of
 * arguments, cycles, missing inputs or outputs
 */
export function parsePipeline(json: unknown): Pipeline {
  const value = typeof json === 'string' ? parseJson(json) : json;
  const document = object(value, 'pipeline', ['tilewise', 'inputs', 'steps', 'outputs']);
  if (document.tilewise !== 1)
    throw new ArgumentError('tilewise', document.tilewise, '1, the format version');
  const inputs = checkInputs(document.inputs);
  const steps = object(document.steps ?? {}, 'steps');
  for (const [name, step] of Object.entries(steps)) {
    if (!NAME.test(name)) throw new ArgumentError('steps', name, 'names of letters, digits, _ and -');
    if (inputs.includes(name)) throw new ArgumentError(`steps.${name}`, name, 'a name that no input has');
    checkStep(name, step);
  }
  const outputs = object(document.outputs, 'outputs');
  if (Object.keys(outputs).length === 0) throw new ArgumentError('outputs', outputs, 'at least one output');
  const pipeline = { tilewise: 1, inputs, steps, outputs } as Pipeline;
  for (const [name, step] of Object.entries(pipeline.steps))
    for (const [field, text] of referencesOf(step, `steps.${name}`)) checkReference(text, field, pipeline);
  for (const [name, text] of Object.entries(outputs)) {
    if (!NAME.test(name)) throw new ArgumentError('outputs', name, 'names of letters, digits, _ and -');
    checkReference(text, `outputs.${name}`, pipeline);
  }
  executionOrder(pipeline, Object.keys(pipeline.steps));
  return pipeline;
}

/**
 * Runs a pipeline on arrays. Array outputs are lazy; thresholds and tables are computed. Only the steps that the
 * outputs need are run.
 * @param inputs arrays by the pipeline's input names
 * @throws as {@link parsePipeline}; ArgumentError for a missing input and for what a call does not accept, naming
 * the step; the errors of the computation
 */
export async function runPipeline(
  pipeline: Pipeline,
  inputs: Readonly<Record<string, LazyArray>>,
  options: ComputeOptions = {},
): Promise<Record<string, PipelineResult>> {
  const { steps, outputs, inputs: names } = parsePipeline(pipeline);
  const values = new Map<string, unknown>();
  for (const name of names) {
    if (!(inputs[name] instanceof LazyArray))
      throw new ArgumentError(`inputs.${name}`, inputs[name], 'a LazyArray');
    values.set(name, inputs[name]);
  }
  for (const name of Object.keys(inputs))
    if (!names.includes(name)) throw new ArgumentError('inputs', name, `only ${names.join(', ')}`);
  const needed = Object.values(outputs).map((text) => parseReference(text).name);
  for (const name of executionOrder({ steps }, needed)) {
    options.signal?.throwIfAborted();
    values.set(name, await runStep(name, steps[name], values, options));
  }
  const results: Record<string, PipelineResult> = {};
  for (const [name, text] of Object.entries(outputs)) {
    const result = resolve(text, values);
    if (!(result instanceof LazyArray || result instanceof RegionTable || typeof result === 'number'))
      throw new ArgumentError(`outputs.${name}`, text, 'an array, a table or a number');
    results[name] = result;
  }
  return results;
}

async function runStep(
  name: string,
  step: PipelineStep,
  values: ReadonlyMap<string, unknown>,
  compute: ComputeOptions,
): Promise<unknown> {
  const args = (step.args ?? []).map((value) => resolve(value, values));
  const options = resolve(step.options ?? {}, values) as object;
  try {
    return await callOf(step).run(args, options, compute);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const Kind = error.constructor as typeof ArgumentError;
    throw new Kind(`steps.${name} (${step.call}) ${error.argument}`, error.received, error.accepted);
  }
}

/** A value with every reference in it replaced. */
function resolve(value: PipelineValue, values: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string' && value.startsWith('@')) {
    const { name, part } = parseReference(value);
    const result = values.get(name);
    return part === undefined ? result : (result as Record<string, unknown>)[part];
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, values));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, values)]));
}

/** The steps that `wanted` need, each after those it needs. @throws ArgumentError for a cycle */
function executionOrder({ steps }: Pick<Pipeline, 'steps'>, wanted: readonly string[]): string[] {
  const order = new Set<string>();
  const path: string[] = [];
  const visit = (name: string) => {
    if (!Object.hasOwn(steps, name) || order.has(name)) return;
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      throw new ArgumentError(`steps.${name}`, cycle, 'steps that do not need their own results');
    }
    path.push(name);
    for (const [, text] of referencesOf(steps[name], '')) visit(parseReference(text).name);
    path.pop();
    order.add(name);
  };
  wanted.forEach(visit);
  return [...order];
}

/** Every reference inside a step, with the field where it stands. */
function* referencesOf(step: PipelineStep, at: string): Generator<[field: string, text: string]> {
  yield* referencesIn(step.args ?? [], `${at}.args`);
  yield* referencesIn(step.options ?? {}, `${at}.options`);
}

function* referencesIn(value: PipelineValue, at: string): Generator<[field: string, text: string]> {
  if (typeof value === 'string') {
    if (value.startsWith('@')) yield [at, value];
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* referencesIn(item, `${at}[${i}]`);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) yield* referencesIn(item, `${at}.${name}`);
  }
}

function parseReference(text: string): { name: string; part: string | undefined } {
  const [, name = '', part] = REFERENCE.exec(text) ?? [];
  return { name, part };
}

function checkReference(text: unknown, field: string, { inputs, steps }: Pipeline): void {
  if (typeof text !== 'string' || !REFERENCE.test(text))
    throw new ArgumentError(field, text, 'a reference: "@name" or "@name.part"');
  const { name, part } = parseReference(text);
  const isStep = Object.hasOwn(steps, name);
  if (!isStep && !inputs.includes(name)) {
    const known = [...inputs, ...Object.keys(steps)].map((known) => `@${known}`);
    throw new ArgumentError(field, text, `a reference to one of ${known.join(', ')}`);
  }
  const parts = isStep ? callOf(steps[name]).parts : undefined;
  if (parts ? !part || !parts.includes(part) : part !== undefined)
    throw new ArgumentError(
      field,
      text,
      (parts ?? ['']).map((p) => `"@${name}${p && `.${p}`}"`).join(' or '),
    );
}

/** The call of a checked step. */
const callOf = (step: PipelineStep): PipelineCall => PIPELINE_CALLS.get(step.call)!;

function checkStep(name: string, value: unknown): void {
  const at = `steps.${name}`;
  const { call, args = [], options = {} } = object(value, at, ['call', 'args', 'options']);
  const known = typeof call === 'string' ? PIPELINE_CALLS.get(call) : undefined;
  if (!known) {
    const names = [...PIPELINE_CALLS.keys()].filter((key) => !key.includes('.')).sort();
    throw new ArgumentError(`${at}.call`, call, `one of ${names.join(', ')}`);
  }
  const { parameters } = known;
  const least = parameters.filter((parameter) => !/^\.\.\.|\?$/.test(parameter)).length;
  const most = parameters.some((parameter) => parameter.startsWith('...')) ? Infinity : parameters.length;
  if (!Array.isArray(args) || args.length < least || args.length > most)
    throw new ArgumentError(`${at}.args`, args, `[${parameters.join(', ')}], the arguments of ${call}`);
  object(options, `${at}.options`, known.options);
}

function checkInputs(value: unknown): string[] {
  const isName = (name: unknown) => typeof name === 'string' && NAME.test(name);
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    !value.every(isName) ||
    new Set(value).size < value.length
  )
    throw new ArgumentError('inputs', value, 'a list of at least one name, each once');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ArgumentError('pipeline', text.slice(0, 40), `JSON (${(cause as Error).message})`);
  }
}

/** A plain object, with no other keys than those known. */
function object(value: unknown, argument: string, keys?: readonly string[]): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ArgumentError(argument, value, 'an object');
  for (const key of Object.keys(value))
    if (keys && !keys.includes(key))
      throw new ArgumentError(argument, key, keys.length > 0 ? `only ${keys.join(', ')}` : 'no keys');
  return value as Record<string, unknown>;
}
