// What a run leaves behind: its objects, the panel about them, and their layer.
import { type Image, levelsOf } from './image';
import { type Measurement, measurementsOf } from './measurements';
import { Objects } from './objects';
import { labelPainter } from './paint';
import type { PipelineSettings, RunResult } from './pipeline';
import { reading } from './preview';
import { type ResultsEvents, ResultsPanel } from './resultsPanel';
import { type LayerOptions, TileLayer } from './tileLayer';
import { unitsOf } from './units';

export interface Results {
  readonly objects: Objects;
  readonly measurements: readonly Measurement[];
  readonly panel: ResultsPanel;
  readonly layer: TileLayer;
  readonly settings: PipelineSettings;
}

export function makeResults(
  image: Image,
  result: RunResult,
  options: LayerOptions,
  events: ResultsEvents,
): Results {
  const { labels, settings } = result;
  const objects = new Objects(result, unitsOf(image));
  const measurements = measurementsOf(objects, unitsOf(image));
  const layer = new TileLayer(levelsOf(labels, 0, 1), options);
  layer.setLoad(reading(async (level) => labels[level]));
  layer.setPaint(labelPainter(objects, undefined));
  const panel = new ResultsPanel(image, result, objects, measurements, events);
  return { objects, measurements, panel, layer, settings };
}
