#!/usr/bin/python3
"""Writes tests/golden/interp.json.gz: interpolation by SciPy. Format and helpers: golden.py."""
import warnings

import numpy as np
import scipy.ndimage as nd
from scipy.special import cosdg, sindg

from golden import GRID_MODES, MODES, TRUNCATION, Golden, generator, picture

ALL_MODES = MODES + GRID_MODES
DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64']
SCIPY = {'affineTransform': nd.affine_transform, 'shift': nd.shift, 'zoom': nd.zoom, 'rotate': nd.rotate,
         'mapCoordinates': nd.map_coordinates}
NAMES = {'outputShape': 'output_shape', 'gridMode': 'grid_mode'}


def ambiguous(exact, dtype):
    """Where a result may be off by one: within TRUNCATION of where rounding (booleans: truncation) jumps."""
    if dtype == bool:
        return (np.abs(exact - np.round(exact)) <= TRUNCATION) & (np.round(exact) != 0)
    return np.abs(np.abs(exact) % 1 - 0.5) <= TRUNCATION


def case(golden, name, function, image, first, **options):
    """`first` is the (name, value) of the positional argument."""
    scipy_options = {NAMES.get(key, key): value for key, value in options.items()}
    # dask-image's default.
    scipy_options.setdefault('order', 1 if function == 'affineTransform' else 3)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        output = SCIPY[function](image, first[1], **scipy_options)
        exact = SCIPY[function](image, first[1], output=np.float64, **scipy_options)
    extra = {} if image.dtype.kind == 'f' else {'ambiguous': ambiguous(exact, image.dtype)}
    args = {first[0]: first[1], **options}
    inputs = [image]
    if function == 'mapCoordinates':
        del args['coordinates']
        inputs.append(first[1])
    golden.add(f'{function} {name}', function, inputs, args, output, **extra)


MATRIX = np.array([[0.83, 0.31], [-0.27, 1.12]])
OFFSET = [1.5, -2.25]


def affine(golden):
    image = picture((13, 17), 'float32')
    wide = picture((13, 17), 'float64')
    for mode in ALL_MODES:
        for order in range(6):
            case(golden, f'{mode}, order {order}', 'affineTransform', image, ('matrix', MATRIX), offset=OFFSET,
                 mode=mode, order=order, cval=0.7)
            case(golden, f'scales, {mode}, order {order}', 'affineTransform', wide, ('matrix', np.array([0.7, 1.3])),
                 offset=OFFSET, mode=mode, order=order, cval=0.7)
        case(golden, f'far outside, {mode}', 'affineTransform', wide, ('matrix', np.array([[4.1, 1.3], [-2.2, 7.9]])),
             offset=[-40.3, 25.1], mode=mode, order=3, outputShape=(20, 15))
    homogeneous = np.array([[0.9, 0.1, 0.5], [-0.2, 1.1, 1.25], [0, 0, 1]])
    case(golden, 'n x (n + 1)', 'affineTransform', image, ('matrix', homogeneous[:2]))
    case(golden, '(n + 1) x (n + 1)', 'affineTransform', image, ('matrix', homogeneous))
    case(golden, 'negative scales', 'affineTransform', image, ('matrix', np.array([-1.0, -0.5])), offset=[12, 16])
    case(golden, 'identity', 'affineTransform', image, ('matrix', np.eye(2)), order=3)
    case(golden, 'no prefilter', 'affineTransform', image, ('matrix', MATRIX), order=3, prefilter=False)
    case(golden, 'half pixels', 'affineTransform', image, ('matrix', np.array([[0.5, 0.5], [-0.5, 0.5]])), order=0,
         offset=[0, 6])
    case(golden, 'other shape', 'affineTransform', image, ('matrix', MATRIX), outputShape=(30, 5), mode='mirror')
    for dtype in DTYPES:
        for order in [0, 1, 3]:
            for kind, matrix in {'matrix': MATRIX, 'scales': np.array([0.7, 1.3])}.items():
                cval = {'bool': 1, 'float32': 0.5, 'float64': 0.5}.get(dtype, 60.6)
                case(golden, f'{dtype}, {kind}, order {order}', 'affineTransform', picture((13, 17), dtype),
                     ('matrix', matrix), offset=OFFSET, order=order, cval=cval)
    binary = np.where(picture((13, 17), 'bool'), 255, 0).astype(np.uint8)
    for order in [2, 3, 5]:
        case(golden, f'overshoot saturates, order {order}', 'affineTransform', binary, ('matrix', MATRIX),
             order=order, mode='reflect')
        case(golden, f'overshoot saturates below, order {order}', 'affineTransform', (binary // 2).astype(np.int8) * 2 - 127,
             ('matrix', MATRIX), order=order, mode='nearest')
    case(golden, 'grid-constant casts cval for padding', 'affineTransform', picture((13, 17), 'uint8'),
         ('matrix', MATRIX), order=3, mode='grid-constant', cval=300.7)
    solid = picture((7, 8, 9), 'float32')
    cube = np.array([[0.9, 0.2, -0.1], [0.15, 1.1, 0.3], [-0.2, 0.1, 0.8]])
    for mode in ALL_MODES:
        for order in [0, 1, 3]:
            case(golden, f'3-D, {mode}, order {order}', 'affineTransform', solid, ('matrix', cube),
                 offset=[-1.3, 0.4, 2.1], mode=mode, order=order, cval=0.2)
    case(golden, '3-D uint16', 'affineTransform', picture((7, 8, 9), 'uint16'), ('matrix', cube), mode='mirror')
    hyper = picture((3, 4, 5, 6), 'float32')
    case(golden, '4-D', 'affineTransform', hyper, ('matrix', np.eye(4) * 0.9 + 0.04), mode='nearest')
    case(golden, '4-D, order 3', 'affineTransform', hyper, ('matrix', np.eye(4) * 0.9 + 0.04), mode='mirror', order=3)
    line = picture((23,), 'float64')
    for mode in ALL_MODES:
        case(golden, f'1-D, {mode}', 'affineTransform', line, ('matrix', np.array([[1.7]])), offset=-9.3, mode=mode,
             order=5, cval=2)
    for mode in ALL_MODES:
        for order in [0, 1, 2, 3]:
            case(golden, f'length 1, {mode}, order {order}', 'affineTransform', picture((1, 6), 'float32'),
                 ('matrix', MATRIX), mode=mode, order=order, cval=0.5, outputShape=(4, 9))


def shift(golden):
    image = picture((13, 17), 'float32')
    for mode in ALL_MODES:
        for order in range(6):
            case(golden, f'{mode}, order {order}', 'shift', image, ('shift', [2.3, -4.6]), mode=mode, order=order,
                 cval=0.7)
        case(golden, f'whole elements, {mode}', 'shift', image, ('shift', [3, -20]), mode=mode, order=0)
        case(golden, f'half elements, {mode}', 'shift', picture((13, 17), 'float64'), ('shift', 30.5), mode=mode, order=1)
    for dtype in DTYPES:
        for order in [0, 1, 4]:
            case(golden, f'{dtype}, order {order}', 'shift', picture((13, 17), dtype), ('shift', [0.5, 1.2]), order=order)
    case(golden, '3-D', 'shift', picture((7, 8, 9), 'float32'), ('shift', [0.3, 0, -1.7]), mode='grid-wrap')
    case(golden, '1-D uint8', 'shift', picture((40,), 'uint8'), ('shift', 3.4), order=1, mode='mirror')
    case(golden, '4-D uint8', 'shift', picture((3, 4, 5, 6), 'uint8'), ('shift', 0.4), order=1, mode='reflect')


def zoom(golden):
    image = picture((13, 17), 'float32')
    for mode in ALL_MODES:
        for order in range(6):
            case(golden, f'{mode}, order {order}', 'zoom', image, ('zoom', [1.7, 0.6]), mode=mode, order=order, cval=0.7,
                 gridMode=order % 2 == 0)
    for dtype in DTYPES:
        for order in [0, 1, 3]:
            case(golden, f'{dtype}, order {order}', 'zoom', picture((13, 17), dtype), ('zoom', 2), order=order)
            case(golden, f'{dtype}, grid, order {order}', 'zoom', picture((13, 17), dtype), ('zoom', 0.5), order=order,
                 mode='grid-constant', gridMode=True, cval=1)
    case(golden, 'to one element', 'zoom', image, ('zoom', [0.08, 1]), order=1)
    case(golden, '3-D', 'zoom', picture((7, 8, 9), 'float32'), ('zoom', [1.5, 1, 0.7]), mode='nearest')
    case(golden, '1-D', 'zoom', picture((23,), 'float64'), ('zoom', 3.3), order=2, mode='wrap')


def rotate(golden):
    def same_offset(image, angle, axes=(1, 0), reshape=True, **options):
        """BLAS may round the offset otherwise; where that shows, the case says nothing."""
        axes = sorted(a % image.ndim for a in axes)
        c, s = cosdg(angle), sindg(angle)
        h, w = (image.shape[a] for a in axes)
        shape = nd.rotate(image, angle, axes, reshape, order=0).shape
        y, x = ((shape[a] - 1) / 2 for a in axes)
        offset = [(h - 1) / 2 - (c * y + s * x), (w - 1) / 2 - (-s * y + c * x)]
        plane = np.moveaxis(image, axes, (0, 1)).reshape(h, w, -1)[:, :, 0]
        result = np.moveaxis(nd.rotate(image, angle, axes, reshape, **options), axes, (0, 1))
        result = result.reshape(*(shape[a] for a in axes), -1)[:, :, 0]
        mine = nd.affine_transform(plane, np.array([[c, s], [-s, c]]), offset, result.shape, **options)
        return np.allclose(mine, result, rtol=0, atol=1e-9 if image.dtype == np.float64 else 1e-6)

    def rotation(name, image, angle, **options):
        plain = {key: value for key, value in options.items()}
        if same_offset(image, angle, **plain):
            case(golden, name, 'rotate', image, ('angle', angle), **options)
        else:
            print('skipped: rotate', name)

    image = picture((13, 17), 'float32')
    for angle in [0, 17, 30, 45, 90, 180, 270, 360, -123.4, 725.5]:
        for reshape in [True, False]:
            for order in [0, 1, 3]:
                rotation(f'{angle}, reshape {reshape}, order {order}', image, angle, reshape=reshape, order=order)
    for mode in ALL_MODES:
        for order in [1, 2, 3, 4, 5]:
            rotation(f'{mode}, order {order}', image, 33, mode=mode, order=order, cval=0.3)
    for dtype in DTYPES:
        for order in [0, 1, 3]:
            rotation(f'{dtype}, order {order}', picture((13, 17), dtype), 25, order=order)
    for axes in [(0, 1), (1, 2), (0, 2), (-1, 0)]:
        rotation(f'3-D, axes {axes}', picture((7, 8, 9), 'float32'), 25, axes=axes, mode='nearest')
        rotation(f'3-D uint8, axes {axes}', picture((7, 8, 9), 'uint8'), 25, axes=axes, order=1, reshape=False)
    rotation('4-D', picture((3, 6, 5, 4), 'float32'), 40, axes=(1, 3), order=2, mode='grid-wrap')


def map_coordinates(golden):
    rng = generator(40)
    image = picture((13, 17), 'float32')
    coordinates = rng.uniform([[[-13]], [[-17]]], [[[26]], [[34]]], (2, 9, 11))
    coordinates[:, 0] = np.round(coordinates[:, 0])
    coordinates[:, 1] = np.round(coordinates[:, 1]) + 0.5
    for mode in ALL_MODES:
        for order in range(6):
            case(golden, f'{mode}, order {order}', 'mapCoordinates', image, ('coordinates', coordinates), mode=mode,
                 order=order, cval=0.7)
    for dtype in DTYPES:
        for order in [0, 1, 3]:
            case(golden, f'{dtype}, order {order}', 'mapCoordinates', picture((13, 17), dtype),
                 ('coordinates', coordinates.astype(np.float32)), order=order, mode='mirror')
    case(golden, 'integer coordinates', 'mapCoordinates', image, ('coordinates', rng.integers(0, 12, (2, 20))), order=1)
    case(golden, 'NaN', 'mapCoordinates', image, ('coordinates', np.array([[1, np.nan, 3], [2, 2, np.inf]])), order=1)
    case(golden, '3-D to 1-D', 'mapCoordinates', picture((7, 8, 9), 'uint16'),
         ('coordinates', rng.uniform(-2, 10, (3, 40))), order=1, mode='reflect')


def coefficients(image, order, axis, mode, dtype=np.float64):
    """spline_filter1d over a line long enough: on short ones SciPy's start of `reflect` is off by up to 1e-3."""
    if order < 2 or mode not in ('reflect', 'grid-mirror', 'nearest'):
        return nd.spline_filter1d(image, order, axis, dtype, mode)
    widths = [(80, 80) if a == axis % image.ndim else (0, 0) for a in range(image.ndim)]
    long = nd.spline_filter1d(np.pad(image, widths, mode='symmetric'), order, axis, dtype, 'mirror')
    return long.take(np.arange(80, 80 + image.shape[axis]), axis)


def spline(golden):
    for dtype in ['uint8', 'int16', 'float32', 'float64']:
        for order in [2, 3, 4, 5]:
            image = picture((13, 17), dtype)
            golden.add(f'splineFilter {dtype}, order {order}', 'splineFilter', [image], {'order': order},
                       nd.spline_filter(image, order))
    for mode in ALL_MODES:
        for order in range(6):
            image = picture((13, 17), 'float32')
            golden.add(f'splineFilter1d {mode}, order {order}', 'splineFilter1d', [image],
                       {'order': order, 'axis': order % 2 - 1, 'mode': mode, 'output': 'float32'},
                       coefficients(image, order, order % 2 - 1, mode, np.float32))
            golden.add(f'splineFilter {mode}, order {order}', 'splineFilter1d', [image],
                       {'order': order, 'axis': 0, 'mode': mode}, coefficients(image, order, 0, mode))
    for order in [3, 5]:
        for shape in [(1, 5), (2, 3), (4, 5, 6)]:
            image = picture((13, 17), 'float64')[:shape[0], :shape[1]] if len(shape) == 2 else picture(shape, 'float64')
            result = image
            for axis in range(image.ndim):
                result = coefficients(result, order, axis, 'reflect')
            golden.add(f'splineFilter {shape}, order {order}', 'splineFilter', [image],
                       {'order': order, 'mode': 'reflect'}, result)
            golden.add(f'splineFilter {shape}, mirror, order {order}', 'splineFilter', [image], {'order': order},
                       nd.spline_filter(image, order))


if __name__ == '__main__':
    golden = Golden('interp')
    for part in [affine, shift, zoom, rotate, map_coordinates, spline]:
        part(golden)
    golden.write()
