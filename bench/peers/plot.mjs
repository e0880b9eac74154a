// The ratios of functions to their peers as an SVG: a dot a peer, on a logarithmic axis.
import * as vega from 'vega';
import { compile } from 'vega-lite';

/** @param values `{ function, peer, ratio }`, ratio being the peer's time over Tilewise's */
export function plotRatios(values) {
  const y = { field: 'function', type: 'nominal', title: null, sort: null, axis: { labelLimit: 320 } };
  const spec = {
    width: 560,
    height: { step: 24 },
    background: 'white',
    title: 'Time of the peer / time of Tilewise (two workers)',
    data: { values },
    layer: [
      {
        mark: { type: 'rule', color: '#c0392b', strokeDash: [4, 3] },
        encoding: { x: { datum: 1, type: 'quantitative' } },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 0.9 },
        encoding: {
          y,
          x: {
            field: 'ratio',
            type: 'quantitative',
            scale: { type: 'log' },
            title: 'times faster (right of 1: Tilewise is)',
          },
          color: { field: 'peer', type: 'nominal', title: 'peer' },
          shape: { field: 'peer', type: 'nominal', title: 'peer' },
        },
      },
    ],
    config: { font: 'sans-serif', view: { stroke: '#ddd' } },
  };
  return new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
}
