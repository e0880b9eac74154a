// Draws the picture, in a worker: scaling and blending tiles takes longer than a page may be held up.
import { expose } from 'comlink';

/** Left, top, width, height. */
export type Rectangle = readonly [x: number, y: number, width: number, height: number];

/** A part of a tile and where it goes, in device pixels. */
export interface Piece {
  readonly tile: number;
  readonly from: Rectangle;
  readonly to: Rectangle;
}

export interface LayerFrame {
  readonly opacity: number;
  readonly blend: GlobalCompositeOperation;
  readonly smooth: boolean;
  readonly pieces: readonly Piece[];
}

/** All that is drawn at a time, in device pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Black under the image: channels add up on it. */
  readonly ground: Rectangle;
  readonly layers: readonly LayerFrame[];
  /** A box around the selected object, and the width of its line. */
  readonly mark?: { readonly box: Rectangle; readonly line: number };
}

let canvas: OffscreenCanvas;
let context: OffscreenCanvasRenderingContext2D;
const tiles = new Map<number, OffscreenCanvas>();

const service = {
  attach(target: OffscreenCanvas): void {
    canvas = target;
    context = canvas.getContext('2d', { alpha: false })!;
  },

  /** Takes a tile's pixels, packed RGBA. */
  add(tile: number, pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
    const picture = new OffscreenCanvas(width, height);
    picture.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
    tiles.set(tile, picture);
  },

  remove(tile: number): void {
    tiles.delete(tile);
  },

  draw({ width, height, ground, layers, mark }: Frame): void {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.fillStyle = '#05070a';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#000';
    context.fillRect(...ground);
    for (const layer of layers) drawLayer(layer);
    if (mark) drawMark(mark.box, mark.line);
  },
};

function drawLayer({ opacity, blend, smooth, pieces }: LayerFrame): void {
  context.save();
  context.globalAlpha = opacity;
  context.globalCompositeOperation = blend;
  context.imageSmoothingEnabled = smooth;
  for (const { tile, from, to } of pieces) context.drawImage(tiles.get(tile)!, ...from, ...to);
  context.restore();
}

function drawMark(box: Rectangle, line: number): void {
  context.strokeStyle = '#fff';
  context.lineWidth = 1.5 * line;
  context.setLineDash([5 * line, 4 * line]);
  context.beginPath();
  context.roundRect(...box, 5 * line);
  context.stroke();
  context.setLineDash([]);
}

export type SurfaceService = typeof service;

expose(service);
