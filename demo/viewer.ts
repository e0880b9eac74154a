// The stage: a canvas that draws layers, with scale bar, tooltip and a mark around the selected object.
import { byId, h } from './dom';
import type { Image } from './image';
import type { Box } from './tileGrid';
import type { TileLayer } from './tileLayer';
import { format, roundLength, type Units, unitsOf } from './units';
import { Viewport } from './viewport';

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

  constructor(readonly events: ViewerEvents) {
    this.viewport = new Viewport(this.#canvas, () => this.redraw());
    this.#stage.append(this.#canvas, zoomButtons(this.viewport), this.#scaleBar, this.#tooltip);
    new ResizeObserver(() => this.#resize()).observe(this.#stage);
    this.#resize();
    this.#listen();
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

  #draw(): void {
    const ratio = devicePixelRatio;
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (!context || !this.#image) return;
    context.fillStyle = '#05070a';
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#drawGround(context, ratio);
    for (const layer of this.#layers) layer.draw(context, this.viewport, ratio);
    this.#drawMark(context, ratio);
    this.#drawScaleBar();
    // Tests and the activity line read this.
    this.#stage.dataset.state = this.#layers.some((layer) => layer.visible && layer.busy)
      ? 'loading'
      : 'ready';
    this.events.onView();
  }

  /** Black under the image: channels add up on it. */
  #drawGround(context: CanvasRenderingContext2D, ratio: number): void {
    const { width, height } = this.#image!.levels[0];
    const [x0, y0] = this.viewport.toScreen(0, 0);
    const [x1, y1] = this.viewport.toScreen(width, height);
    context.fillStyle = '#000';
    context.fillRect(x0 * ratio, y0 * ratio, (x1 - x0) * ratio, (y1 - y0) * ratio);
  }

  #drawMark(context: CanvasRenderingContext2D, ratio: number): void {
    if (!this.#mark) return;
    const [x0, y0, x1, y1] = this.#mark;
    const [left, top] = this.viewport.toScreen(x0, y0);
    const [right, bottom] = this.viewport.toScreen(x1, y1);
    const pad = 6;
    context.strokeStyle = '#fff';
    context.lineWidth = 1.5 * ratio;
    context.setLineDash([5 * ratio, 4 * ratio]);
    context.beginPath();
    context.roundRect(
      (left - pad) * ratio,
      (top - pad) * ratio,
      (right - left + 2 * pad) * ratio,
      (bottom - top + 2 * pad) * ratio,
      5 * ratio,
    );
    context.stroke();
    context.setLineDash([]);
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
    this.#canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.#canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.viewport.setSize(clientWidth, clientHeight);
    // At once: a resized canvas is blank, and the next frame would come too late.
    this.#draw();
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
