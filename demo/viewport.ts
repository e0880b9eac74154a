// Where the viewer looks: pan and zoom by pointer, wheel, pinch and keyboard.

const MAX_ZOOM = 32;
/** Pixels left free when the whole image is on show, both sides together. */
const MARGIN = 24;

/** A view of a width x height image: full-resolution pixel at the centre, CSS pixels per image pixel. */
export class Viewport {
  x = 0;
  y = 0;
  zoom = 1;
  /** Size on screen in CSS pixels. */
  width = 1;
  height = 1;
  readonly #element: HTMLElement;
  readonly #onChange: () => void;
  #image = { width: 1, height: 1 };
  readonly #pointers = new Map<number, { x: number; y: number }>();

  constructor(element: HTMLElement, onChange: () => void) {
    this.#element = element;
    this.#onChange = onChange;
    element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    element.addEventListener('pointerdown', (event) => this.#pointerDown(event));
    element.addEventListener('pointermove', (event) => this.#pointerMove(event));
    for (const type of ['pointerup', 'pointercancel'] as const)
      element.addEventListener(type, (event) => this.#pointers.delete(event.pointerId));
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('dblclick', (event) => this.zoomAt(2, ...this.#position(event)));
  }

  setImage(width: number, height: number): void {
    this.#image = { width, height };
    this.fit();
  }

  setSize(width: number, height: number): void {
    // An image that filled the stage keeps filling it.
    const wasFit = Math.abs(this.zoom - this.fitZoom()) < 1e-6;
    this.width = width;
    this.height = height;
    if (wasFit) this.fit();
    else this.#move(this.x, this.y, this.zoom);
  }

  /** Zoom at which the whole image is on show. */
  fitZoom(): number {
    const { width, height } = this.#image;
    return Math.min((this.width - MARGIN) / width, (this.height - MARGIN) / height);
  }

  fit(): void {
    this.#move(this.#image.width / 2, this.#image.height / 2, this.fitZoom());
  }

  centre(x: number, y: number, zoom = this.zoom): void {
    this.#move(x, y, zoom);
  }

  toImage(x: number, y: number): [x: number, y: number] {
    return [this.x + (x - this.width / 2) / this.zoom, this.y + (y - this.height / 2) / this.zoom];
  }

  toScreen(x: number, y: number): [x: number, y: number] {
    return [(x - this.x) * this.zoom + this.width / 2, (y - this.y) * this.zoom + this.height / 2];
  }

  /** Whether a pointer is dragging. */
  get dragging(): boolean {
    return this.#pointers.size > 0;
  }

  #move(x: number, y: number, zoom: number): void {
    const smallest = Math.min(1, this.fitZoom() / 2);
    this.zoom = Math.min(MAX_ZOOM, Math.max(smallest, zoom));
    // The image's edge never passes the middle of the stage.
    this.x = Math.min(this.#image.width, Math.max(0, x));
    this.y = Math.min(this.#image.height, Math.max(0, y));
    this.#onChange();
  }

  /** Zooms so that what is under (x, y) on screen stays there. */
  zoomAt(factor: number, x = this.width / 2, y = this.height / 2): void {
    const [imageX, imageY] = this.toImage(x, y);
    const before = this.zoom;
    this.#move(this.x, this.y, before * factor);
    const keep = before / this.zoom;
    this.#move(imageX + (this.x - imageX) * keep, imageY + (this.y - imageY) * keep, this.zoom);
  }

  #position(event: MouseEvent): [number, number] {
    const { left, top } = this.#element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    // Trackpads pan with two fingers and pinch as ctrl + wheel; wheels zoom in steps.
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
    const delta = event.deltaY * (lines ? 16 : 1);
    this.zoomAt(
      Math.exp(-Math.max(-150, Math.min(150, delta)) * (event.ctrlKey ? 0.01 : 0.0022)),
      ...this.#position(event),
    );
  }

  #pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #pointerMove(event: PointerEvent): void {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    const { clientX: x, clientY: y } = event;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, { x, y });
    if (other) {
      const spread = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y) || 1;
      const { left, top } = this.#element.getBoundingClientRect();
      this.zoomAt(spread({ x, y }) / spread(last), (x + other.x) / 2 - left, (y + other.y) / 2 - top);
    }
    // Each of two fingers carries half of the pan.
    const share = this.#pointers.size > 1 ? 2 : 1;
    this.#move(
      this.x - (x - last.x) / this.zoom / share,
      this.y - (y - last.y) / this.zoom / share,
      this.zoom,
    );
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (event.shiftKey ? 0.5 : 0.125) * Math.min(this.width, this.height);
    const pan = (dx: number, dy: number) =>
      this.#move(this.x + dx / this.zoom, this.y + dy / this.zoom, this.zoom);
    const actions: Record<string, () => void> = {
      ArrowLeft: () => pan(-step, 0),
      ArrowRight: () => pan(step, 0),
      ArrowUp: () => pan(0, -step),
      ArrowDown: () => pan(0, step),
      '+': () => this.zoomAt(1.5),
      '=': () => this.zoomAt(1.5),
      '-': () => this.zoomAt(1 / 1.5),
      '0': () => this.fit(),
      '1': () => this.#move(this.x, this.y, 1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
