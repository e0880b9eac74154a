// One layer of the picture: tiles loaded as they come into view, painted once, kept while they fit.
import type { Level } from './image';
import type { PaintBudget, Painter, TileData } from './paint';
import type { Surface } from './surface';
import type { LayerFrame, Piece } from './surfaceWorker';
import { ownTask } from './tasks';
import { covering, inView, overview, type Place, targetLevel } from './tileGrid';
import type { Viewport } from './viewport';

/** Computes a part of a level: [start, stop) in the level's pixels. */
export type LoadTile = (
  level: number,
  rows: readonly [number, number],
  columns: readonly [number, number],
  signal: AbortSignal,
) => Promise<TileData>;

interface Tile {
  readonly data: TileData;
  /** Its number on the surface, once it is painted. */
  picture: number | undefined;
  /** Versions of load and paint this was made with. */
  readonly version: number;
  painted: number;
  used: number;
}

interface Loading {
  readonly controller: AbortController;
  readonly version: number;
}

export interface LayerOptions {
  readonly surface: Surface;
  readonly onUpdate: () => void;
  readonly onError: (error: unknown) => void;
}

/** Bytes of tiles (values and pixels) kept when they are not on show. */
const BUDGET = 96 * 2 ** 20;
/** Loads at a time: enough to keep the executor busy, few enough to turn quickly to what comes into view. */
const PARALLEL = 6;
/** The look of a tile that has none yet. */
const UNPAINTED = -1;

export class TileLayer {
  visible = true;
  opacity = 1;
  blend: GlobalCompositeOperation = 'source-over';
  readonly #tiles = new Map<string, Tile>();
  readonly #loading = new Map<string, Loading>();
  readonly #failed = new Set<string>();
  #version = 0;
  #fresh = false;
  #unpainted = false;
  #target = 0;
  #style = 0;
  #frame = 0;
  #load: LoadTile | undefined;
  #paint: Painter | undefined;

  constructor(
    readonly levels: readonly Level[],
    readonly options: LayerOptions,
  ) {}

  /** Changes what tiles hold. Tiles at hand stay on show until their successors arrive; loads under way are cancelled. */
  setLoad(load: LoadTile | undefined): void {
    this.#load = load;
    this.#version++;
    this.#fresh = false;
    this.#failed.clear();
    for (const { controller } of this.#loading.values()) controller.abort();
    this.#loading.clear();
    if (!load) {
      for (const tile of this.#tiles.values()) this.#drop(tile);
      this.#tiles.clear();
    }
    this.options.onUpdate();
  }

  /** Changes how values look. */
  setPaint(paint: Painter): void {
    this.#paint = paint;
    this.#style++;
    this.options.onUpdate();
  }

  dispose(): void {
    this.setLoad(undefined);
  }

  /** Whether tiles on show are still being computed or painted. */
  get busy(): boolean {
    return this.#loading.size > 0 || this.#unpainted;
  }

  /** Whether a tile of the level on show has been painted since what tiles hold has changed. */
  get fresh(): boolean {
    return this.#fresh;
  }

  /** The value under a full-resolution position, from the finest tile at hand. */
  valueAt(x: number, y: number): number | undefined {
    for (const [index, level] of this.levels.entries()) {
      const [column, row] = [Math.floor(x / level.scale), Math.floor(y / level.scale)];
      if (column < 0 || row < 0 || column >= level.width || row >= level.height) continue;
      const [height, width] = level.tile;
      const tile = this.#tiles.get(`${index}/${Math.floor(row / height)}/${Math.floor(column / width)}`);
      if (tile) return Number(tile.data.data[(row % height) * tile.data.width + (column % width)]);
    }
    return undefined;
  }

  /**
   * What is at hand, to be drawn; asks for what is missing. `ratio`: device pixels per CSS pixel; `budget`: what this frame
   * may paint.
   */
  frame(view: Viewport, ratio: number, budget: PaintBudget): LayerFrame | undefined {
    if (!this.visible || !this.#load || !this.#paint) {
      this.#cancelExcept(new Set());
      return undefined;
    }
    this.#frame++;
    this.#unpainted = false;
    const target = targetLevel(this.levels, view.zoom * ratio);
    this.#target = target;
    const wanted = inView(this.levels, target, view);
    const pieces = wanted.flatMap((place) => this.#piecesOf(place, view, ratio, budget));
    const background = overview(this.levels);
    // First when there is nothing else to draw, last when only its update is due.
    const known = background.every(({ key }) => this.#tiles.has(key));
    this.#request(known ? [...wanted, ...background] : [...background, ...wanted]);
    this.#evict();
    if (this.#unpainted) this.options.onUpdate();
    // Pixels are shown as pixels once they are large.
    const smooth = view.zoom * this.levels[target].scale * ratio < 3;
    return { opacity: this.opacity, blend: this.blend, smooth, pieces };
  }

  /** A place from its own tile, else the finer tiles on it, else the best coarser ones. */
  #piecesOf(place: Place, view: Viewport, ratio: number, budget: PaintBudget): Piece[] {
    const { level } = place;
    const candidates = [level, level - 1, ...this.levels.map((_, i) => i).filter((i) => i > level)];
    for (const index of candidates) {
      if (index < 0) continue;
      const places = index === level ? [place] : covering(this.levels, index, place.box);
      if (!places.every((one) => this.#painted(one, budget))) continue;
      return places.flatMap((piece) => this.#pieceOf(piece, view, ratio, place.box));
    }
    return [];
  }

  /** Whether there are pixels of a tile; paints it if the look has changed and the frame's budget allows. */
  #painted({ key, level }: Place, budget: PaintBudget): boolean {
    const tile = this.#tiles.get(key);
    if (!tile) return false;
    if (tile.painted !== this.#style) {
      if (budget.take()) this.#repaint(tile, level);
      else this.#unpainted = true;
    }
    return tile.picture !== undefined;
  }

  #repaint(tile: Tile, level: number): void {
    const { data } = tile;
    const pixels = new Uint32Array(data.width * data.height);
    this.#paint!(data, pixels, this.levels[level].scale);
    this.#drop(tile);
    tile.picture = this.options.surface.add(pixels, data.width, data.height);
    tile.painted = this.#style;
    if (level === this.#target && tile.version === this.#version) this.#fresh = true;
  }

  #drop({ picture }: Tile): void {
    if (picture !== undefined) this.options.surface.remove(picture);
  }

  /** The part of a tile inside `clip`, on whole device pixels so that tiles meet without seams. */
  #pieceOf({ key, level, box }: Place, view: Viewport, ratio: number, clip: Place['box']): Piece[] {
    const tile = this.#tiles.get(key)!;
    tile.used = this.#frame;
    const { scale } = this.levels[level];
    const part = [
      Math.max(box[0], clip[0]),
      Math.max(box[1], clip[1]),
      Math.min(box[2], clip[2]),
      Math.min(box[3], clip[3]),
    ];
    const [left, top] = view.toScreen(part[0], part[1]).map((v) => Math.round(v * ratio));
    const [right, bottom] = view.toScreen(part[2], part[3]).map((v) => Math.round(v * ratio));
    if (right <= left || bottom <= top) return [];
    const from = [part[0] - box[0], part[1] - box[1], part[2] - part[0], part[3] - part[1]];
    const [x, y, width, height] = from.map((v) => v / scale);
    return [
      { tile: tile.picture!, from: [x, y, width, height], to: [left, top, right - left, bottom - top] },
    ];
  }

  #request(wanted: readonly Place[]): void {
    const missing = wanted.filter(
      ({ key }) => this.#tiles.get(key)?.version !== this.#version && !this.#failed.has(key),
    );
    this.#cancelExcept(new Set(missing.map(({ key }) => key)));
    for (const place of missing) {
      if (this.#loading.size >= PARALLEL) return;
      if (!this.#loading.has(place.key)) this.#start(place);
    }
  }

  #cancelExcept(keys: ReadonlySet<string>): void {
    for (const [key, { controller }] of this.#loading) {
      if (keys.has(key)) continue;
      controller.abort();
      this.#loading.delete(key);
    }
  }

  async #start({ key, level, row, column }: Place): Promise<void> {
    const { width, height, tile } = this.levels[level];
    const rows = [row * tile[0], Math.min(height, (row + 1) * tile[0])] as const;
    const columns = [column * tile[1], Math.min(width, (column + 1) * tile[1])] as const;
    const loading = { controller: new AbortController(), version: this.#version };
    this.#loading.set(key, loading);
    const { signal } = loading.controller;
    try {
      // Each tile's program is made in a task of its own: several of them would hold up the page.
      await ownTask();
      if (signal.aborted) return;
      const data = await this.#load!(level, rows, columns, signal);
      if (signal.aborted) return;
      // The old pixels stay on show until a frame has time to paint the new ones.
      const picture = this.#tiles.get(key)?.picture;
      this.#tiles.delete(key);
      this.#tiles.set(key, {
        data,
        picture,
        version: loading.version,
        painted: UNPAINTED,
        used: this.#frame,
      });
    } catch (error) {
      if (signal.aborted) return;
      // Not asked for again until the layer changes: a broken chunk must not be fetched at every frame.
      this.#failed.add(key);
      this.options.onError(error);
    } finally {
      if (this.#loading.get(key) === loading) this.#loading.delete(key);
      if (!signal.aborted) this.options.onUpdate();
    }
  }

  /** Drops the tiles longest out of view. Those of older versions count too: they are only stand-ins. */
  #evict(): void {
    const size = ({ data }: Tile) => data.data.byteLength + data.width * data.height * 4;
    let bytes = 0;
    for (const tile of this.#tiles.values()) bytes += size(tile);
    if (bytes <= BUDGET) return;
    const idle = [...this.#tiles]
      .filter(([, tile]) => tile.used < this.#frame)
      .sort(([, a], [, b]) => a.used - b.used);
    for (const [key, tile] of idle) {
      if (bytes <= BUDGET) return;
      this.#drop(tile);
      this.#tiles.delete(key);
      bytes -= size(tile);
    }
  }
}
