// The stage: a canvas with layers, with scale bar, tooltip and a mark around the selected object.
import { byId, h } from './dom';
import type { Image } from './image';
import { PaintBudget } from './paint';
import { Surface } from './surface';
import type { Frame, Rectangle } from './surfaceWorker';
import type { Box } from './tileGrid';
import type { TileLayer } from './tileLayer';
import { format, roundLength, type Units, unitsOf } from './units';
import { Viewport } from './viewport';

/** CSS pixels between an object and the mark around it. */
const MARK_PAD = 6;

export interface ViewerEvents {
  /** The pointer is over this full-resolution position, or has left. */
  readonly onHover: (position: readonly [x: number, y: number] | undefined) => void;
  readonly onClick: (position: readonly [x: number, y: number]) => void;
  readonly onView: () => void;
}

export class Viewer {
  readonly viewport: Viewport;
  readonly #stage = byId('viewer');
  readonly #canvas = h('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-label': 'Image. Arrow keys pan, plus and minus zoom, 0 shows all, 1 shows full resolution.',
  });
  readonly #scaleBar = h('div', { class: 'scale-bar', 'aria-hidden': 'true' });
  readonly #tooltip = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  #layers: readonly TileLayer[] = [];
  #units: Units = { symbol: 'px', x: 1, y: 1, areaSymbol: 'px' };
  #image: Image | undefined;
  #mark: Box | undefined;
  #scheduled = false;
  #drawing = false;
  /** Whether something has changed since the frame that is being drawn. */
  #stale = false;
  /** In device pixels. */
  #size: readonly number[] = [1, 1];
  readonly #surface: Surface;

  constructor(readonly events: ViewerEvents) {
    this.#surface = new Surface(this.#canvas);
    this.viewport = new Viewport(this.#canvas, () => this.redraw());
    this.#stage.append(this.#canvas, zoomButtons(this.viewport), this.#scaleBar, this.#tooltip);
    new ResizeObserver(() => this.#resize()).observe(this.#stage);
    this.#resize();
    this.#listen();
  }

  /** Where layers put their tiles. */
  get surface(): Surface {
    return this.#surface;
  }

  show(image: Image, layers: readonly TileLayer[]): void {
    this.#image = image;
    this.#units = unitsOf(image);
    this.#layers = layers;
    this.mark(undefined);
    this.tooltip(undefined);
    this.viewport.setImage(image.levels[0].width, image.levels[0].height);
  }

  setLayers(layers: readonly TileLayer[]): void {
    this.#layers = layers;
    this.redraw();
  }

  /** Puts a mark around a box of the image. */
  mark(box: Box | undefined): void {
    this.#mark = box;
    this.redraw();
  }

  tooltip(content: Node | undefined, x = 0, y = 0): void {
    this.#tooltip.hidden = !content;
    if (!content) return;
    this.#tooltip.replaceChildren(content);
    const { offsetWidth: width, offsetHeight: height } = this.#tooltip;
    const left = x + 16 + width > this.viewport.width ? x - 16 - width : x + 16;
    const top = Math.min(y + 12, this.viewport.height - height - 8);
    this.#tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  redraw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  async #draw(): Promise<void> {
    if (!this.#image) return;
    // While a frame is drawn the next one waits: the latest is what counts.
    this.#stale = this.#drawing;
    if (this.#drawing) return;
    this.#drawing = true;
    const budget = new PaintBudget();
    const frame = this.#frame(budget);
    const busy = this.#layers.some((layer) => layer.visible && layer.busy);
    if (busy) this.#stage.dataset.state = 'loading';
    this.#drawScaleBar();
    this.events.onView();
    await this.#surface.draw(frame);
    this.#drawing = false;
    // Benchmarks observe this, and tests the state.
    if (budget.used) {
      performance.mark('tiles');
      performance.clearMarks('tiles');
    }
    if (this.#stale) this.redraw();
    else if (!busy) this.#stage.dataset.state = 'ready';
  }

  #frame(budget: PaintBudget): Frame {
    const ratio = devicePixelRatio;
    const { width, height } = this.#image!.levels[0];
    const box = ([left, top, right, bottom]: Box, pad = 0): Rectangle => {
      const [x0, y0] = this.viewport.toScreen(left, top);
      const [x1, y1] = this.viewport.toScreen(right, bottom);
      const sides = [x0 - pad, y0 - pad, x1 - x0 + 2 * pad, y1 - y0 + 2 * pad];
      const [x, y, w, h] = sides.map((v) => v * ratio);
      return [x, y, w, h];
    };
    return {
      width: this.#size[0],
      height: this.#size[1],
      ground: box([0, 0, width, height]),
      layers: this.#layers.flatMap((layer) => layer.frame(this.viewport, ratio, budget) ?? []),
      mark: this.#mark && { box: box(this.#mark, MARK_PAD), line: ratio },
    };
  }

  #drawScaleBar(): void {
    const { zoom, width } = this.viewport;
    const perPixel = this.#units.x / zoom;
    const length = roundLength(Math.min(160, width / 4) * perPixel);
    this.#scaleBar.style.width = `${length / perPixel}px`;
    this.#scaleBar.textContent = `${format(length)} ${this.#units.symbol}`;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#stage;
    const ratio = devicePixelRatio;
    this.#size = [clientWidth, clientHeight].map((n) => Math.max(1, Math.round(n * ratio)));
    this.viewport.setSize(clientWidth, clientHeight);
    this.redraw();
  }

  #listen(): void {
    const position = (event: PointerEvent) => this.viewport.toImage(event.offsetX, event.offsetY);
    let down: readonly [number, number] | undefined;
    this.#canvas.addEventListener('pointerdown', (event) => {
      down = [event.clientX, event.clientY];
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      this.#canvas.classList.toggle('dragging', this.viewport.dragging);
      this.events.onHover(position(event));
    });
    this.#canvas.addEventListener('pointerup', (event) => {
      this.#canvas.classList.remove('dragging');
      const still = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < 4;
      if (still && event.button === 0) this.events.onClick(position(event));
    });
    this.#canvas.addEventListener('pointerleave', () => this.events.onHover(undefined));
  }
}

function zoomButtons(viewport: Viewport): HTMLElement {
  const button = (text: string, name: string, key: string, act: () => void) => {
    const element = h('button', { type: 'button', 'aria-label': name, title: `${name} (${key})` }, text);
    element.addEventListener('click', act);
    return element;
  };
  return h(
    'div',
    { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
    button('+', 'Zoom in', '+', () => viewport.zoomAt(1.5)),
    button('−', 'Zoom out', '−', () => viewport.zoomAt(1 / 1.5)),
    button('1:1', 'Full resolution', '1', () => viewport.centre(viewport.x, viewport.y, 1)),
    button('Fit', 'Whole image', '0', () => viewport.fit()),
  );
}
