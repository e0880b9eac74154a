#!/usr/bin/env node
// The command line: `tilewise info` and `tilewise run`.
import { createRequire } from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { disposeExecutors } from '../exec/devices';
import { configure, type DeviceChoice } from '../exec/settings';
import { createController } from '../io/signals';
import { provideGpu } from './gpu';
import { info } from './info';
import type { TableFormat } from './outputs';
import { ProgressBar } from './progress';
import { run } from './run';

const INTERRUPTED = 130;

interface Common {
  readonly verbose?: boolean;
}

interface RunFlags extends Common {
  readonly device: DeviceChoice;
  readonly workers?: number;
  readonly memory?: number;
  readonly level?: number;
  readonly select: readonly string[];
  readonly format?: TableFormat;
  readonly jobs?: number;
  readonly quiet?: boolean;
  readonly overwrite?: boolean;
}

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const controller = createController();
const { signal } = controller;
process.once('SIGINT', () => controller.abort(new DOMException('interrupted', 'AbortError')));

function integer(low: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low)
      throw new InvalidArgumentError(`Expected an integer of at least ${low}.`);
    return value;
  };
}

const program = new Command('tilewise')
  .description('Lazy, chunked image processing of Zarr and OME-Zarr, by URL or path.')
  .version(version)
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'tilewise: ')) })
  .exitOverride();

program
  .command('info')
  .description('Describe a Zarr array or an OME-Zarr image; reads only metadata.')
  .argument('<location>', 'URL or path')
  .option('--json', 'print JSON')
  .option('--verbose', 'print the stack of an error')
  .action(async (location: string, flags: Common & { json?: boolean }) => {
    console.log(await info(location, { json: flags.json, signal }));
  });

program
  .command('run')
  .description(
    'Run a pipeline file on an image: arrays go to <out>/<name>.zarr, tables to .csv and .json. On all images that a ' +
      'pattern matches: each into <out>/<image>, and their tables as one into <out>.',
  )
  .argument('<pipeline>', 'pipeline file (JSON)')
  .argument(
    '<in>',
    "URL or path of a Zarr array, an OME-Zarr image or an image file; or a pattern: 'folder/*.tif'",
  )
  .argument('<out>', 'directory for the outputs')
  .option('--level <n>', 'resolution of an OME-Zarr image; 0 is the full one', integer(0))
  .option('--select <selection...>', 'part of the input, e.g. c=0 or y=0:512', [])
  .addOption(
    new Option('--device <device>', 'where to compute').choices(['auto', 'cpu', 'gpu']).default('auto'),
  )
  .option(
    '--workers <n>',
    'CPU workers; 0 computes on the main thread (default: cores, at most 8)',
    integer(0),
  )
  .option('--memory <MiB>', 'memory budget (default: 512)', integer(1))
  .option('--jobs <n>', 'images at a time, of several (default: 2)', integer(1))
  .addOption(new Option('--format <format>', 'write tables in this format only').choices(['csv', 'json']))
  .option('--overwrite', 'replace existing outputs')
  .option('--quiet', 'print errors only')
  .option('--verbose', 'print the stack of an error')
  .action(async (file: string, input: string, out: string, flags: RunFlags) => {
    const { workers, memory, device, level, select, format, overwrite = false, quiet } = flags;
    if (workers !== undefined) configure({ workers });
    if (memory !== undefined) configure({ memoryBudget: memory * 2 ** 20 });
    if (device === 'gpu') await provideGpu();
    const bar = process.stderr.isTTY && !quiet ? new ProgressBar() : undefined;
    try {
      await run(file, input, out, {
        device,
        level,
        select,
        formats: format ? [format] : ['csv', 'json'],
        overwrite,
        concurrency: flags.jobs,
        signal,
        onProgress: bar?.show,
        say: (line) => {
          bar?.stop();
          if (!quiet) console.error(line);
        },
      });
    } finally {
      bar?.stop();
      disposeExecutors();
    }
  });

/** One line, whatever the message. */
const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).replace(/\s+/g, ' ').trim();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode;
  } else {
    process.exitCode = signal.aborted ? INTERRUPTED : 1;
    console.error(`tilewise: ${oneLine(error)}`);
    if (process.argv.includes('--verbose')) console.error(error);
  }
}
