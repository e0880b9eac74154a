#!/usr/bin/python3
"""Writes tests/golden/fourierFilters.json.gz: scipy.ndimage's filters of spectra.

Run with Debian's python3: `/usr/bin/python3 scripts/golden_fourier_filters.py`. The format is that of golden.py.
"""
import numpy as np
import scipy.ndimage as nd

from golden import Golden, generator

FUNCTIONS = {'fourierGaussian': (nd.fourier_gaussian, 'sigma'), 'fourierUniform': (nd.fourier_uniform, 'size'),
             'fourierEllipsoid': (nd.fourier_ellipsoid, 'size'), 'fourierShift': (nd.fourier_shift, 'shift')}
DTYPES = ['bool', 'uint8', 'int16', 'uint16', 'int32', 'int64', 'float32', 'float64', 'complex64', 'complex128']
SHAPES = [(11,), (12,), (7, 10), (6, 1), (1, 5), (1, 1), (4, 5, 7), (3, 1, 6), (2, 3, 4, 5)]
PARAMETERS = [1.3, [2.5, 0.6, 4, 1], [0, 3, 0.2, 2], [-1.5, 8, 20, -3]]


def spectrum(shape, dtype):
    rng = generator(5, *shape)
    if np.dtype(dtype).kind == 'c':
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    return (rng.normal(size=shape) * 20).astype(dtype if dtype[0] != 'u' else 'int8').astype(dtype)


def case(golden, function, name, array, parameter, **options):
    run, argument = FUNCTIONS[function]
    if function == 'fourierEllipsoid' and array.ndim > 3:
        return
    if isinstance(parameter, list):
        parameter = parameter[:array.ndim]
    golden.add(f'{function} {name}', function, [array], {argument: parameter, **options},
               run(array, parameter, **options))


if __name__ == '__main__':
    fourier = Golden('fourierFilters')
    for function in FUNCTIONS:
        for dtype in DTYPES:
            for shape in SHAPES if dtype in ('float32', 'complex64') else [(12,), (7, 10), (4, 5, 7)]:
                array = spectrum(shape, dtype)
                parameters = PARAMETERS if dtype == 'complex64' else PARAMETERS[:2]
                for parameter in parameters:
                    case(fourier, function, f'{dtype} {shape} {parameter}', array, parameter)
                for axis, n in [(-1, 2 * shape[-1] - 2), (0, 2 * shape[0] - 1)]:
                    if n > 0 and dtype in ('float32', 'complex64'):
                        case(fourier, function, f'{dtype} {shape} real {n} axis {axis}', array, [1.5, 2, 0.7, 1],
                             n=n, axis=axis)
        # Radii on both sides of where series give way to closed forms.
        for shape in [(16, 21), (5, 6, 8)]:
            for dtype in ['float32', 'complex128']:
                case(fourier, function, f'{dtype} {shape} wide', spectrum(shape, dtype), [14, 25, 33])
    fourier.write()
