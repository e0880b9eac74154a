// `tilewise run` on all images that a pattern matches.
import { join } from 'node:path';
import { forEachImage } from '../batch';
import { NotFoundError, TilewiseError } from '../core/errors';
import { type Pipeline, runPipeline } from '../pipeline';
import { imageName, matches } from './location';
import { checkFree, writeOutput, writeTable } from './outputs';
import { type Prepared, prepare, type RunOptions } from './prepare';

/**
 * Runs the pipeline on each image and writes its outputs into `<directory>/<image>`, and the tables of all as one. Images
 * that fail are told and do not stop the others.
 * @throws TilewiseError, at the end, when some failed
 */
export async function runEach(
  pipeline: Pipeline,
  pattern: string,
  directory: string,
  options: RunOptions,
): Promise<void> {
  const paths = await matches(pattern);
  if (paths.length === 0) throw new NotFoundError(pattern, 'matches no file or folder');
  const names = uniqueNames(paths);
  const { formats, overwrite, say, signal, device, concurrency, onProgress } = options;
  const outputs = Object.keys(pipeline.outputs);
  checkFree(
    [
      ...names.map((name) => join(directory, name)),
      ...outputs.flatMap((name) => formats.map((extension) => join(directory, `${name}.${extension}`))),
    ],
    overwrite,
  );
  const images = new Map<string, Prepared>();
  const { failures, tables } = await forEachImage(
    paths.map((path, i) => ({
      name: names[i],
      async open() {
        const image = await prepare(pipeline, path, { ...options, onProgress: undefined });
        images.set(names[i], image);
        return image.inputs;
      },
    })),
    (inputs, compute) => runPipeline(pipeline, inputs as Prepared['inputs'], compute),
    {
      signal,
      device,
      concurrency,
      onProgress,
      async onResult({ name, results }) {
        const image = images.get(name)!;
        for (const remark of image.remarks) say(`${name}: ${remark}`);
        for (const [output, result] of Object.entries(results))
          say(`${name}/${await writeOutput(join(directory, name), output, result, image.outputs)}`);
        images.delete(name);
      },
      onFailure({ name, error }) {
        images.delete(name);
        say(`${name} failed: ${(error as Error).message}`);
      },
    },
  );
  for (const [name, table] of Object.entries(tables)) say(await writeTable(directory, name, table, formats));
  if (failures.length === 0) return;
  const failed = failures.map(({ name }) => name).join(', ');
  throw new TilewiseError(`${failures.length} of ${paths.length} images failed: ${failed}`);
}

/** Names of files without extension; with it where two would be the same. */
function uniqueNames(paths: readonly string[]): string[] {
  const short = paths.map(imageName);
  const counts = new Map<string, number>();
  for (const name of short) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = short.map((name, i) =>
    counts.get(name) === 1 ? name : paths[i].replace(/^[./\\]+/, '').replace(/[/\\]/g, '-'),
  );
  return names;
}
