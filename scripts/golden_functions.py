#!/usr/bin/python3
"""Writes tests/golden/functions.json.gz: functions over windows and blocks, by SciPy and NumPy. See golden.py.

`args.function` names a function that tests/conformance/functions.ts has in JavaScript and in WGSL. Results of integer
types are cast as C does where that is defined, and wrap elsewhere; `exact` is the float64 result before.
"""
import numpy as np
import scipy.ndimage as nd

from golden import GRID_MODES, MODES, Golden, noise_mask, picture

DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64']
WINDOW_FUNCTIONS = {
    'largest': np.max,
    'average': np.mean,
    'spread': lambda values: np.max(values) - np.min(values),
    # Tells raster order from any other.
    'ends': lambda values: values[0] - 0.5 * values[-1],
    'deviation': np.std,
    'gain': lambda values, gain, offset: gain * values[len(values) // 2] + offset,
}
RAGGED = np.array([[0, 1, 0, 1], [1, 0, 0, 1], [0, 0, 1, 1]], bool)
WEIGHTS = np.array([[1, -2, 3], [0, 4, -1], [2, 1, -5]])
BOUNDARIES = {'reflect': 'reflect', 'nearest': 'nearest', 'periodic': 'wrap', 'constant': 'constant', 7: 'constant'}


def cast(exact, dtype):
    dtype = np.dtype(dtype)
    if dtype == bool:
        return np.trunc(exact) != 0
    return exact.astype(dtype) if dtype.kind == 'f' else np.trunc(exact).astype(np.int64).astype(dtype)


def generic(golden, name, function, image, dtype=None, extraArguments=(), **args):
    exact = nd.generic_filter(image.astype(np.float64), WINDOW_FUNCTIONS[function], output=np.float64,
                              extra_arguments=tuple(extraArguments), **args)
    output = cast(exact, dtype or image.dtype)
    extra = {'exact': exact} if output.dtype.kind in 'iu' else {}
    options = {**args, 'dtype': dtype, 'extraArguments': list(extraArguments) or None}
    golden.add(f'genericFilter {function} {name}', 'genericFilter', [image], {'function': function, **options}, output,
               **extra)


def generic_cases(golden):
    flat = (9, 13)
    for dtype in DTYPES:
        image = picture(flat, dtype)
        generic(golden, f'{dtype}', 'largest', image, size=3)
        generic(golden, f'{dtype}', 'average', image, size=[2, 3], mode='mirror')
        generic(golden, f'{dtype} to float32', 'average', image, size=3, dtype='float32')
        generic(golden, f'{dtype} footprint', 'spread', image, footprint=RAGGED, mode='wrap')
    for mode in MODES + GRID_MODES:
        for dtype in ['uint8', 'float32']:
            cval = 17.5 if 'constant' in mode else 0.0
            generic(golden, f'{mode} {dtype}', 'ends', picture((7, 8), dtype, 3), size=[3, 4], mode=mode, cval=cval)
    for origin in [1, [-1, 1]]:
        generic(golden, f'origin {origin}', 'ends', picture(flat, 'int16'), size=[4, 3], origin=origin)
    generic(golden, 'extra arguments', 'gain', picture(flat, 'float32'), size=3, extraArguments=[1.5, -0.25])
    generic(golden, '1-D', 'deviation', picture((30,), 'float32'), size=7)
    generic(golden, '3-D', 'deviation', picture((4, 5, 6), 'float32'), size=[2, 3, 3])
    generic(golden, '4-D', 'largest', picture((3, 3, 4, 5), 'uint16'), size=[2, 1, 3, 2], mode='nearest')
    generic(golden, 'window beyond the array', 'ends', picture((3, 4), 'float32'), size=[7, 9])
    for dtype in ['uint8', 'uint16', 'float32']:
        image = picture(flat, dtype)
        threshold = nd.generic_filter(image.astype(np.float64), WINDOW_FUNCTIONS['spread'], size=5) - 2
        golden.add(f'thresholdLocal generic {dtype}', 'thresholdLocal', [image],
                   {'function': 'spread', 'blockSize': 5, 'offset': 2}, threshold)


def block_cases(golden):
    flat = (8, 12)

    def blocks(name, function, inputs, output, **args):
        golden.add(f'mapBlocks {function} {name}', 'mapBlocks', inputs, {'function': function, **args}, output)

    for dtype in DTYPES:
        image = picture(flat, dtype)
        wide = image.astype(np.float64) if image.dtype.kind == 'f' else image.astype(np.int64)
        blocks(dtype, 'affine', [image], (~image if dtype == 'bool' else (3 * wide + 1).astype(dtype)))
    image = picture(flat, 'float32')
    indices = np.indices(flat).astype(np.int32)
    blocks('of blocks', 'places', [image], 1000 * indices[0] + indices[1], dtype='int32')
    row, column = picture((1, 12), 'float32', 1), picture((8, 1), 'uint8', 2)
    blocks('broadcast', 'blend', [image, row, column], (image + 2 * row + 3 * column.astype(np.float32)))
    blocks('1-D beside 2-D', 'sum', [image, row[0]], image + row[0])
    blocks('0', 'sums', [image], image.astype(np.float64).sum(0), dropAxis=0, dtype='float64')
    blocks('0', 'twice', [image], np.stack([image, 2 * image]), newAxis=0)
    means = image.astype(np.float64).reshape(4, 2, 6, 2).mean((1, 3))
    blocks('2 x 2', 'binned', [image], means, dtype='float64')


def overlap_cases(golden):
    def overlap(name, function, image, output, **args):
        golden.add(f'mapOverlap {function} {name}', 'mapOverlap', [image], {'function': function, **args}, output)

    def weighted(image, mode, cval=0):
        wide = image.astype(np.float64 if image.dtype.kind == 'f' else np.int64)
        return nd.correlate(wide, WEIGHTS, mode=mode, cval=cval).astype(image.dtype)

    for dtype in DTYPES[1:]:
        image = picture((9, 11), dtype)
        overlap(f'{dtype}', 'weighted', image, weighted(image, 'reflect'), depth=1, boundary='reflect')
    for boundary, mode in BOUNDARIES.items():
        for dtype in ['uint8', 'float32']:
            image = picture((7, 10), dtype, 1)
            cval = boundary if boundary == 7 else 0
            overlap(f'{boundary} {dtype}', 'weighted', image, weighted(image, mode, cval), depth=[1, [1, 2]],
                    boundary=boundary)
    mask = noise_mask((9, 11), 0.3)
    overlap('bool', 'anyNeighbour', mask, nd.maximum_filter(mask, size=3, mode='wrap'), depth=1, boundary='periodic')
    image = picture((9, 11), 'uint16')
    counts = nd.correlate(np.ones((9, 11), np.uint16), np.ones((5, 5)), mode='constant')
    overlap('none', 'neighbours', image, counts, depth=2, boundary='none')
    sums = nd.uniform_filter1d(picture((6, 5, 4), 'float32').astype(np.float64), 7, axis=0, mode='nearest') * 7
    overlap('3-D beyond the chunks', 'sumsAlong0', picture((6, 5, 4), 'float32'), sums.astype(np.float32),
            depth=[3, 0, 0], boundary='nearest')


def functions():
    golden = Golden('functions')
    generic_cases(golden)
    block_cases(golden)
    overlap_cases(golden)
    golden.write()


if __name__ == '__main__':
    functions()
