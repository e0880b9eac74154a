#!/usr/bin/python3
"""Writes tests/golden/order.json.gz: order statistics of windows, and generic filters, by SciPy. See golden.py."""
import itertools

import numpy as np
import scipy.ndimage as nd

from golden import GRID_MODES, MODES, Golden, generator, noise_mask, picture

FUNCTIONS = {'minimumFilter': nd.minimum_filter, 'maximumFilter': nd.maximum_filter, 'medianFilter': nd.median_filter,
             'rankFilter': nd.rank_filter, 'percentileFilter': nd.percentile_filter}
DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64']
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
RAGGED = np.array([[0, 1, 0, 1], [1, 0, 0, 1], [0, 0, 1, 1]], bool)


def image_of(shape, dtype, seed=0):
    if dtype in ('int64', 'uint64'):
        # SciPy computes in float64, which holds these.
        wide = picture(shape, 'int32', seed).astype(np.int64) * 1000003
        return wide if dtype == 'int64' else (wide + 2 ** 41).astype(np.uint64)
    return picture(shape, dtype, seed)


def scipy_of(function, image, args):
    rest = {k: v for k, v in args.items() if k not in ('rank', 'percentile')}
    first = [args[k] for k in ('rank', 'percentile') if k in args]
    if 'constant' in str(rest.get('mode')) and image.dtype.kind in 'biu':
        # What C makes of numbers beyond the type is not defined; NumPy's cast wraps.
        output = FUNCTIONS[function](image.astype(np.float64), *first, **rest)
        return output.astype(np.int64).astype(image.dtype) if image.dtype != bool else np.trunc(output) != 0
    return FUNCTIONS[function](image, *first, **rest)


def case(golden, name, function, image, **args):
    golden.add(f'{function} {name}', function, [image], args, scipy_of(function, image, args))


def every(golden, name, image, **args):
    for function in ('minimumFilter', 'maximumFilter', 'medianFilter'):
        case(golden, name, function, image, **args)


def order():
    golden = Golden('order')
    flat, solid = (17, 23), (6, 8, 9)
    for dtype in DTYPES:
        image = image_of(flat, dtype)
        every(golden, f'{dtype} 3x3', image, size=3)
        every(golden, f'{dtype} 5x5', image, size=5, mode='mirror')
        every(golden, f'{dtype} even', image, size=[4, 2], mode='nearest')
        every(golden, f'{dtype} footprint', image, footprint=RAGGED, mode='wrap')
        case(golden, f'{dtype} 11x11', 'medianFilter', image, size=11)
        case(golden, f'{dtype} 11x11', 'minimumFilter', image, size=11)
        case(golden, f'{dtype}', 'rankFilter', image, rank=2, size=[5, 3])
        case(golden, f'{dtype} negative', 'rankFilter', image, rank=-3, size=7, mode='mirror')
        case(golden, f'{dtype}', 'percentileFilter', image, percentile=20, size=5)
        every(golden, f'{dtype} 3-D', image_of(solid, dtype, 1), size=[3, 2, 3], mode='constant', cval=1)
        every(golden, f'{dtype} 1-D', image_of((40,), dtype, 2), size=6)
    for mode in MODES + GRID_MODES:
        cval = 17.5 if 'constant' in mode else 0.0
        for dtype in ['uint8', 'int16', 'float32']:
            image = image_of((11, 14), dtype, 3)
            every(golden, f'{mode} {dtype}', image, size=[3, 6], mode=mode, cval=cval)
            every(golden, f'{mode} {dtype} footprint', image, footprint=RAGGED, mode=mode, cval=cval)
            case(golden, f'{mode} {dtype}', 'rankFilter', image, rank=9, size=[9, 3], mode=mode, cval=cval)
        every(golden, f'{mode} window beyond the array', image_of((4, 6), 'float32', 4), size=[9, 13], mode=mode, cval=cval)
    for dtype, cval in [('uint8', -3), ('uint8', 300.5), ('int8', 1000), ('bool', 2), ('uint16', -1), ('int16', -40000.5),
                        ('uint32', -2), ('int32', 3e9), ('bool', 0.5)]:
        every(golden, f'constant {cval} beyond {dtype}', image_of((9, 12), dtype), size=4, mode='constant', cval=cval)
    for origin in [1, -1, [1, -1], [-2, 1]]:
        image = image_of(flat, 'uint8')
        every(golden, f'origin {origin}', image, size=[4, 3], origin=origin)
        every(golden, f'origin {origin} footprint', image, footprint=np.pad(CROSS, 1), origin=origin, mode='wrap')
    image = image_of(flat, 'uint16')
    every(golden, 'cross', image, footprint=CROSS)
    every(golden, 'full footprint', image, footprint=np.ones((3, 4), bool))
    every(golden, 'one element off the centre', image, footprint=np.array([[1, 0, 0]] + [[0, 0, 0]] * 2, bool))
    every(golden, 'two elements', image, footprint=np.array([[1, 0, 1]], bool))
    every(golden, 'size 1', image, size=1)
    every(golden, 'size 1 on one axis', image, size=[1, 5])
    every(golden, 'diamond', image, footprint=nd.iterate_structure(CROSS, 4))
    every(golden, 'noise footprint', image, footprint=noise_mask((7, 9), 0.4, 5))
    for function in ('minimumFilter', 'maximumFilter'):
        case(golden, 'a mode per axis', function, image, size=5, mode=['wrap', 'constant'], cval=300)
        case(golden, 'long 1-D', function, image_of((300,), 'float32'), size=101)
        case(golden, 'large', function, image_of((40, 33), 'uint8'), size=[31, 27])
    for rank, size in itertools.product([0, 1, 7, 14, -1, -2, -15], [[3, 5]]):
        case(golden, f'rank {rank}', 'rankFilter', image, rank=rank, size=size)
    for percentile in [0, 0.1, 33.3, 50, 99.9, 100, -0.1, -20, -100, 7]:
        for footprint in [np.ones((5, 5), bool), CROSS, RAGGED]:
            case(golden, f'{percentile} {footprint.sum()}', 'percentileFilter', image_of(flat, 'float32'),
                 percentile=percentile, footprint=footprint)
    for dtype in ['uint8', 'float32', 'uint16']:
        case(golden, f'large {dtype}', 'medianFilter', image_of((40, 33), dtype), size=[21, 17])
        case(golden, f'4-D {dtype}', 'medianFilter', image_of((3, 4, 5, 6), dtype), size=[3, 1, 2, 3])
        case(golden, f'4-D {dtype}', 'maximumFilter', image_of((3, 4, 5, 6), dtype), size=[2, 3, 1, 4], mode='wrap')
        every(golden, f'ties {dtype}', generator(8).integers(0, 3, (14, 15)).astype(dtype), size=7)
        every(golden, f'ball {dtype}', image_of((7, 8, 9), dtype), footprint=nd.generate_binary_structure(3, 1))
    infinite = picture((9, 10), 'float32')
    infinite[2, 3], infinite[5, 7], infinite[0, 0] = np.inf, -np.inf, -0.0
    every(golden, 'infinite', infinite, size=3)
    golden.write()


if __name__ == '__main__':
    order()
