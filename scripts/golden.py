#!/usr/bin/python3
"""Writes tests/golden/*.json.gz: small inputs and what SciPy, NumPy and scikit-image make of them.

Run with Debian's python3 (SciPy 1.10, NumPy 1.24, scikit-image 0.19): `/usr/bin/python3 scripts/golden.py`.

A file is {versions, arrays, cases}. A case is {name, function, args, inputs, output, value?, exact?, ambiguous?}, with
names and arguments as in Tilewise's API. Arrays are stored once, in `arrays`, as {dtype, shape, data: base64 of the
little-endian bytes}; `inputs`, `output`, `exact`, `ambiguous`, and arguments of the form {"$array": n}, refer to them
by position. tests/helpers/golden.ts reads this.
"""
import base64
import gzip
import json
import os
import sys
import warnings

import numpy as np
import scipy
import scipy.ndimage as nd
import skimage
from scipy.ndimage import _filters
from skimage.filters import threshold_otsu

DIRECTORY = os.path.join(os.path.dirname(__file__), '..', 'tests', 'golden')
MODES = ['reflect', 'mirror', 'nearest', 'wrap', 'constant']
GRID_MODES = ['grid-mirror', 'grid-wrap', 'grid-constant']
# How close to a point where C's truncation jumps an integer result may differ (design.md, precision contract).
TRUNCATION = 1e-4


class Golden:
    """Collects the cases of one file."""

    def __init__(self, name):
        self.name = name
        self.cases = {}
        self.arrays = []
        self.positions = {}

    def array(self, a):
        a = np.asarray(a)
        if a.dtype.byteorder == '>':
            a = a.astype(a.dtype.newbyteorder('<'))
        data = np.ascontiguousarray(a).tobytes()
        key = (a.dtype.name, a.shape, data)
        if key not in self.positions:
            self.positions[key] = len(self.arrays)
            self.arrays.append({
                'dtype': a.dtype.name, 'shape': list(a.shape), 'data': base64.b64encode(data).decode()})
        return self.positions[key]

    def argument(self, value):
        if isinstance(value, np.ndarray):
            return {'$array': self.array(value)}
        if isinstance(value, (list, tuple)):
            return [self.argument(v) for v in value]
        if isinstance(value, np.generic):
            value = value.item()
        return {'re': value.real, 'im': value.imag} if isinstance(value, complex) else value

    def add(self, name, function, inputs, args=None, output=None, value=None, **extra):
        case = {'name': name, 'function': function,
                'args': {k: self.argument(v) for k, v in (args or {}).items() if v is not None},
                'inputs': [self.array(i) for i in inputs]}
        if output is not None:
            case['output'] = self.array(output)
        if value is not None:
            case['value'] = value
        case.update({key: self.array(a) for key, a in extra.items()})
        # Loops below meet some combinations twice; a name stands for one case.
        assert self.cases.setdefault(name, case) == case, name

    def write(self):
        versions = {'scipy': scipy.__version__, 'numpy': np.__version__, 'skimage': skimage.__version__}
        text = json.dumps({'versions': versions, 'arrays': self.arrays, 'cases': list(self.cases.values())}, separators=(',', ':'))
        path = os.path.join(DIRECTORY, f'{self.name}.json.gz')
        with open(path, 'wb') as file:
            # No name and no time, so that the same results are the same bytes.
            with gzip.GzipFile('', 'wb', 9, file, mtime=0) as zipped:
                zipped.write(text.encode())
        print(f'{self.name}: {len(self.cases)} cases, {os.path.getsize(path)} bytes')


def generator(*seed):
    return np.random.default_rng([7, *seed])


def picture(shape, dtype, seed=0):
    """Smooth blobs plus noise over most of the dtype's useful range."""
    rng = generator(seed, *shape)
    smooth = nd.gaussian_filter(rng.normal(size=shape), 2, mode='wrap')
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    x = np.clip(0.8 * smooth + 0.2 * rng.random(shape), 0, 1)
    dtype = np.dtype(dtype)
    if dtype == bool:
        return x > 0.5
    low, high = {'uint8': (0, 255), 'int8': (-128, 127), 'int16': (-9000, 9000), 'uint16': (90, 60000),
                 'int32': (-2e6, 2e6), 'uint32': (0, 4e9), 'float32': (-1, 3), 'float64': (-1, 3)}[dtype.name]
    return (low + x * (high - low)).astype(dtype)


def noise_mask(shape, density, seed=0):
    return generator(seed, 99, *shape).random(shape) < density


# ------------------------------------------------------------------ linear filters

def separable(image, passes):
    """Runs passes (axis, function, weights, origin, mode, cval) as SciPy does, casting between them.

    Returns the result, the last pass in float64, and where the result may be off by one: within TRUNCATION of a
    truncation point, given that a pixel of an earlier pass that is off by one moves this pass by its weight.
    """
    current = image
    exact = image.astype(np.float64)
    ambiguous = np.zeros(image.shape, bool)
    for axis, run, weights, origin, mode, cval in passes:
        exact = run(current, np.float64)
        if current.dtype.kind == 'f':
            current = run(current, current.dtype)
            continue
        slack = nd.correlate1d(ambiguous.astype(np.float64), np.abs(weights), axis, mode=mode, cval=0.0,
                               origin=origin)
        # Truncation jumps at every whole number but zero, where it goes on from (-1, 1).
        nearest = np.where(np.abs(exact) < 0.5, np.sign(exact), np.round(exact))
        nearest[nearest == 0] = 1
        ambiguous = np.abs(exact - nearest) <= TRUNCATION + slack
        current = run(current, current.dtype)
    return current, exact, ambiguous


def per_axis(value, rank):
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def gaussian_passes(image, sigma, order=0, mode='reflect', cval=0.0, truncate=4.0):
    orders = per_axis(order, image.ndim)
    modes = per_axis(mode, image.ndim)
    passes = []
    for axis, s in enumerate(per_axis(sigma, image.ndim)):
        if s <= 1e-15:
            continue
        weights = _filters._gaussian_kernel1d(s, orders[axis], int(truncate * s + 0.5))[::-1]

        def run(a, dtype, s=s, axis=axis):
            return nd.gaussian_filter1d(a, s, axis, orders[axis], dtype, modes[axis], cval, truncate)
        passes.append((axis, run, weights, 0, modes[axis], cval))
    return passes


def gaussian_case(golden, name, image, sigma, **options):
    output = nd.gaussian_filter(image, sigma, **options)
    passes = gaussian_passes(image, sigma, **options)
    finish_linear(golden, name, 'gaussianFilter', image, {'sigma': sigma, **options}, passes, output)


def uniform_case(golden, name, image, **options):
    rank = image.ndim
    size = per_axis(options.get('size', 3), rank)
    origin = per_axis(options.get('origin', 0), rank)
    modes = per_axis(options.get('mode', 'reflect'), rank)
    cval = options.get('cval', 0.0)
    passes = []
    for axis, n in enumerate(size):
        if n > 1:
            def run(a, dtype, n=n, axis=axis):
                return nd.uniform_filter1d(a, n, axis, dtype, modes[axis], cval, origin[axis])
            passes.append((axis, run, np.full(n, 1 / n), origin[axis], modes[axis], cval))
    output = nd.uniform_filter(image, **options)
    finish_linear(golden, name, 'uniformFilter', image, options, passes, output)


def finish_linear(golden, name, function, image, args, passes, output):
    result, exact, ambiguous = separable(image, passes)
    assert np.array_equal(result, output, equal_nan=image.dtype.kind == 'f'), name
    extra = {} if image.dtype.kind == 'f' else {'exact': exact, 'ambiguous': ambiguous}
    # Sums of integers are exact, and so is truncating their quotient: nothing excuses a difference.
    if function == 'uniformFilter':
        extra.pop('ambiguous', None)
    golden.add(name, function, [image], args, output, **extra)


def gaussian():
    golden = Golden('gaussian')
    flat, solid = (26, 31), (9, 13, 11)
    for dtype in ['uint8', 'int16', 'uint16', 'int32', 'float32', 'float64']:
        gaussian_case(golden, f'{dtype} default', picture(flat, dtype), 1.5)
        gaussian_case(golden, f'{dtype} mixed orders', picture(flat, dtype), [2, 1.2], order=[1, 2])
        gaussian_case(golden, f'{dtype} 1-D', picture((50,), dtype), 2.3, mode='mirror')
        gaussian_case(golden, f'{dtype} 3-D', picture(solid, dtype), [0.8, 2, 1], mode='nearest')
    for dtype in ['int8', 'uint32']:
        gaussian_case(golden, f'{dtype} default', picture(flat, dtype), 1)
    gaussian_case(golden, 'bool', picture(flat, bool), 1)
    for mode in MODES + GRID_MODES:
        cval = 17.5 if 'constant' in mode else 0.0
        for dtype in ['float32', 'float64', 'uint16']:
            gaussian_case(golden, f'{mode} {dtype}', picture((14, 19), dtype), [1, 2.5], mode=mode, cval=cval)
        gaussian_case(golden, f'{mode} halo beyond the array', picture((5, 7), 'float64'), 3, mode=mode, cval=cval)
    for order in range(4):
        for dtype in ['float32', 'float64', 'int16']:
            gaussian_case(golden, f'order {order} {dtype}', picture((20, 17), dtype), 1.7, order=order)
    gaussian_case(golden, 'orders 3 0', picture((20, 17), 'float64'), [1, 2], order=[3, 0])
    gaussian_case(golden, 'orders 0 2 1 in 3-D', picture(solid, 'float32'), 1.1, order=[0, 2, 1], mode='reflect')
    gaussian_case(golden, 'a mode per axis', picture((20, 17), 'float64'), 2, mode=['wrap', 'mirror'])
    gaussian_case(golden, 'sigma 0 on one axis', picture(flat, 'uint16'), [0, 2])
    gaussian_case(golden, 'sigma 0 on all axes', picture((8, 9), 'uint8'), 0)
    gaussian_case(golden, 'sigma so small that the kernel is one tap', picture((8, 9), 'float64'), 0.1)
    for truncate in [1.0, 2.5, 6]:
        gaussian_case(golden, f'truncate {truncate}', picture((16, 16), 'float64'), 1.3, truncate=truncate)
    gaussian_case(golden, 'negative derivatives wrap in uint8', picture(flat, 'uint8'), 1, order=1)
    gaussian_case(golden, 'constant image', np.full((12, 12), 200, np.uint8), 2)
    gaussian_case(golden, 'one pixel', np.array([[7]], np.uint16), 2, mode='constant', cval=3)
    gaussian_case(golden, 'long thin', picture((1, 60), 'float32'), 4)
    spoilt = picture((15, 18), 'float64')
    spoilt[4, 5], spoilt[10, 12] = np.nan, np.inf
    gaussian_case(golden, 'NaN and Inf float64', spoilt, 0.8)
    gaussian_case(golden, 'NaN and Inf float32', spoilt.astype(np.float32), 0.8)
    golden.write()


def uniform():
    golden = Golden('uniform')
    flat, solid = (23, 28), (7, 10, 9)
    for dtype in ['uint8', 'int16', 'uint16', 'int32', 'float32', 'float64']:
        uniform_case(golden, f'{dtype} default', picture(flat, dtype))
        uniform_case(golden, f'{dtype} even and odd', picture(flat, dtype), size=[4, 7])
        uniform_case(golden, f'{dtype} 3-D', picture(solid, dtype), size=[2, 3, 5])
    uniform_case(golden, 'bool', picture(flat, bool), size=3)
    uniform_case(golden, 'uint32', picture(flat, 'uint32'), size=5)
    for mode in MODES + GRID_MODES:
        cval = 11.25 if 'constant' in mode else 0.0
        for dtype in ['float32', 'uint16']:
            uniform_case(golden, f'{mode} {dtype}', picture((14, 19), dtype), size=[5, 4], mode=mode, cval=cval)
        uniform_case(golden, f'{mode} window beyond the array', picture((4, 6), 'float64'), size=11, mode=mode,
                     cval=cval)
    for origin in [1, -1, [2, -2]]:
        uniform_case(golden, f'origin {origin}', picture(flat, 'uint8'), size=5, origin=origin)
        uniform_case(golden, f'origin {origin} even', picture(flat, 'float64'), size=[6, 4],
                     origin=[2, 1] if isinstance(origin, list) else origin)
    uniform_case(golden, 'origin at its limits', picture(flat, 'float64'), size=[5, 4], origin=[2, -2])
    uniform_case(golden, 'size 1', picture((8, 9), 'uint8'), size=1)
    uniform_case(golden, 'size 1 on one axis', picture((8, 9), 'uint8'), size=[1, 3])
    uniform_case(golden, '1-D long', picture((300,), 'float32'), size=31)
    uniform_case(golden, 'a mode per axis', picture(flat, 'float64'), size=5, mode=['wrap', 'constant'], cval=2.0)
    golden.write()


# ------------------------------------------------------------------ morphology

OPERATIONS = {'binaryErosion': nd.binary_erosion, 'binaryDilation': nd.binary_dilation,
              'binaryOpening': nd.binary_opening, 'binaryClosing': nd.binary_closing}


def morphology_case(golden, name, image, operations=OPERATIONS, **options):
    for function in operations:
        snake = {'borderValue': 'border_value'}
        output = OPERATIONS[function](image, **{snake.get(k, k): v for k, v in options.items()})
        golden.add(f'{function} {name}', function, [image], options, output)


def morphology():
    golden = Golden('morphology')
    flat = noise_mask((21, 37), 0.72)
    sparse = noise_mask((21, 37), 0.15, 1)
    blobs = picture((30, 41), 'float64') > 1.0
    solid = picture((9, 12, 11), 'float64', 3) > 0.8
    structures = {
        'cross': nd.generate_binary_structure(2, 1),
        'full': nd.generate_binary_structure(2, 2),
        'line': np.ones((1, 5), bool),
        'asymmetric': np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], bool),
        'without centre': np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], bool),
        'even 2x2': np.ones((2, 2), bool),
        'even 4x2': np.array([[1, 0], [1, 1], [0, 1], [1, 0]], bool),
        'corner': np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]], bool),
        'disk': nd.iterate_structure(nd.generate_binary_structure(2, 1), 3),
    }
    for name, image in {'dense': flat, 'sparse': sparse, 'blobs': blobs}.items():
        morphology_case(golden, name, image)
    for name, structure in structures.items():
        for border in [0, 1]:
            morphology_case(golden, f'{name}, border {border}', blobs, structure=structure, borderValue=border)
        morphology_case(golden, f'{name}, 2 iterations', blobs, structure=structure, iterations=2)
    for iterations in [3, 0, -1]:
        for border in [0, 1]:
            morphology_case(golden, f'{iterations} iterations, border {border}', flat, iterations=iterations,
                            borderValue=border)
    morphology_case(golden, 'until stable, no border loss', blobs, ['binaryErosion', 'binaryDilation'],
                    structure=structures['line'], iterations=-1)
    mask = noise_mask((30, 41), 0.8, 5)
    for iterations in [1, 3, -1]:
        morphology_case(golden, f'mask, {iterations} iterations', blobs, mask=mask, iterations=iterations)
    morphology_case(golden, 'propagation under a mask', sparse, ['binaryDilation'],
                    mask=noise_mask((21, 37), 0.65, 6), structure=structures['full'], iterations=-1)
    morphology_case(golden, 'mask and border 1', blobs, mask=mask, borderValue=1, structure=structures['asymmetric'])
    for origin in [1, -1, [1, -1]]:
        for name in ['full', 'asymmetric', 'line']:
            shape = structures[name].shape
            fitted = [o if n > 1 else 0 for o, n in zip(per_axis(origin, 2), shape)]
            morphology_case(golden, f'{name}, origin {fitted}', blobs, structure=structures[name], origin=fitted)
    morphology_case(golden, 'even, origin [-1, 0], 2 iterations', blobs, structure=structures['even 4x2'],
                    origin=[-1, 0], iterations=2)
    for name, structure in {'cross': nd.generate_binary_structure(3, 1), 'full': nd.generate_binary_structure(3, 3),
                            'even': np.ones((2, 3, 2), bool),
                            'asymmetric': noise_mask((3, 3, 3), 0.4, 8)}.items():
        morphology_case(golden, f'3-D {name}', solid, structure=structure)
        morphology_case(golden, f'3-D {name}, 2 iterations, border 1', solid, structure=structure, iterations=2,
                        borderValue=1)
    morphology_case(golden, '3-D mask until stable', solid, ['binaryErosion', 'binaryDilation'],
                    mask=noise_mask(solid.shape, 0.7, 9), iterations=-1)
    morphology_case(golden, '1-D', noise_mask((60,), 0.6, 10), structure=np.array([1, 1, 1], bool))
    morphology_case(golden, 'all true', np.ones((6, 9), bool))
    morphology_case(golden, 'all false', np.zeros((6, 9), bool), borderValue=1)
    morphology_case(golden, 'non-zero uint16 counts as true', picture((14, 15), 'uint16') // 20000)
    morphology_case(golden, 'non-zero float32 counts as true',
                    np.where(flat, np.float32(-0.25), np.float32(0)))
    golden.write()


# ------------------------------------------------------------------ measurements

def spiral(n):
    image = np.zeros((n, n), bool)
    y, x, dy, dx = 0, 0, 0, 1
    low_y, high_y, low_x, high_x = 0, n - 1, 0, n - 1
    while low_y <= high_y and low_x <= high_x:
        image[y, x] = True
        if (dy, dx) == (0, 1) and x == high_x:
            dy, dx, low_y = 1, 0, low_y + 2
        elif (dy, dx) == (1, 0) and y == high_y:
            dy, dx, high_x = 0, -1, high_x - 2
        elif (dy, dx) == (0, -1) and x == low_x:
            dy, dx, high_y = -1, 0, high_y - 2
        elif (dy, dx) == (-1, 0) and y == low_y:
            dy, dx, low_x = 0, 1, low_x + 2
        y, x = y + dy, x + dx
    return image


def comb(height, width):
    image = np.zeros((height, width), bool)
    image[:, ::2] = True
    image[-1] = True
    return image


def checkerboard(*shape):
    return np.indices(shape).sum(0) % 2 == 0


def label():
    golden = Golden('label')

    def case(name, image, structure=None):
        labels, count = nd.label(image, structure)
        golden.add(name, 'label', [image], {'structure': structure}, labels, int(count))

    diagonal = np.eye(3, dtype=bool)
    structures = {
        '4': nd.generate_binary_structure(2, 1), '8': nd.generate_binary_structure(2, 2), 'diagonal': diagonal,
        'anti-diagonal': diagonal[::-1], 'rows': np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], bool),
        'columns': np.array([[0, 1, 0]] * 3, bool), 'x': diagonal | diagonal[::-1],
        'centre only': np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], bool)}
    images = {f'noise {d}': noise_mask((40, 53), d, 11) for d in [0.2, 0.45, 0.6, 0.75]}
    images.update({
        'spiral': spiral(33), 'spiral inverted': ~spiral(33), 'comb': comb(20, 31), 'comb upside down':
        comb(20, 31)[::-1], 'checkerboard': checkerboard(17, 24), 'full': np.ones((9, 14), bool),
        'empty': np.zeros((9, 14), bool), 'one pixel': np.pad([[True]], 6), '1x1': np.ones((1, 1), bool),
        'one row': noise_mask((1, 70), 0.6, 12), 'one column': noise_mask((70, 1), 0.6, 13)})
    for name, image in images.items():
        case(f'{name}, default', image)
        for key in ['8', 'diagonal'] if name[:5] != 'noise' else structures:
            case(f'{name}, {key}', image, structures[key])
    case('0/1 integers as the structure', images['noise 0.45'], np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]))
    case('uint8', noise_mask((12, 15), 0.5, 14).astype(np.uint8) * 7)
    case('int16 with negatives', generator(15).integers(-1, 2, (12, 15)).astype(np.int16))
    case('float32', picture((14, 15), 'float32').clip(0.8) - np.float32(0.8))
    case('1-D', noise_mask((90,), 0.6, 16))
    for density in [0.2, 0.35, 0.5]:
        solid = noise_mask((11, 13, 17), density, 17)
        for connectivity in [1, 2, 3]:
            case(f'3-D noise {density}, connectivity {connectivity}', solid, nd.generate_binary_structure(3, connectivity))
    eye3 = np.zeros((3, 3, 3), bool)
    eye3[[0, 1, 2], [0, 1, 2], [0, 1, 2]] = True
    case('3-D body diagonal', noise_mask((9, 10, 11), 0.5, 18), eye3)
    planes = np.zeros((3, 3, 3), bool)
    planes[1] = nd.generate_binary_structure(2, 1)
    case('3-D, planes apart', noise_mask((6, 14, 15), 0.6, 19), planes)
    case('3-D checkerboard, 18', checkerboard(6, 7, 8), nd.generate_binary_structure(3, 2))
    for connectivity in [1, 4]:
        case(f'4-D, connectivity {connectivity}', noise_mask((4, 5, 6, 7), 0.3, 20),
             nd.generate_binary_structure(4, connectivity))
    golden.write()


def measure_all(golden, name, image, labels=None, index=None):
    """Every measurement of one image, with dask-image's rules for areas and output dtypes."""
    def add(function, output):
        golden.add(f'{function} {name}', function, [image], {'labelImage': labels, 'index': index}, output)

    ones = np.ones(image.shape)
    with warnings.catch_warnings(), np.errstate(all='ignore'):
        warnings.simplefilter('ignore')
        wide = image if image.dtype.kind == 'f' else image.astype(np.float64)
        add('area', np.asarray(nd.sum_labels(ones, labels, index)).astype(np.int64))
        add('sumLabels', np.asarray(nd.sum_labels(wide, labels, index), np.float64))
        add('mean', np.asarray(nd.mean(wide, labels, index), np.float64))
        add('standardDeviation', np.asarray(nd.standard_deviation(wide, labels, index), np.float64))
        add('variance', np.asarray(nd.variance(wide, labels, index), np.float64))
        add('minimum', np.asarray(nd.minimum(image, labels, index)).astype(image.dtype))
        add('maximum', np.asarray(nd.maximum(image, labels, index)).astype(image.dtype))
        add('centerOfMass', np.asarray(nd.center_of_mass(wide, labels, index), np.float64))


def boxes(labels):
    """SciPy's list by label - 1; None for labels that do not occur."""
    return [b and [[s.start, s.stop] for s in b] for b in nd.find_objects(labels)]


def measure():
    golden = Golden('measure')
    for dtype in ['uint8', 'uint16', 'int16', 'int32', 'float32', 'float64']:
        image = picture((24, 31), dtype, 2)
        labels, count = nd.label(picture((24, 31), 'float64', 3) > 1.2)
        measure_all(golden, f'{dtype}, whole image', image)
        measure_all(golden, f'{dtype}, no index', image, labels)
        measure_all(golden, f'{dtype}, all labels', image, labels, np.arange(1, count + 1))
        measure_all(golden, f'{dtype}, scalar index', image, labels, 2)
    image = picture((24, 31), 'float64', 2)
    gaps = np.where(noise_mask((24, 31), 0.1, 21), 0, 1 + picture((24, 31), 'uint8', 4) // 40 * 3).astype(np.int32)
    measure_all(golden, 'absent, repeated and unordered labels', image, gaps, np.array([7, 2, 100, 1, 7, 4]))
    measure_all(golden, 'label 0', image, gaps, np.array([0, 1]))
    measure_all(golden, 'uint16 labels', picture((24, 31), 'uint16', 2), gaps.astype(np.uint16), np.array([1, 4, 7]))
    solid = picture((7, 9, 11), 'uint16', 2)
    labels, count = nd.label(picture((7, 9, 11), 'float64', 5) > 1)
    measure_all(golden, '3-D', solid, labels, np.arange(1, count + 1))
    measure_all(golden, '1-D', picture((40,), 'float32'), (np.arange(40) // 9).astype(np.int32), np.arange(1, 6))
    large = (picture((24, 31), 'float64', 2) * 3e8).astype(np.int32)
    measure_all(golden, 'sums beyond 32 bits', large, gaps, np.array([1, 4, 7]))
    measure_all(golden, 'zero mass', np.zeros((5, 6), np.uint8), np.ones((5, 6), np.int32), np.array([1, 2]))
    spoilt = picture((10, 12), 'float32', 2)
    spoilt[2, 3], spoilt[7, 7] = np.nan, np.inf
    halves = np.repeat([1, 2], 5).astype(np.int32)[:, None] * np.ones((1, 12), np.int32)
    measure_all(golden, 'NaN in one label and Inf in another', spoilt, halves, np.array([1, 2]))

    for name, array in {'2-D': labels[3], '3-D': labels, 'gaps': gaps,
                        'none': np.zeros((4, 5), np.int32), '1-D': np.array([0, 2, 2, 0, 1, 2], np.int32)}.items():
        golden.add(f'findObjects {name}', 'findObjects', [array], {}, value=boxes(array))
    golden.write()


def histogram():
    golden = Golden('histogram')

    def case(name, image, low, high, bins, labels=None, index=None):
        result = nd.histogram(image, low, high, bins, labels, index)
        golden.add(f'histogram {name}', 'histogram', [image],
                   {'min': low, 'max': high, 'bins': bins, 'labelImage': labels, 'index': index},
                   np.stack(result) if isinstance(index, np.ndarray) else np.asarray(result))

    for dtype in ['bool', 'uint8', 'int16', 'uint16', 'int32', 'float32', 'float64']:
        image = picture((24, 31), dtype)
        wide = image.astype(np.uint8) if dtype == 'bool' else image
        low, high = float(wide.min()), float(wide.max())
        case(f'{dtype}, range of the image', wide if dtype == 'bool' else image, low, high, 16)
        if dtype != 'bool':
            case(f'{dtype}, part of the range', image, low + 0.3 * (high - low), low + 0.7 * (high - low), 7)
    case('uint8, a bin for each value', picture((24, 31), 'uint8'), 0, 256, 256)
    case('uint16, a bin for each value', picture((24, 31), 'uint8').astype(np.uint16), 0, 256, 256)
    case('float edges', picture((24, 31), 'float64'), 0.2, 0.8, 3)
    case('values on edges', np.linspace(0, 1, 11), 0, 1, 10)
    case('integers on edges', np.arange(0, 100, 5, dtype=np.int32), 0, 100, 20)
    case('one bin', picture((9, 9), 'uint8'), 0, 255, 1)
    spoilt = picture((10, 12), 'float32', 2)
    spoilt[2, 3], spoilt[7, 7], spoilt[7, 8] = np.nan, np.inf, -np.inf
    case('NaN and Inf', spoilt, -1, 3, 8)
    labels = (picture((24, 31), 'uint8', 4) // 60).astype(np.int32)
    case('labels, no index', picture((24, 31), 'uint16'), 0, 60000, 6, labels)
    case('labels and index', picture((24, 31), 'uint16'), 0, 60000, 6, labels, np.array([1, 3, 2]))

    def otsu(name, image, **args):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            value = threshold_otsu(image, **args)
        golden.add(f'thresholdOtsu {name}', 'thresholdOtsu', [image], args, np.asarray(value, np.float64))

    for dtype in ['uint8', 'int16', 'uint16', 'int32', 'float32', 'float64']:
        image = picture((24, 31), dtype)
        otsu(dtype, image if dtype != 'int32' else image // 1000)
        otsu(f'{dtype} of two levels', np.where(noise_mask((24, 31), 0.3, 2), 90, 20).astype(dtype))
    otsu('float32, 32 bins', picture((24, 31), 'float32'), nbins=32)
    otsu('float64, 64 bins', picture((24, 31), 'float64'), nbins=64)
    otsu('constant', np.full((5, 6), 42, np.uint8))
    otsu('constant float', np.full((5, 6), 0.25, np.float32))
    otsu('two separated peaks tie', np.array([[10, 10, 20, 20]], np.uint8))
    golden.write()


def reduce():
    golden = Golden('reduce')

    def case(name, image, axis=None):
        exact = image.dtype.kind != 'f'
        for function in ['sum', 'min', 'max', 'mean', 'std']:
            run = getattr(np, function)
            if function in ('min', 'max'):
                output = run(image, axis=axis)
            else:
                # The dtype is NumPy's; the value is not left to float32 accumulation.
                dtype = run(image, axis=axis).dtype
                output = run(image, axis=axis) if exact else run(image.astype(np.float64), axis=axis).astype(dtype)
            args = {'axis': list(axis) if isinstance(axis, tuple) else axis}
            golden.add(f'{function} {name}', function, [image], args, output)

    for dtype in ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64']:
        image = picture((5, 8, 9), dtype)
        for axis in [None, 0, (1, 2), -1]:
            case(f'{dtype}, axis {axis}', image, axis)
    case('1-D', picture((33,), 'float64'), 0)
    case('offset far beyond the spread', (np.float64(1e6) + picture((20, 20), 'float64')))
    case('sum beyond 32 bits', np.full((40, 40), 4294967295, np.uint32))
    spoilt = picture((6, 7), 'float64')
    spoilt[2, 3], spoilt[4, 1] = np.nan, np.inf
    with np.errstate(all='ignore'):
        case('NaN and Inf, axis 0', spoilt, 0)
        case('NaN and Inf, whole', spoilt)
    golden.write()


# ------------------------------------------------------------------ arithmetic

ALL = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64']
BINARY = {'add': np.add, 'subtract': np.subtract, 'multiply': np.multiply, 'divide': np.true_divide,
          'floorDivide': np.floor_divide, 'remainder': np.remainder, 'minimum': np.minimum, 'maximum': np.maximum,
          'eq': np.equal, 'ne': np.not_equal, 'lt': np.less, 'le': np.less_equal, 'gt': np.greater,
          'ge': np.greater_equal}
LOGICAL = {'and': np.logical_and, 'or': np.logical_or, 'xor': np.logical_xor}


def samples(dtype, seed):
    """Values that show wrapping, signs and rounding; no zeros in odd seeds, which are divisors."""
    if dtype == 'bool':
        return np.array([1, 0, 1, 1, 0, 1, 1, 0]).astype(bool) if seed % 2 == 0 else np.ones(8, bool)
    if dtype.startswith('float'):
        values = [0.5, -2.25, 3.0, 1e3, -0.1, 7.75, -6.0, 2.0] if seed % 2 else [0.0, 1.5, -3.25, 9.0, 1e4, -7.5, 2.0, 0.3]
        return np.array(values, dtype)
    info = np.iinfo(dtype)
    small = min(info.max, 2 ** 31 - 1)
    values = [3, small, 2, 1, 7, 100, 5, small - 1] if seed % 2 else [0, small, 20, 1, 9, 101, 2, small]
    if info.min < 0:
        values = [-v if i % 3 == 2 else v for i, v in enumerate(values)]
    return np.array(values, dtype)


def arithmetic():
    golden = Golden('arithmetic')
    with np.errstate(all='ignore'):
        for a in ALL:
            for b in ALL:
                x, y = samples(a, 0), samples(b, 1)
                for function in ['add', 'multiply', 'gt', 'minimum']:
                    golden.add(f'{function} {a} {b}', function, [x, y], {}, BINARY[function](x, y))
        for a in ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64']:
            for b in sorted({a, 'uint8', 'int16', 'float32'}):
                x, y = samples(a, 0), samples(b, 1)
                for function, run in {**BINARY, **LOGICAL}.items():
                    if function == 'subtract' and a == b == 'bool':
                        continue  # NumPy refuses
                    golden.add(f'{function} {a} {b}', function, [x, y], {}, run(x, y))
            x = samples(a, 0)
            for scalar in [1, -1, 300, 70000, 0.5, True]:
                for function in ['add', 'multiply', 'divide', 'lt', 'maximum']:
                    golden.add(f'{function} {a} {scalar}', function, [x], {'other': scalar}, BINARY[function](x, scalar))
            golden.add(f'not {a}', 'not', [x], {}, np.logical_not(x))
            golden.add(f'absolute {a}', 'absolute', [x], {}, np.abs(x))
            if a != 'bool':
                golden.add(f'negative {a}', 'negative', [x], {}, np.negative(x))
                golden.add(f'clip {a}', 'clip', [x], {'min': 2, 'max': 90}, np.clip(x, 2, 90))
            y = samples(a, 1)
            golden.add(f'where {a}', 'where', [samples('bool', 0), x, y], {}, np.where(samples('bool', 0), x, y))
        golden.add('where mixed', 'where', [samples('bool', 0), samples('uint16', 0), samples('float32', 0)], {},
                   np.where(samples('bool', 0), samples('uint16', 0), samples('float32', 0)))
        zero, spoilt = np.array([0, 1, -1, 0], 'int32'), np.array([np.nan, np.inf, -np.inf, 0.0])
        golden.add('divide by zero', 'divide', [zero, np.zeros(4, 'int32')], {}, zero / np.zeros(4, 'int32'))
        for function in ['minimum', 'maximum', 'lt', 'ne', 'eq', 'add']:
            golden.add(f'{function} NaN', function, [spoilt, np.zeros(4)], {}, BINARY[function](spoilt, np.zeros(4)))
        # Casts whose result C defines: between integers (wrapping), and from floats in range.
        for a in ALL:
            for b in ALL:
                x = samples(a, 0)
                if a.startswith('float') and not b.startswith('float'):
                    x = np.array([0.0, 1.9, 3.0, 99.99, 100.5, 7.5, 2.0, 0.3], a)
                    if np.dtype(b).kind == 'i':
                        x = x * np.array([1, -1] * 4, a)
                golden.add(f'astype {a} {b}', 'astype', [x], {'dtype': b}, x.astype(b))
    golden.write()


FILES = {f.__name__: f for f in [gaussian, uniform, morphology, label, measure, histogram, reduce, arithmetic]}

if __name__ == '__main__':
    os.makedirs(DIRECTORY, exist_ok=True)
    for chosen in sys.argv[1:] or FILES:
        FILES[chosen]()
