// One open image: its layers, its panels, and how they act on each other.
import { ChannelControl, channelsSection } from './channels';
import { byId, h, section, slider } from './dom';
import type { Image, Plane } from './image';
import { describeValue } from './measurements';
import { intensityPainter, labelPainter } from './paint';
import { type PipelineSettings, runPipeline } from './pipeline';
import { PipelinePanel, type Show } from './pipelinePanel';
import { Preview } from './preview';
import { makeResults, type Results } from './results';
import { isAbort, setStatus, showError } from './status';
import { format, unitsOf } from './units';
import type { Viewer } from './viewer';

export class Session {
  readonly image: Image;
  readonly #viewer: Viewer;
  readonly #channels: readonly ChannelControl[];
  readonly #preview: Preview;
  readonly #panel: PipelinePanel;
  readonly #layerOptions;
  #settings: PipelineSettings;
  #plane: Plane = {};
  #show: Show = 'mask';
  #opacity = 1;
  #results: Results | undefined;
  #selected: number | undefined;
  #run: AbortController | undefined;
  #planeReads = new AbortController();

  constructor(image: Image, viewer: Viewer) {
    this.image = image;
    this.#viewer = viewer;
    const fail = (error: unknown) => showError(error, 'A tile could not be shown');
    this.#layerOptions = { surface: viewer.surface, onUpdate: () => viewer.redraw(), onError: fail };
    this.#settings = {
      channel: Math.max(
        0,
        image.channels.findIndex(({ label }) => /dapi|hoechst|nucle|dna/i.test(label)),
      ),
      sigma: 2,
      threshold: 'auto',
      opening: 2,
      minimumSize: 50,
    };
    this.#preview = new Preview(image, {
      ...this.#layerOptions,
      onThreshold: (value) => this.#panel.setEstimate(value),
    });
    this.#channels = image.channels.map(
      (_, i) => new ChannelControl(image, i, { ...this.#layerOptions, onStyle: () => this.#styleSmoothed() }),
    );
    this.#panel = new PipelinePanel(image, this.#settings, this.#show, {
      onSettings: (settings) => this.#change(settings),
      onShow: (show) => this.#setShow(show),
      onOpacity: (opacity) => {
        this.#opacity = opacity;
        this.#arrange();
      },
      onRun: () => this.run(),
      onCancel: () => this.#run?.abort(),
    });
    byId('controls').replaceChildren(
      ...this.#planeSection(),
      channelsSection(this.#channels),
      ...this.#panel.elements,
    );
    this.#showResults(undefined);
    viewer.show(image, []);
    this.#setPlane({});
  }

  /** What the panel says. */
  get settings(): PipelineSettings {
    return this.#settings;
  }

  dispose(): void {
    this.#run?.abort();
    this.#planeReads.abort();
    this.#preview.dispose();
    for (const { layer } of this.#channels) layer.dispose();
    this.#results?.layer.dispose();
  }

  /** What is under a position: the channels' values and the object. */
  describe(x: number, y: number): { values: string[]; row: number | undefined } {
    const values = this.#channels
      .filter(({ layer }) => layer.visible)
      .map(({ layer, index }) => ({ label: this.image.channels[index].label, value: layer.valueAt(x, y) }))
      .flatMap(({ label, value }) => (value === undefined ? [] : [`${label} ${format(value)}`]));
    return { values, row: this.#rowAt(x, y) };
  }

  /** The measurements of an object, for the tooltip. */
  details(row: number): HTMLElement {
    const { objects, measurements } = this.#results!;
    const lines = TOOLTIP.flatMap((id): [string, string][] => {
      const measurement = measurements.find((one) => one.id === id);
      return measurement ? [[measurement.title, describeValue(measurement, row)]] : [];
    });
    lines.splice(1, 0, ['Pixels', String(objects.pixels(row))]);
    return h(
      'div',
      {},
      h('strong', {}, `Object ${objects.column('label')[row]}`),
      h('dl', {}, ...lines.flatMap(([term, text]) => [h('dt', {}, term), h('dd', {}, text)])),
    );
  }

  /** A click on the image: selects the object there. */
  click(x: number, y: number): void {
    if (this.#results) this.#select(this.#rowAt(x, y), false);
  }

  #rowAt(x: number, y: number): number | undefined {
    if (!this.#results || this.#show !== 'objects') return undefined;
    const label = this.#results.layer.valueAt(x, y);
    return label && this.#results.objects.isShown(label) ? this.#results.objects.rowOf(label) : undefined;
  }

  #select(row: number | undefined, centre: boolean): void {
    const { objects, panel, layer } = this.#results!;
    this.#selected = row;
    panel.select(row);
    const value = (name: string) => objects.column(name)[row!];
    const label = row === undefined ? undefined : value('label');
    layer.setPaint(labelPainter(objects, label));
    if (row === undefined) {
      this.#viewer.mark(undefined);
      return;
    }
    this.#viewer.mark([value('bbox-1'), value('bbox-0'), value('bbox-3'), value('bbox-2')]);
    if (!centre) return;
    this.#setShow('objects');
    const { viewport } = this.#viewer;
    const { x, y } = unitsOf(this.image);
    viewport.centre(value('centroid-1') / x, value('centroid-0') / y, Math.max(viewport.zoom, 1));
  }

  #planeSection(): HTMLElement[] {
    const sliders = this.image.planeAxes.map(({ name, length }) =>
      slider({
        label: name.toUpperCase(),
        min: 0,
        max: length - 1,
        step: 1,
        value: 0,
        testid: `axis-${name}`,
        onInput: (position) => this.#setPlane({ ...this.#plane, [name]: position }),
      }),
    );
    return sliders.length ? [section('Position', ...sliders.map(({ element }) => element))] : [];
  }

  #setPlane(plane: Plane): void {
    this.#plane = plane;
    this.#planeReads.abort();
    this.#planeReads = new AbortController();
    const { signal } = this.#planeReads;
    // A run belongs to the plane it was made on.
    this.#run?.abort();
    this.#showResults(undefined);
    for (const channel of this.#channels)
      channel.setPlane(plane, signal).then(
        () => this.#setThresholdRange(),
        (error) => isAbort(error) || showError(error, 'A channel could not be read'),
      );
    this.#updatePreview();
    this.#arrange();
  }

  #setThresholdRange(): void {
    this.#panel.setRange(...this.#channels[this.#settings.channel].range);
  }

  #change(settings: PipelineSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (settings.channel !== before.channel) {
      this.#setThresholdRange();
      this.#styleSmoothed();
    }
    if (settings.minimumSize !== before.minimumSize) {
      this.#applyMinimumSize();
      return;
    }
    this.#results?.panel.setStale(!sameResult(settings, this.#results.settings));
    // What changes is what the user wants to see.
    if (this.#show === 'raw' || this.#show === 'objects') this.#setShow('mask');
    this.#updatePreview();
  }

  #applyMinimumSize(): void {
    if (!this.#results) return;
    const { objects, panel } = this.#results;
    objects.minimumSize = this.#settings.minimumSize;
    panel.update();
    this.#paintObjects();
  }

  /** After another choice of objects or colours. */
  #paintObjects(): void {
    if (!this.#results) return;
    const { objects, layer } = this.#results;
    const selected = this.#selected === undefined ? undefined : objects.column('label')[this.#selected];
    layer.setPaint(labelPainter(objects, selected));
  }

  #updatePreview(): void {
    this.#preview.update({ image: this.image, plane: this.#plane }, this.#settings);
  }

  #styleSmoothed(): void {
    // Channels are styled while they are being made.
    const control = this.#channels?.[this.#settings.channel];
    if (control) this.#preview.smoothed.setPaint(intensityPainter(control.color, ...control.window));
  }

  #setShow(show: Show): void {
    this.#show = show;
    this.#panel.setShow(show);
    this.#arrange();
  }

  /** The layers for what is shown, bottom first. */
  #arrange(): void {
    const { smoothed, mask } = this.#preview;
    smoothed.visible = this.#show === 'smoothed';
    mask.visible = this.#show === 'mask';
    mask.opacity = this.#opacity;
    this.#styleSmoothed();
    const channels = this.#show === 'smoothed' ? [] : this.#channels.map(({ layer }) => layer);
    const layers = [...channels, smoothed, mask];
    if (this.#results) {
      this.#results.layer.visible = this.#show === 'objects';
      this.#results.layer.opacity = this.#opacity;
      layers.push(this.#results.layer);
    }
    this.#viewer.setLayers(layers);
  }

  /** Runs the pipeline over the whole image, unless it runs already. */
  async run(): Promise<void> {
    if (this.#run) return;
    const run = new AbortController();
    this.#run = run;
    const settings = this.#settings;
    const report = (stage: string, fraction: number) => {
      if (run.signal.aborted) return;
      this.#panel.setProgress({ stage, fraction });
      setStatus('processing', `Processing: ${stage.toLowerCase()}`);
    };
    try {
      const input = { image: this.image, plane: this.#plane };
      const result = await runPipeline(input, settings, { signal: run.signal, onProgress: report });
      const results = makeResults(this.image, result, this.#layerOptions, {
        onSelect: (row) => this.#select(row, true),
        onColor: () => {
          this.#setShow('objects');
          this.#paintObjects();
        },
        onError: (error) => showError(error, 'The export failed'),
      });
      results.objects.minimumSize = this.#settings.minimumSize;
      results.panel.update();
      results.panel.setStale(!sameResult(this.#settings, settings));
      this.#showResults(results);
      this.#setShow('objects');
      setStatus('done', `Done: ${results.objects.count} objects in ${result.seconds.toFixed(1)} s`);
    } catch (error) {
      if (run.signal.aborted) setStatus('cancelled', 'Cancelled');
      else {
        setStatus('error', 'Error: the run failed');
        showError(error, 'The run failed');
      }
    } finally {
      this.#run = undefined;
      this.#panel.setProgress(undefined);
    }
  }

  #showResults(results: Results | undefined): void {
    this.#results?.layer.dispose();
    this.#results = results;
    this.#selected = undefined;
    this.#panel.enableObjects(results !== undefined);
    this.#viewer.mark(undefined);
    const panel = byId('results');
    panel.hidden = results === undefined;
    panel.replaceChildren(...(results ? [results.panel.element] : []));
    if (!results && this.#show === 'objects') this.#setShow('mask');
  }
}

/** What the tooltip tells of an object. */
const TOOLTIP = [
  ...['area', 'intensity_mean', 'intensity_std', 'perimeter', 'solidity', 'eccentricity'],
  ...['axis_major_length', 'axis_minor_length'],
];

/** Whether two settings find the same objects; the minimum size only hides. */
const sameResult = (a: PipelineSettings, b: PipelineSettings): boolean =>
  a.channel === b.channel && a.sigma === b.sigma && a.threshold === b.threshold && a.opening === b.opening;
