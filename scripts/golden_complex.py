#!/usr/bin/python3
"""Writes tests/golden/complex.json.gz: arithmetic, reductions and linear filters of complex arrays.

Run with Debian's python3: `/usr/bin/python3 scripts/golden_complex.py`. The format is that of golden.py; a complex
argument is {re, im}.
"""
import warnings

import numpy as np

from golden import Golden, generator

warnings.simplefilter('ignore')

COMPLEX = ['complex64', 'complex128']
# NaN and infinities only where NumPy's own results do not depend on its vector instructions.
EDGES = [0, -0.0, 1, -1, 2.5, -3, 1e10, -1e-10]
SCALARS = {'add': [2, 0.5, 1e300, 2 - 3j, True], 'subtract': [1 + 1j, 7], 'multiply': [1j, -2, 0.25 + 2j],
           'divide': [4, 2j, 3 - 4j], 'eq': [1, 1 + 1j], 'ne': [1, 1 + 1j]}
BINARY = {'add': np.add, 'subtract': np.subtract, 'multiply': np.multiply, 'divide': np.divide, 'eq': np.equal,
          'ne': np.not_equal}
LOGIC = {'and': np.logical_and, 'or': np.logical_or, 'xor': np.logical_xor}
UNARY = {'absolute': np.absolute, 'negative': np.negative, 'real': np.real, 'imag': np.imag, 'conj': np.conj,
         'angle': np.angle, 'not': np.logical_not, 'isnan': np.isnan}
OTHERS = ['bool', 'uint8', 'int16', 'int32', 'uint64', 'float32', 'float64']


def values(dtype, shape=(6, 7), seed=0):
    rng = generator(31, seed, *shape)
    if np.dtype(dtype).kind == 'c':
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    return (rng.normal(size=shape) * 4).astype('i1').astype(dtype) if dtype != 'uint8' and dtype[0] != 'u' else \
        rng.integers(0, 9, shape).astype(dtype)


def edges(dtype):
    re, im = np.meshgrid(EDGES, EDGES)
    return (re + 1j * im).ravel().astype(dtype)


def arithmetic(golden):
    for dtype in COMPLEX:
        for name, function in UNARY.items():
            for kind, array in [('values', values(dtype)), ('edges', edges(dtype))]:
                golden.add(f'{name} {dtype} {kind}', name, [array], {}, np.asarray(function(array)))
        huge = (np.array([3e38 + 3e38j, 1e-40 - 2e-40j, np.inf + 1j, 1 - np.inf * 1j, np.nan + 1j]) if dtype == 'complex64'
                else np.array([1e308 + 1e308j, 1e-310 + 2e-310j, complex(np.inf, np.nan), complex(np.nan, 2)])).astype(dtype)
        for name in ['real', 'imag', 'isnan', 'not']:
            golden.add(f'{name} {dtype} special', name, [huge], {}, np.asarray(UNARY[name](huge)))
        if dtype == 'complex128':
            golden.add(f'absolute {dtype} special', 'absolute', [huge], {}, np.abs(huge))
        for name, function in {**BINARY, **LOGIC}.items():
            others = OTHERS + COMPLEX if name == 'add' else ['uint8', 'float64', 'complex64']
            pairs = [(dtype, other) for other in others] + [(other, dtype) for other in ['int32', 'float32']]
            for first, second in pairs:
                a, b = values(first, seed=1), values(second, (7,), seed=2)
                if name == 'divide':
                    b = np.where(b == 0, 1, b).astype(second)
                golden.add(f'{name} {first} {second}', name, [a, b], {}, function(a, b))
        for name, scalars in SCALARS.items():
            for scalar in scalars:
                array = values(dtype)
                golden.add(f'{name} {dtype} {scalar}', name, [array], {'other': scalar}, BINARY[name](array, scalar))
        array = values(dtype)
        for to in COMPLEX + ['bool']:
            golden.add(f'astype {dtype} {to}', 'astype', [array], {'dtype': to}, array.astype(to))
        mask = values('bool')
        golden.add(f'where {dtype}', 'where', [mask, array, values('float32')], {},
                   np.where(mask, array, values('float32')))
        golden.add(f'where {dtype} scalar', 'where', [array - array * mask, array], {'b': 2 - 1j},
                   np.where(array - array * mask, array, 2 - 1j))
    for dtype in OTHERS:
        array = values(dtype)
        for to in COMPLEX:
            golden.add(f'astype {dtype} {to}', 'astype', [array], {'dtype': to}, array.astype(to))
        golden.add(f'multiply {dtype} 2j', 'multiply', [array], {'other': 2j}, array * 2j)
        for name in ['real', 'imag', 'conj']:
            if dtype != 'bool' or name != 'conj':
                golden.add(f'{name} {dtype}', name, [array], {}, np.asarray(UNARY[name](array)))
        if np.angle(array).dtype != np.float16:
            golden.add(f'angle {dtype}', 'angle', [array], {}, np.angle(array))


def reductions(golden):
    for dtype in COMPLEX:
        for shape in [(40,), (9, 11), (4, 5, 6)]:
            array = values(dtype, shape)
            for name in ['sum', 'mean', 'std']:
                for axis in [None, 0, -1]:
                    output = getattr(np, name)(array, axis=axis)
                    golden.add(f'{name} {dtype} {shape} {axis}', name, [array], {'axis': axis}, np.asarray(output))


if __name__ == '__main__':
    complex_golden = Golden('complex')
    arithmetic(complex_golden)
    reductions(complex_golden)
    complex_golden.write()
