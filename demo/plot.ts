// Histograms, drawn by uPlot.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface HistogramOptions {
  readonly height: number;
  readonly color: string;
  /** Label of the value axis; none draws the bars alone. */
  readonly axis?: string;
  /** Draws square roots of counts: background would dwarf everything else. */
  readonly squareRoot?: boolean;
}

export interface Histogram {
  readonly element: HTMLElement;
  /** Counts in equal bins over [low, high]; another label of the value axis, where there is one. */
  set(counts: ArrayLike<number>, low: number, high: number, axis?: string): void;
}

const MUTED = '#8b95a3';
const GRID = { stroke: '#232a34', width: 1 };
const TICKS = { ...GRID, size: 4 };
const FONT = '11px system-ui, sans-serif';

/** A histogram as wide as its container. */
export function makeHistogram({ height, color, axis, squareRoot }: HistogramOptions): Histogram {
  const element = document.createElement('div');
  element.className = 'plot';
  const axes: uPlot.Axis[] = axis
    ? [
        {
          stroke: MUTED,
          grid: { show: false },
          ticks: TICKS,
          font: FONT,
          size: 24,
          label: axis,
          labelFont: FONT,
          labelSize: 16,
          labelGap: 0,
        },
        { stroke: MUTED, grid: GRID, ticks: { show: false }, font: FONT, size: 38 },
      ]
    : [{ show: false }, { show: false }];
  const plot = new uPlot(
    {
      width: 10,
      height,
      padding: axis ? [8, 8, 0, 0] : [0, 0, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max) * 1.02] } },
      axes,
      series: [
        {},
        {
          stroke: color,
          fill: `${color}66`,
          width: 1,
          paths: uPlot.paths.stepped!({ align: 1 }),
          points: { show: false },
        },
      ],
    },
    [[], []],
    element,
  );
  new ResizeObserver(() => {
    if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height });
  }).observe(element);
  return {
    element,
    set(counts, low, high, label = axis) {
      plot.axes[0].label = label;
      const width = (high - low) / counts.length;
      const edges = Array.from({ length: counts.length + 1 }, (_, i) => low + i * width);
      const values = Array.from(counts, (n) => (squareRoot ? Math.sqrt(n) : n));
      // A step needs an end.
      plot.setData([edges, [...values, values[values.length - 1] ?? 0]]);
    },
  };
}
