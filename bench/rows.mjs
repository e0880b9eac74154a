// Measures functions, Tilewise beside its peers in one run: the sides take turns.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARRAYS, prepareArray } from './arrays.mjs';
import { median } from './common.mjs';
import { IMAGES } from './functionTable.mjs';
import { startPartner } from './partner.mjs';

const REPEATS = 3;
const OWN_REPEATS = 3;
/** Seconds that a peer may take for the runs of a row after the first one: slow functions are measured once. */
const PEER_SECONDS = 3;

const OURS = {
  '1 worker': ['tilewisePartner.mjs', '1'],
  '2 workers': ['tilewisePartner.mjs', '2'],
  'Chromium, 1 worker': ['chromiumPartner.mjs', '1'],
  'Chromium, 2 workers': ['chromiumPartner.mjs', '2'],
};
const PEERS = {
  scipy: ['scipyPartner.py'],
  opencv4: ['peers/opencvPartner.mjs', 'opencv4'],
  opencv5: ['peers/opencvPartner.mjs', 'opencv5'],
  'image-js': ['peers/imageJsPartner.mjs'],
  'tfjs-wasm': ['peers/tfjsPartner.mjs'],
};

/** What each peer is asked to run. */
const requestTo = {
  scipy: ({ scipy }) => scipy,
  opencv4: ({ opencv }, key) => opencv && key,
  opencv5: ({ opencv }, key) => opencv && key,
  'image-js': ({ imageJs }, key) => imageJs && key,
  'tfjs-wasm': ({ tfjs }, key) => tfjs && key,
};

/** Rows of a table of functions: all, or those in whose name or array `only` occurs; `quick` leaves volumes out. */
export function rowsOf(table, { only = '', quick = false }) {
  const isVolume = (on) => on.toLowerCase().includes('volume');
  const rows = Object.entries(table).flatMap(([key, spec]) =>
    (spec.on ?? IMAGES)
      .filter((on) => `${key} ${on}`.toLowerCase().includes(only.toLowerCase()))
      .map((on) => ({ key, on, spec })),
  );
  const planes = rows.filter(({ on }) => !isVolume(on));
  return quick ? planes : [...planes, ...rows.filter(({ on }) => isVolume(on))];
}

/**
 * Measures `rows`. Before a row is timed, Tilewise's results are compared with each peer's; a row in which they differ
 * by more than is allowed gets a `fault` instead of times. `report` hears of each row. With `chromium`, Tilewise runs in
 * a browser too. After so many `minutes` no row is begun; those are `left`.
 */
export async function benchRows(rows, { report = () => {}, chromium = false, minutes = Infinity } = {}) {
  const deadline = performance.now() + 60_000 * minutes;
  const directory = await mkdtemp(join(tmpdir(), 'tilewise-bench-'));
  const sides = [];
  try {
    for (const [name, command] of Object.entries({ ...OURS, ...PEERS })) {
      const ours = name in OURS && (chromium || !name.startsWith('Chromium'));
      const wanted = ours || (name in PEERS && rows.some(({ spec, key }) => requestTo[name](spec, key)));
      const partner = wanted && (await startPartner(...command));
      if (partner) sides.push({ ...partner, name, command, loaded: new Set() });
    }
    const results = [];
    const left = [...rows];
    while (left.length > 0 && performance.now() < deadline) {
      const row = left.shift();
      // What fails is reported as what differs is; the others go on.
      const result = await benchRow(row, sides, join(directory, 'result.raw')).catch((error) => ({
        ...row,
        ...ARRAYS[row.on],
        fault: error.message.split('\n')[0],
      }));
      results.push(result);
      report(result);
      for (const side of sides)
        if (side.hasDied()) Object.assign(side, await startPartner(...side.command), { loaded: new Set() });
    }
    const versions = Object.fromEntries(sides.map(({ name, version }) => [name, version]));
    return { rows: results, left, versions };
  } finally {
    for (const side of sides) side.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function load(sides, name) {
  const array = await prepareArray(name);
  for (const side of sides) {
    if (!side.loaded.has(name)) await side.ask({ load: array });
    side.loaded.add(name);
  }
  return array;
}

async function benchRow({ key, on, spec }, sides, file) {
  const ours = sides.filter(({ name }) => name in OURS);
  const peers = sides.filter(({ name }) => name in PEERS && requestTo[name](spec, key));
  const { dtype, shape } = await load([...ours, ...peers], on);
  if (spec.second) await load([...ours, ...peers], spec.second);
  const result = { key, on, dtype, shape, spec };
  const run = (side, more) =>
    side.ask({ run: requestTo[side.name]?.(spec, key) ?? key, x: on, c: spec.second, ...more });

  const firsts = new Map();
  for (const peer of peers) {
    try {
      firsts.set(peer, await run(peer));
    } catch (error) {
      // A library that cannot do a row of its own table is left out of it.
      console.error(`  ${error.message.split('\n')[0]}`);
      result.failed = [...(result.failed ?? []), peer.name];
    }
  }
  for (const side of ours) {
    const made = await run(side, { save: file });
    for (const peer of firsts.keys()) {
      const { fault } = await peer.ask({ compare: { file, dtype: made.dtype, shape: made.shape } });
      if (fault) return { ...result, fault: `results differ: ${side.name} against ${peer.name}: ${fault}` };
    }
  }

  const runs = new Map([...firsts.keys(), ...ours].map((side) => [side, []]));
  const rounds = new Map(ours.map((side) => [side, REPEATS]));
  for (const [peer, first] of firsts) {
    rounds.set(peer, Math.min(REPEATS, Math.floor(PEER_SECONDS / first.seconds)));
    if (rounds.get(peer) === 0) runs.get(peer).push(first);
  }
  if ([...firsts.keys()].every((peer) => rounds.get(peer) < OWN_REPEATS))
    for (const side of ours) rounds.set(side, OWN_REPEATS);
  for (let round = 0; round < REPEATS; round++)
    for (const [side, count] of rounds) if (round < count) runs.get(side).push(await run(side));
  return {
    ...result,
    times: Object.fromEntries([...runs].map(([side, list]) => [side.name, summary(list)])),
  };
}

function summary(runs) {
  const seconds = runs.map((run) => run.seconds);
  return {
    seconds: median(seconds),
    least: Math.min(...seconds),
    most: Math.max(...seconds),
    cpu: median(runs.map((run) => run.cpu)),
  };
}
