// `tilewise run`: a pipeline file over an image, results in a directory.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, NotFoundError } from '../core/errors';
import { parsePipeline, runPipeline } from '../pipeline';
import { runEach } from './batch';
import { isPattern } from './location';
import { checkFree, writeOutput } from './outputs';
import { prepare, type RunOptions } from './prepare';

/**
 * Runs the pipeline of a file on the image at `input`, or on each of the images that it matches, and writes the outputs
 * into `directory`.
 */
export async function run(
  file: string,
  input: string,
  directory: string,
  options: RunOptions,
): Promise<void> {
  const pipeline = parsePipeline(await readText(file));
  if (pipeline.inputs.length !== 1)
    throw new ArgumentError('inputs', pipeline.inputs, 'one input (the command line opens one image)');
  if (isPattern(input)) return runEach(pipeline, input, directory, options);
  const image = await prepare(pipeline, input, options);
  // Before any work; what an output turns out to be does not matter.
  const names = Object.keys(pipeline.outputs);
  checkFree(
    names.flatMap((name) =>
      ['zarr', 'json', ...options.formats].map((extension) => join(directory, `${name}.${extension}`)),
    ),
    options.overwrite,
  );
  for (const remark of image.remarks) options.say(remark);
  const results = await runPipeline(pipeline, image.inputs, image.outputs);
  for (const [name, result] of Object.entries(results))
    options.say(await writeOutput(directory, name, result, image.outputs));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NotFoundError(file, (cause as Error).message, { cause });
  }
}
