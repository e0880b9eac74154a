// The page's side of the picture: hands tiles and frames to the worker that draws them.
import { type Remote, transfer, wrap } from 'comlink';
import type { Frame, SurfaceService } from './surfaceWorker';
import SurfaceWorker from './surfaceWorker?worker';

export class Surface {
  readonly #remote: Remote<SurfaceService> = wrap(new SurfaceWorker());
  #tiles = 0;

  constructor(canvas: HTMLCanvasElement) {
    const target = canvas.transferControlToOffscreen();
    this.#remote.attach(transfer(target, [target]));
  }

  /** Gives away a tile's pixels (packed RGBA); its number in frames. */
  add(pixels: Uint32Array<ArrayBuffer>, width: number, height: number): number {
    const { buffer } = pixels;
    this.#remote.add(++this.#tiles, transfer(new Uint8ClampedArray(buffer), [buffer]), width, height);
    return this.#tiles;
  }

  remove(tile: number): void {
    this.#remote.remove(tile);
  }

  /** Resolves when it is drawn. */
  draw(frame: Frame): Promise<void> {
    return this.#remote.draw(frame);
  }
}
