#!/usr/bin/python3
"""Writes tests/golden/fft.json.gz: discrete Fourier transforms, as scipy.fft has them in float64.

Run with Debian's python3: `/usr/bin/python3 scripts/golden_fft.py`. The format is that of golden.py.
"""
import numpy as np
import scipy.fft

from golden import Golden, generator

DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64',
          'complex64', 'complex128']
#: Powers, small factors, odd ones, primes with passes of their own and primes beyond.
LENGTHS = [1, 2, 3, 4, 5, 7, 8, 12, 16, 30, 31, 33, 37, 64, 74, 105, 143]
SHAPES = [(9, 8), (6, 15), (37, 4), (1, 6), (5, 4, 7), (4, 1, 6), (2, 3, 4, 5)]
FUNCTIONS = {name: getattr(scipy.fft, name) for name in ['fftn', 'ifftn', 'rfftn', 'irfftn']}
SHIFTS = {'fftshift': np.fft.fftshift, 'ifftshift': np.fft.ifftshift}


def values(shape, dtype):
    rng = generator(11, *shape)
    if np.dtype(dtype).kind == 'c':
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    return (rng.normal(size=shape) * 20).astype(dtype if dtype[0] != 'u' else 'int8').astype(dtype)


def wide(array):
    """In double precision, which transforms keep."""
    return array.astype('complex128' if array.dtype.kind == 'c' else 'float64')


def case(golden, function, array, name='', **options):
    output = FUNCTIONS[function](wide(array), **options)
    if array.dtype in (np.float32, np.complex64):
        output = output.astype('float32' if function == 'irfftn' else 'complex64')
    golden.add(f'{function} {array.dtype} {array.shape} {name}', function, [array],
               {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()}, output)


if __name__ == '__main__':
    fft = Golden('fft')
    for i, n in enumerate(LENGTHS):
        case(fft, 'fftn', values((n,), 'complex64' if i % 3 == 0 else 'float32'))
        if i % 2 == 0:
            case(fft, 'irfftn', values((n // 2 + 1,), 'complex64'), f's {n}', s=(n,))
    for dtype in DTYPES:
        case(fft, 'fftn', values((6, 5), dtype))
        case(fft, 'irfftn', values((4, 6), dtype))
        if dtype[0] != 'c':
            case(fft, 'rfftn', values((5, 6), dtype))
            case(fft, 'ifftn', values((6, 5), dtype))
    for shape in SHAPES:
        for function in FUNCTIONS:
            case(fft, function, values(shape, 'float32' if function[:1] == 'r' or shape[0] > 5 else 'complex64'))
    for norm in ['backward', 'ortho', 'forward']:
        for function in FUNCTIONS if norm != 'backward' else []:
            case(fft, function, values((6, 7), 'float32' if function == 'rfftn' else 'complex64'), norm, norm=norm)
    plane = (7, 6, 5)
    for axes, functions in [((0,), FUNCTIONS), ((1,), ['ifftn']), ((2,), ['rfftn']), ((2, 0), FUNCTIONS),
                            ((1, 0, 2), ['irfftn']), ((-1, -3), ['fftn', 'rfftn'])]:
        for function in functions:
            case(fft, function, values(plane, 'float32'), f'axes {axes}', axes=axes)
    for s, axes in [((4, 9), (0, 1)), ((3, 12), (2, 1)), ((8, 8), None), ((1, 5, 11), (0, 1, 2))]:
        for function in ['fftn', 'irfftn'] if axes else FUNCTIONS:
            case(fft, function, values(plane, 'float32'), f's {s} {axes}', s=s, axes=axes)
    for function, run in SHIFTS.items():
        for dtype, shape, axes in [('uint8', (5,), None), ('complex64', (6, 7), None), ('float64', (3, 4, 5), [0, -1]),
                                   ('complex128', (1, 5), 1), ('bool', (2, 3, 4, 5), [1, 2])]:
            array = values(shape, dtype)
            fft.add(f'{function} {dtype} {shape} {axes}', function, [array], {'axes': axes}, run(array, axes))
    fft.write()
