// What a run leaves behind: its objects, the panel about them, and their layer.
import { type Image, levelsOf } from './image';
import { Objects } from './objects';
import { labelPainter } from './paint';
import type { PipelineSettings, RunResult } from './pipeline';
import { reading } from './preview';
import { type ResultsEvents, ResultsPanel } from './resultsPanel';
import { type LayerOptions, TileLayer } from './tileLayer';

export interface Results {
  readonly objects: Objects;
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
  const objects = new Objects(result);
  const layer = new TileLayer(levelsOf(labels, 0, 1), options);
  layer.setLoad(reading(async (level) => labels[level]));
  layer.setPaint(labelPainter((label) => objects.isShown(label), undefined));
  return { objects, panel: new ResultsPanel(image, result, objects, events), layer, settings };
}
