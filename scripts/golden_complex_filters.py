#!/usr/bin/python3
"""Writes tests/golden/complexFilters.json.gz: linear filters and interpolation of complex arrays.

Run with Debian's python3: `/usr/bin/python3 scripts/golden_complex_filters.py`. The format is that of golden.py.
"""
import warnings

import numpy as np
import scipy.ndimage as nd

from golden import Golden, generator

warnings.simplefilter('ignore')

WEIGHTS = np.array([[0.5, -1, 2], [0, 3, 1]])


def values(dtype, shape):
    rng = generator(47, *shape)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


if __name__ == '__main__':
    golden = Golden('complexFilters')

    def case(name, function, array, args=(), **options):
        """Computed in double precision; `options` are SciPy's, which Tilewise spells alike."""
        output = function(array.astype('complex128'), *args.values() if args else (), **options)
        keep = name.startswith('spline') or array.dtype == 'complex128'
        golden.add(f'{name} {array.dtype} {array.shape} {options}', name, [array], {**(args or {}), **options},
                   output if keep else output.astype(array.dtype))

    for dtype in ['complex64', 'complex128']:
        for options in [{}, {'mode': 'constant', 'cval': 1.5}]:
            plane, volume = values(dtype, (9, 11)), values(dtype, (4, 5, 6))
            case('gaussianFilter', nd.gaussian_filter, plane, {'sigma': 1.3}, **options)
            case('gaussianFilter', nd.gaussian_filter, volume, {'sigma': 0.8}, **options)
            case('uniformFilter', nd.uniform_filter, plane, size=4, **options)
            case('correlate', nd.correlate, plane, {'weights': WEIGHTS}, **options)
            case('convolve', nd.convolve, plane, {'weights': WEIGHTS}, **options)
            case('laplace', nd.laplace, plane, **options)
            case('sobel', nd.sobel, plane, axis=0, **options)
            case('prewitt', nd.prewitt, volume, axis=1, **options)
            case('gaussianLaplace', nd.gaussian_laplace, plane, {'sigma': 1}, **options)
            interpolation = {'mode': 'mirror', 'order': 3} if not options else {**options, 'order': 1}
            case('affineTransform', nd.affine_transform, plane, {'matrix': np.array([[0.9, 0.2], [-0.1, 1.1]])},
                 **interpolation)
            case('rotate', nd.rotate, plane, {'angle': 25}, **interpolation)
            case('shift', nd.shift, plane, {'shift': 1.4}, **interpolation)
            case('zoom', nd.zoom, plane, {'zoom': 1.5}, **interpolation)
            case('mapCoordinates', nd.map_coordinates, plane,
                 {'coordinates': generator(3).uniform(-1, 10, (2, 7))}, **interpolation)
        case('splineFilter', nd.spline_filter, plane, mode='mirror')
        case('splineFilter1d', nd.spline_filter1d, plane, axis=0, mode='wrap')
    golden.write()
