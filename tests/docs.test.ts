// The API pages: they can be made without a warning, and the example of every module prints what it says.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const EXAMPLES = new URL('../docs/examples/', import.meta.url);
const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs'));

/** No modules that Node can run an example of. */
const BROWSER_ONLY = /worker|package\.json|openseadragon|deckgl/;

/** Node breaks long arrays into lines. */
const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** What the comments behind `console.log(…);` say. */
const promised = (source: string) =>
  [...source.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);

describe('examples', () => {
  it('there is one for every module', () => {
    const modules = Object.keys(manifest.exports)
      .filter((name) => !BROWSER_ONLY.test(name))
      .map((name) => (name === '.' ? 'index.mjs' : `${name.split('/').at(-1)}.mjs`));
    expect(examples).toEqual(expect.arrayContaining(modules));
  });

  it.each(examples)('%s', async (name) => {
    const file = new URL(name, EXAMPLES);
    const expected = promised(readFileSync(file, 'utf8'));
    expect(expected.length).toBeGreaterThan(0);
    const { stdout } = await run(process.execPath, [file.pathname]);
    expect(words(stdout)).toEqual(words(expected.join('\n')));
  });
});

it('typedoc finds every type that it refers to', async () => {
  const { stdout } = await run('npm', ['run', 'docs', '--', '--', '--emit', 'none'], {
    cwd: new URL('..', import.meta.url),
  });
  expect(stdout).not.toMatch(/warning|error/i);
});
