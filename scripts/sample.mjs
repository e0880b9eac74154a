// The sample image: a deterministic, physically plausible two-channel fluorescence field as OME-Zarr 0.5.
// Rendered band by band (objects, PSF, illumination, photons, camera), so a 16384x16384 one needs little memory.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { FileSystemStore } from '@zarrita/storage';
import * as zarr from 'zarrita';

/** Raised when the pixels or metadata change, so that an older sample is made anew. */
const VERSION = 1;
const NAME = 'sample.ome.zarr';
const SEED = 20240229;
const CHUNK = 512;
const PIXEL_UM = 0.325;
const CAMERA_OFFSET = 100;
const READ_NOISE = 1.8;
const PSF_SIGMA = 1.15;
const PSF_RADIUS = 4;
const CHANNELS = [
  { label: 'DAPI (nuclei)', color: '4D7CFF' },
  { label: 'Tubulin (cytoplasm)', color: '3DDC84' },
];

// ---------------------------------------------------------------- randomness

/** Avalanche of integers into one 32-bit seed, so that objects and rows have independent streams. */
function hash(...values) {
  let h = SEED | 0;
  for (const value of values) {
    h = Math.imul(h ^ value, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h | 0;
}

/** mulberry32: uniform in [0, 1). */
function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const QUANTILES = 1 << 14;

/** Evenly spaced normal quantiles: one table look-up a pixel makes a Gaussian number. */
function normalTable() {
  const table = new Float32Array(QUANTILES);
  // Acklam's rational approximation, good to 1e-9.
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const horner = (p, x, last) => p.reduce((sum, v) => sum * x + v, 0) * (last ?? 1);
  for (let i = 0; i < QUANTILES; i++) {
    const p = (i + 0.5) / QUANTILES;
    const tail = Math.min(p, 1 - p);
    if (tail < 0.02425) {
      const q = Math.sqrt(-2 * Math.log(tail));
      table[i] = (p < 0.5 ? 1 : -1) * (horner(c, q) / horner([...d, 1], q));
    } else {
      const q = p - 0.5;
      table[i] = horner(a, q * q, q) / horner([...b, 1], q * q);
    }
  }
  return table;
}

const TEXTURE = 512;

/** Tileable fractal noise about 0 with unit deviation; `period` is the coarsest feature in texels. */
function fractalNoise(seed, period, octaves) {
  const texture = new Float32Array(TEXTURE * TEXTURE);
  for (let octave = 0, cell = period; octave < octaves; octave++, cell >>= 1) {
    const n = TEXTURE / cell;
    const next = random(hash(seed, octave));
    const lattice = Float32Array.from({ length: n * n }, () => next() - 0.5);
    for (let y = 0; y < TEXTURE; y++) {
      const row = Math.floor(y / cell);
      const v = smoothstep((y % cell) / cell);
      for (let x = 0; x < TEXTURE; x++) {
        const column = Math.floor(x / cell);
        const u = smoothstep((x % cell) / cell);
        const right = (column + 1) % n;
        const below = (row + 1) % n;
        const top = lattice[row * n + column] * (1 - u) + lattice[row * n + right] * u;
        const bottom = lattice[below * n + column] * (1 - u) + lattice[below * n + right] * u;
        texture[y * TEXTURE + x] += (top * (1 - v) + bottom * v) * 0.6 ** octave;
      }
    }
  }
  let squares = 0;
  for (const value of texture) squares += value * value;
  const scale = 1 / Math.sqrt(squares / texture.length);
  return texture.map((value) => value * scale);
}

const smoothstep = (t) => t * t * (3 - 2 * t);
const clamp01 = (t) => Math.min(1, Math.max(0, t));
const texel = (texture, x, y) => texture[(y & (TEXTURE - 1)) * TEXTURE + (x & (TEXTURE - 1))];

// ---------------------------------------------------------------- cells

/** Buckets of 64 px: neighbours of a point without looking at every cell. */
function cellGrid(size) {
  const pitch = 64;
  const n = Math.ceil(size / pitch) + 4;
  const buckets = new Map();
  const key = (x, y) => (Math.floor(y / pitch) + 2) * n + Math.floor(x / pitch) + 2;
  return {
    add(cell) {
      const at = key(cell.x, cell.y);
      const bucket = buckets.get(at);
      if (bucket) bucket.push(cell);
      else buckets.set(at, [cell]);
    },
    near(x, y) {
      const found = [];
      const at = key(x, y);
      for (let dy = -n; dy <= n; dy += n)
        for (let dx = -1; dx <= 1; dx++) found.push(...(buckets.get(at + dy + dx) ?? []));
      return found;
    },
  };
}

/** Places cells: denser in some places than in others, a quarter of them touching a neighbour. */
function placeCells(size, density) {
  const next = random(hash(1));
  const grid = cellGrid(size);
  const cells = [];
  const target = Math.round((size * size) / 3700);
  for (let attempt = 0; cells.length < target && attempt < target * 30; attempt++) {
    const radius = 11 + 4 * (next() + next()) + (next() < 0.08 ? 4 : 0);
    let x = next() * size;
    let y = next() * size;
    const parent = cells.length > 0 && next() < 0.24 ? cells[Math.floor(next() * cells.length)] : undefined;
    if (parent) {
      const angle = next() * 2 * Math.PI;
      const distance = (parent.radius + radius) * (0.8 + 0.18 * next());
      x = parent.x + distance * Math.cos(angle);
      y = parent.y + distance * Math.sin(angle);
      if (x < -radius || y < -radius || x > size + radius || y > size + radius) continue;
    } else if (next() > clamp01(0.62 + 0.3 * texel(density, Math.floor(x / 8), Math.floor(y / 8)))) continue;
    const gap = parent ? 0.86 : 1.3;
    const crowded = grid
      .near(x, y)
      .some((o) => o !== parent && Math.hypot(o.x - x, o.y - y) < gap * (o.radius + radius));
    if (crowded) continue;
    const cell = { id: cells.length, x, y, radius };
    grid.add(cell);
    cells.push(cell);
  }
  return cells.map(describeCell);
}

/** Gives a cell its shape, brightness and inner structure. */
function describeCell({ id, x, y, radius }) {
  const next = random(hash(2, id));
  const mitotic = next() < 0.02;
  const elongation = mitotic ? 2.2 : 1 + 0.45 * next() * next() + 0.1 * next();
  const angle = next() * Math.PI;
  const size = mitotic ? 0.62 * radius : radius;
  const spots = [];
  const scatter = (count, low, high, gain) => {
    for (let i = 0; i < count; i++) {
      const r = 0.82 * Math.sqrt(next());
      const t = next() * 2 * Math.PI;
      spots.push({
        u: r * Math.cos(t),
        v: r * Math.sin(t),
        s: low + (high - low) * next(),
        gain: gain * (0.5 + next()),
      });
    }
  };
  if (!mitotic) {
    scatter(4 + Math.floor(next() * 12), 0.05, 0.11, 0.5); // chromocentres
    scatter(1 + Math.floor(next() * 3), 0.12, 0.2, -0.42); // nucleoli exclude DNA
  }
  // G2 nuclei hold twice the DNA of G1; stain and focus vary the rest.
  const ploidy = next() < 0.3 ? 1.6 + 0.3 * next() : 1;
  return {
    x,
    y,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    a: size * Math.sqrt(elongation),
    b: size / Math.sqrt(elongation),
    wobble: mitotic ? [0.03, 0, 0.04, 0] : [0.07, 0.07, 0.06, 0.06].map((k) => k * (2 * next() - 1)),
    electrons: (mitotic ? 1500 : 430 * ploidy) * Math.exp(0.55 * (next() + next() - 1)),
    grain: 0.1 + 0.12 * next(),
    focus: 1.3 + 2.2 * next() * next(),
    spots,
    tx: Math.floor(next() * TEXTURE),
    ty: Math.floor(next() * TEXTURE),
    body: (mitotic ? 1.5 : 2 + 0.8 * next()) * radius,
    bodyElectrons: 260 * Math.exp(0.9 * (next() + next() - 1)),
    bodyWobble: [0.16, 0.16, 0.12, 0.12].map((k) => k * (2 * next() - 1)),
    stretch: 1 + 0.5 * next(),
  };
}

/** Distance from the centre in units of the outline: an ellipse with 2nd and 3rd harmonics. */
function outline(u, v, [c2, s2, c3, s3]) {
  const rr = u * u + v * v;
  if (rr < 1e-6) return 0;
  const r = Math.sqrt(rr);
  const c = u / r;
  const s = v / r;
  return (
    r /
    (1 + c2 * (c * c - s * s) + s2 * 2 * c * s + c3 * c * (c * c - 3 * s * s) + s3 * s * (3 * c * c - s * s))
  );
}

/**
 * Calls `paint(index, u, v, column, row)` over the part of a band where u² + v² < reach², with u and v along the
 * cell's own axes in units of `along` and `across`.
 */
function eachPixel(cell, along, across, reach, band, paint) {
  const dx = reach * Math.hypot(along * cell.cos, across * cell.sin);
  const dy = reach * Math.hypot(along * cell.sin, across * cell.cos);
  const x0 = Math.max(Math.ceil(cell.x - dx), band.x);
  const x1 = Math.min(Math.floor(cell.x + dx), band.x + band.width - 1);
  const y0 = Math.max(Math.ceil(cell.y - dy), band.y);
  const y1 = Math.min(Math.floor(cell.y + dy), band.y + band.height - 1);
  const limit = reach * reach;
  for (let row = y0; row <= y1; row++) {
    const y = row - cell.y;
    let at = (row - band.y) * band.width + x0 - band.x;
    for (let column = x0; column <= x1; column++, at++) {
      const x = column - cell.x;
      const u = (x * cell.cos + y * cell.sin) / along;
      const v = (y * cell.cos - x * cell.sin) / across;
      if (u * u + v * v < limit) paint(at, u, v, column, row);
    }
  }
}

function paintNucleus(cell, band, textures) {
  const { data } = band;
  const { a, b, wobble, grain, spots, tx, ty } = cell;
  // Out-of-focus nuclei have softer edges.
  const slope = Math.sqrt(a * b) / cell.focus;
  eachPixel(cell, a, b, 1.25 + 1 / slope, band, (at, u, v, column, row) => {
    const rho = outline(u, v, wobble);
    const edge = clamp01(0.5 + (1 - rho) * slope * 0.5);
    if (edge === 0) return;
    let density = 0.72 + 0.28 * Math.sqrt(Math.max(0, 1 - rho * rho));
    density *= 1 + grain * texel(textures.fine, column + tx, row + ty);
    for (const spot of spots) {
      const eu = u - spot.u;
      const ev = v - spot.v;
      const d = (eu * eu + ev * ev) / (spot.s * spot.s);
      if (d < 9) density += spot.gain * Math.exp(-0.5 * d);
    }
    const value = cell.electrons * smoothstep(edge) * Math.max(0.1, density);
    // Overlapping nuclei lie on top of each other: their light adds, less what defocus takes.
    const under = data[at];
    data[at] = value > under ? value + 0.4 * under : under + 0.4 * value;
  });
}

function paintCytoplasm(cell, band, textures) {
  const { data } = band;
  const { body, bodyWobble, stretch, tx, ty } = cell;
  const along = body * Math.sqrt(stretch);
  const across = body / Math.sqrt(stretch);
  eachPixel(cell, along, across, 1.4, band, (at, u, v) => {
    const rho = outline(u, v, bodyWobble);
    if (rho >= 1) return;
    const du = u * along;
    const dv = v * across;
    const nuclear = outline(du / cell.a, dv / cell.b, cell.wobble);
    // Brightest around the nucleus, thinning towards the rim; the nucleus itself excludes the protein.
    const depth = Math.max(0, nuclear - 1);
    const halo = 1 / (1 + depth + 0.7 * depth * depth);
    const rim = smoothstep(clamp01((1 - rho) * 4.5));
    const inside = clamp01((nuclear - 0.88) * 6);
    // Filaments: ridges of noise stretched along the cell, fanning out with distance.
    const fan = 1 + 0.35 * rho;
    const ridge = texel(textures.coarse, Math.round(du * 1.1 + tx), Math.round((dv * 7) / fan + ty));
    const filament = 1 / (1 + 2.2 * Math.abs(ridge));
    const grainy = texel(textures.fine, Math.round(du * 2 + ty), Math.round(dv * 2 + tx));
    const texture = 0.42 + 1.05 * filament + 0.1 * grainy;
    const value =
      cell.bodyElectrons * rim * (0.22 + 0.9 * halo) * Math.max(0.1, texture) * (0.24 + 0.76 * inside);
    const under = data[at];
    data[at] = value > under ? value + 0.25 * under : under + 0.25 * value;
  });
}

// ---------------------------------------------------------------- optics and camera

const HAZE_STEP = 16;

/** Out-of-focus light and autofluorescence on a coarse grid: too smooth to be worth full resolution. */
function hazeMap(size, cells, channel, density) {
  const n = Math.ceil(size / HAZE_STEP) + 2;
  const haze = new Float32Array(n * n);
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++)
      haze[y * n + x] = (channel ? 30 : 38) * (1 + 0.12 * texel(density, x, y + 200));
  for (const cell of cells) {
    const [flux, sigma] = channel
      ? [0.03 * cell.bodyElectrons, cell.body / HAZE_STEP]
      : [0.07 * cell.electrons, (1.8 * cell.a) / HAZE_STEP];
    const cx = cell.x / HAZE_STEP;
    const cy = cell.y / HAZE_STEP;
    const reach = 3 * sigma;
    for (let y = Math.max(0, Math.ceil(cy - reach)); y <= Math.min(n - 1, cy + reach); y++)
      for (let x = Math.max(0, Math.ceil(cx - reach)); x <= Math.min(n - 1, cx + reach); x++)
        haze[y * n + x] += flux * Math.exp((-0.5 * ((x - cx) ** 2 + (y - cy) ** 2)) / (sigma * sigma));
  }
  return { haze, n };
}

function psfWeights() {
  const weights = Array.from({ length: PSF_RADIUS + 1 }, (_, i) => Math.exp((-0.5 * i * i) / PSF_SIGMA ** 2));
  const sum = weights.reduce((a, b) => a + 2 * b, 0) - weights[0];
  return weights.map((w) => w / sum);
}

/** Gaussian blur of a band; the halo of PSF_RADIUS on every side is used up. */
function blur({ data, width, height }, scratch) {
  const [w0, w1, w2, w3, w4] = psfWeights();
  const inner = height - 2 * PSF_RADIUS;
  for (let y = 0; y < inner; y++) {
    for (let x = 0, p = (y + PSF_RADIUS) * width, o = y * width; x < width; x++, p++, o++)
      scratch[o] =
        w0 * data[p] +
        w1 * (data[p - width] + data[p + width]) +
        w2 * (data[p - 2 * width] + data[p + 2 * width]) +
        w3 * (data[p - 3 * width] + data[p + 3 * width]) +
        w4 * (data[p - 4 * width] + data[p + 4 * width]);
  }
  const columns = width - 2 * PSF_RADIUS;
  for (let y = 0; y < inner; y++) {
    for (let x = 0, p = y * width + PSF_RADIUS, o = y * columns; x < columns; x++, p++, o++)
      data[o] =
        w0 * scratch[p] +
        w1 * (scratch[p - 1] + scratch[p + 1]) +
        w2 * (scratch[p - 2] + scratch[p + 2]) +
        w3 * (scratch[p - 3] + scratch[p + 3]) +
        w4 * (scratch[p - 4] + scratch[p + 4]);
  }
}

/** Illumination falls off from a point off centre; photons are Poisson; the camera adds offset and read noise. */
function expose(signal, target, size, y0, rows, channel, { haze, n }, normals, histogram) {
  const fx = Float32Array.from({ length: size }, (_, x) => (x / size - (channel ? 0.55 : 0.44)) ** 2);
  const hazeRow = new Float32Array(n);
  for (let row = 0; row < rows; row++) {
    const y = y0 + row;
    const fy = (y / size - 0.52) ** 2;
    const hy = Math.floor(y / HAZE_STEP);
    const v = y / HAZE_STEP - hy;
    for (let x = 0; x < n; x++) hazeRow[x] = haze[hy * n + x] * (1 - v) + haze[(hy + 1) * n + x] * v;
    let state = hash(3, channel, y) | 1;
    for (let x = 0, at = row * size; x < size; x++, at++) {
      const hx = x >> 4;
      const u = (x & 15) * (1 / HAZE_STEP);
      const light = 1 - 0.75 * (fx[x] + fy);
      const photons = light * (signal[at] + hazeRow[hx] * (1 - u) + hazeRow[hx + 1] * u);
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const z = normals[(Math.imul(state, 0x9e3779b1) >>> 18) & (QUANTILES - 1)];
      // Poisson by its second-order normal expansion (exact enough above ten photons), read noise in quadrature.
      const counts = photons + Math.sqrt(photons + READ_NOISE * READ_NOISE) * z + (z * z - 1) / 6;
      const value = CAMERA_OFFSET + counts + 0.5;
      const pixel = value < 0 ? 0 : value > 65535 ? 65535 : value | 0;
      target[at] = pixel;
      histogram[pixel]++;
    }
  }
}

// ---------------------------------------------------------------- pyramid and store

/** Mean of 2x2, rounded; the last row or column of an odd size is averaged with itself. */
function halve(source, width, height) {
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const out = new Uint16Array(w * h);
  for (let y = 0; y < h; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      out[y * w + x] =
        (source[top + left] + source[top + right] + source[bottom + left] + source[bottom + right] + 2) >> 2;
    }
  }
  return out;
}

function levelSizes(size) {
  const sizes = [size];
  while (sizes[sizes.length - 1] > CHUNK) sizes.push(Math.ceil(sizes[sizes.length - 1] / 2));
  return sizes;
}

const createLevel = (root, level, channels, size) =>
  zarr.create(root.resolve(String(level)), {
    shape: [channels, size, size],
    chunkShape: [1, CHUNK, CHUNK],
    dtype: 'uint16',
    fillValue: 0,
    dimensionNames: ['c', 'y', 'x'],
    codecs: [
      { name: 'bytes', configuration: { endian: 'little' } },
      { name: 'zstd', configuration: { level: 3, checksum: false } },
    ],
  });

const writeRows = (array, channel, y, rows, size, data) =>
  zarr.set(array, [zarr.slice(channel, channel + 1), zarr.slice(y, y + rows), null], {
    data,
    shape: [1, rows, size],
    stride: [rows * size, size, 1],
  });

/** Takes bands of one channel top to bottom; each level below gathers rows until it has a row of chunks. */
function pyramidWriter(levels, sizes, channel) {
  const pending = sizes.map((size, level) => ({
    data: new Uint16Array(level ? CHUNK * size : 0),
    rows: 0,
    y: 0,
  }));
  async function push(level, data, rows) {
    const size = sizes[level];
    const state = pending[level];
    await writeRows(levels[level], channel, state.y, rows, size, data);
    state.y += rows;
    const below = pending[level + 1];
    if (!below) return;
    const half = halve(data, size, rows);
    below.data.set(half, below.rows * sizes[level + 1]);
    below.rows += Math.ceil(rows / 2);
    if (below.rows === CHUNK || below.y + below.rows === sizes[level + 1]) {
      const ready = below.data.subarray(0, below.rows * sizes[level + 1]);
      const count = below.rows;
      below.rows = 0;
      await push(level + 1, ready, count);
    }
  }
  return (data, rows) => push(0, data, rows);
}

function percentile(histogram, fraction) {
  const total = histogram.reduce((a, b) => a + b, 0);
  let seen = 0;
  return histogram.findIndex((count) => {
    seen += count;
    return seen >= fraction * total;
  });
}

function metadata(sizes, histograms, nuclei) {
  const { length: channels } = histograms;
  return {
    ome: {
      version: '0.5',
      multiscales: [
        {
          name: 'sample',
          type: 'mean',
          axes: [
            { name: 'c', type: 'channel' },
            { name: 'y', type: 'space', unit: 'micrometer' },
            { name: 'x', type: 'space', unit: 'micrometer' },
          ],
          datasets: sizes.map((_, level) => {
            const scale = PIXEL_UM * 2 ** level;
            const shift = (scale - PIXEL_UM) / 2;
            return {
              path: String(level),
              coordinateTransformations: [
                { type: 'scale', scale: [1, scale, scale] },
                { type: 'translation', translation: [0, shift, shift] },
              ],
            };
          }),
        },
      ],
      omero: {
        name: 'Synthetic cells',
        rdefs: { model: 'color' },
        channels: histograms.map((histogram, channel) => ({
          ...CHANNELS[channel],
          active: true,
          coefficient: 1,
          family: 'linear',
          inverted: false,
          window: {
            min: 0,
            max: 65535,
            start: percentile(histogram, 0.02),
            end: percentile(histogram, 0.998),
          },
        })),
      },
    },
    sample: { version: VERSION, size: sizes[0], channels, nuclei },
  };
}

// ---------------------------------------------------------------- entry points

async function writeSample(path, { size, channels, onProgress, signal }) {
  const density = fractalNoise(10, 64, 3);
  const textures = { fine: fractalNoise(11, 8, 3), coarse: fractalNoise(12, 32, 3) };
  const normals = normalTable();
  const cells = placeCells(size, density);
  const byRow = [...cells].sort((a, b) => a.y - b.y);
  const sizes = levelSizes(size);
  const root = zarr.root(new FileSystemStore(path));
  const levels = [];
  for (const [level, n] of sizes.entries()) levels.push(await createLevel(root, level, channels, n));

  const width = size + 2 * PSF_RADIUS;
  const canvas = new Float32Array(width * (CHUNK + 2 * PSF_RADIUS));
  const scratch = new Float32Array(width * CHUNK);
  const pixels = new Uint16Array(size * CHUNK);
  const histograms = [];
  const bands = Math.ceil(size / CHUNK);
  for (let channel = 0; channel < channels; channel++) {
    const haze = hazeMap(size, cells, channel, density);
    const write = pyramidWriter(levels, sizes, channel);
    const histogram = new Uint32Array(65536);
    for (let index = 0; index < bands; index++) {
      signal?.throwIfAborted();
      const y = index * CHUNK;
      const rows = Math.min(CHUNK, size - y);
      const height = rows + 2 * PSF_RADIUS;
      const band = { data: canvas, x: -PSF_RADIUS, y: y - PSF_RADIUS, width, height };
      canvas.fill(0, 0, width * height);
      for (const cell of byRow) {
        if (cell.y > y + rows + 120) break;
        if (cell.y < y - 120) continue;
        if (channel === 0) paintNucleus(cell, band, textures);
        else paintCytoplasm(cell, band, textures);
      }
      blur(band, scratch);
      expose(canvas, pixels, size, y, rows, channel, haze, normals, histogram);
      await write(pixels.subarray(0, size * rows), rows);
      onProgress?.((channel * bands + index + 1) / (channels * bands));
    }
    histograms.push(histogram);
  }
  // Last, so that a group without it is never taken for a finished sample.
  await zarr.create(root, { attributes: metadata(sizes, histograms, cells.length) });
}

async function isCurrent(path, size, channels) {
  const text = await readFile(join(path, 'zarr.json'), 'utf8').catch(() => undefined);
  if (!text) return false;
  const { sample } = JSON.parse(text).attributes ?? {};
  return sample?.version === VERSION && sample.size === size && sample.channels === channels;
}

/** Removes what interrupted runs (whose process is gone) left behind. */
async function sweep(directory) {
  for (const name of await readdir(directory)) {
    const pid = name.startsWith(`.${NAME}.`) ? Number(name.slice(NAME.length + 2).split('.')[0]) : 0;
    if (!pid) continue;
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (error.code === 'ESRCH') await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

/**
 * Makes `<directory>/sample.ome.zarr` unless it is there with this size and number of channels. Resolves to its
 * path. `onProgress` gets fractions up to 1, and is not called when there is nothing to do.
 */
export async function ensureSample(directory, { size = 4096, channels = 2, onProgress, signal } = {}) {
  if (!Number.isInteger(size) || size < 64 || size > 32768)
    throw new RangeError(`size is ${size}, expected an integer from 64 to 32768`);
  if (channels !== 1 && channels !== 2) throw new RangeError(`channels is ${channels}, expected 1 or 2`);
  const path = resolve(directory, NAME);
  if (await isCurrent(path, size, channels)) return path;
  await mkdir(directory, { recursive: true });
  await sweep(directory);
  const temporary = join(resolve(directory), `.${NAME}.${process.pid}.${randomUUID()}`);
  try {
    await writeSample(temporary, { size, channels, onProgress, signal });
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path).catch(async (error) => {
      // Another process finished the same sample first.
      if (!(await isCurrent(path, size, channels))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return path;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string', default: '4096' }, channels: { type: 'string', default: '2' } },
  });
  const directory = positionals[0] ?? 'sample';
  const onProgress = process.stderr.isTTY
    ? (done) =>
        process.stderr.write(`\rMaking the sample image: ${Math.round(100 * done)}%${done === 1 ? '\n' : ''}`)
    : undefined;
  console.log(
    await ensureSample(directory, {
      size: Number(values.size),
      channels: Number(values.channels),
      onProgress,
    }),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  main().catch((error) => {
    console.error(`sample: ${error.message}`);
    process.exitCode = 1;
  });
