// The viewer: opens an image and hands it to a session.
import { configure, type DeviceChoice } from 'tilewise';
import TilewiseWorker from 'tilewise/worker?worker';
import { runBatch } from './batch';
import { byId } from './dom';
import { openImage } from './image';
import { installOpen, nameOfUrl, type Opened } from './open';
import { Session } from './session';
import { clearError, setStatus, showError, showExecutor } from './status';
import { format, unitsOf } from './units';
import { Viewer } from './viewer';

const parameters = new URLSearchParams(location.search);
let session: Session | undefined;
let opening = new AbortController();
let hover: readonly [x: number, y: number] | undefined;

const viewer = new Viewer({
  onHover(position) {
    hover = position;
    showReadout();
    showTooltip();
  },
  onClick: (position) => session?.click(...position),
  onView: showReadout,
});

/** Opens an image in place of the present one, which stays when that fails. */
async function open({ location: source, name }: Opened): Promise<void> {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  clearError();
  setStatus('processing', `Opening ${name}`);
  try {
    const image = await openImage(source, name, { signal });
    if (signal.aborted) return;
    session?.dispose();
    session = new Session(image, viewer);
    byId('image-name').textContent = image.name;
    byId('image-facts').textContent = image.description;
    document.title = `${image.name} – Tilewise`;
    setStatus('idle', 'Idle');
  } catch (error) {
    if (signal.aborted) return;
    setStatus('error', 'Error: the image could not be opened');
    showError(error, `Opening ${name}`);
  }
}

function onBatch(files: readonly File[]): void {
  if (!session) return;
  runBatch(files, session.settings).catch((error) => {
    if (error.name !== 'AbortError') showError(error, `Running ${files.length} images`);
  });
}

function showReadout(): void {
  if (!session) return;
  const { levels } = session.image;
  const parts: string[] = [];
  const [x, y] = hover?.map(Math.floor) ?? [-1, -1];
  if (x >= 0 && y >= 0 && x < levels[0].width && y < levels[0].height) {
    const units = unitsOf(session.image);
    const physical =
      units.symbol === 'px' ? '' : ` (${format(x * units.x)}, ${format(y * units.y)} ${units.symbol})`;
    parts.push(`x ${x}  y ${y}${physical}`, ...session.describe(x, y).values);
  }
  parts.push(`${format(viewer.viewport.zoom * 100, 3)}%`);
  byId('readout').textContent = parts.join('   ·   ');
}

function showTooltip(): void {
  const row = hover && session && !viewer.viewport.dragging ? session.describe(...hover).row : undefined;
  if (row === undefined || !hover) viewer.tooltip(undefined);
  else viewer.tooltip(session!.details(row), ...viewer.viewport.toScreen(...hover));
}

/** `?zoom=1&x=2048&y=2048`: where to look first. */
function applyView(): void {
  const number = (name: string) => (parameters.has(name) ? Number(parameters.get(name)) : Number.NaN);
  const [x, y, zoom] = [number('x'), number('y'), number('zoom')];
  const { viewport } = viewer;
  const or = (value: number, fallback: number) => (Number.isFinite(value) ? value : fallback);
  viewport.centre(or(x, viewport.x), or(y, viewport.y), or(zoom, viewport.zoom));
}

async function start(): Promise<void> {
  installOpen({ onOpen: open, onBatch, onError: (error) => showError(error, 'Opening a folder') });
  addEventListener('unhandledrejection', (event) => showError(event.reason, 'Unexpected'));
  try {
    const device = parameters.get('device') as DeviceChoice | null;
    configure({ createWorker: () => new TilewiseWorker(), ...(device ? { device } : {}) });
    await showExecutor();
  } catch (error) {
    showError(error, 'Choosing the executor');
    // Without the device that was asked for there are still the others.
    configure({ device: 'auto' });
    await showExecutor();
  }
  const source = parameters.get('source') ?? new URL('sample.ome.zarr/', document.baseURI).href;
  await open({ location: source, name: nameOfUrl(source) });
  applyView();
  // The sample shows at once what the viewer is for; other people's images are read when they say so.
  const own = parameters.has('source') || parameters.has('device');
  if (!own && parameters.get('run') !== '0') await session?.run();
}

start();
