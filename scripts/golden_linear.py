#!/usr/bin/python3
"""Writes tests/golden/linear.json.gz: n-D correlations, filters composed of 1-D passes, and local thresholds.

Run with Debian's python3: `/usr/bin/python3 scripts/golden_linear.py`. The format is that of golden.py.
"""
import numpy as np
import scipy.ndimage as nd

from golden import GRID_MODES, MODES, TRUNCATION, Golden, gaussian_passes, generator, per_axis, picture, separable

DTYPES = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64', 'float32', 'float64', 'bool']
MAIN = ['uint8', 'int16', 'uint16', 'int32', 'float32', 'float64', 'bool']


def image_of(shape, dtype):
    return picture(shape, dtype) if not dtype.endswith('64') or dtype[0] == 'f' else picture(
        shape, dtype.replace('64', '32')).astype(dtype)


def quiet(shape, dtype):
    """Values whose squared differences fit their type: beyond it, C leaves the result undefined."""
    image = picture(shape, dtype)
    if dtype in ('int32', 'uint32'):
        return (image.astype('f8') / 1e6 * 7000).astype(dtype) if dtype == 'int32' else image // 400000
    return image


def normal(output):
    """SciPy leaves other bytes than 0 and 1 in boolean arrays."""
    return output.view('uint8') != 0 if output.dtype == bool else output


def near_jump(exact):
    nearest = np.where(np.abs(exact) < 0.5, np.sign(exact), np.round(exact))
    nearest[nearest == 0] = 1
    return np.abs(exact - nearest) <= TRUNCATION


def correlate_case(golden, name, image, weights, functions=('correlate', 'convolve'), **options):
    weights = np.asarray(weights, 'float64')
    for function in functions:
        output = normal(getattr(nd, function)(image, weights, **options))
        extra = {}
        if image.dtype.kind != 'f' and not np.array_equal(weights, np.round(weights)):
            extra['ambiguous'] = near_jump(getattr(nd, function)(image, weights, output='float64', **options))
        golden.add(f'{function} {name}', function, [image], {'weights': weights, **options}, output, **extra)


def composed_case(golden, name, function, scipy_function, image, **options):
    golden.add(f'{function} {name}', function, [image], options, normal(scipy_function(image, **options)))


def gaussian_composed_case(golden, name, function, image, sigma, **options):
    order, scipy_function = {'gaussianLaplace': (2, nd.gaussian_laplace),
                             'gaussianGradientMagnitude': (1, nd.gaussian_gradient_magnitude)}[function]
    output = normal(scipy_function(image, sigma, **options))
    extra = {}
    if image.dtype.kind in 'iu':
        ambiguous = np.zeros(image.shape, bool)
        modes = per_axis(options.get('mode', 'reflect'), image.ndim)
        for axis in range(image.ndim):
            orders = [order if i == axis else 0 for i in range(image.ndim)]
            passes = gaussian_passes(image, sigma, orders, modes[axis], options.get('cval', 0.0),
                                     options.get('truncate', 4.0))
            ambiguous |= separable(image, passes)[2]
        extra = {'ambiguous': ambiguous}
    golden.add(f'{function} {name}', function, [image], {'sigma': sigma, **options}, output, **extra)


def threshold_case(golden, name, image, block_size, method, offset=0, param=None, mode='reflect', cval=0.0):
    """dask-image's definition; np.mean over the footprint is a uniform filter."""
    x = image.astype('float64')
    if method == 'gaussian':
        sigma = param if param is not None else (np.asarray(block_size, 'f8') - 1) / 6
        output = nd.gaussian_filter(x, sigma, mode=mode, cval=cval)
    elif method == 'mean':
        output = nd.generic_filter(x, np.mean, block_size, mode=mode, cval=cval)
    else:
        output = nd.median_filter(x, block_size, mode=mode, cval=cval)
    args = {'blockSize': block_size, 'method': method, 'offset': offset, 'param': param, 'mode': mode, 'cval': cval}
    golden.add(f'thresholdLocal {name}', 'thresholdLocal', [image], args, output - offset)


def weights_of(shape, seed=0):
    return generator(7, seed, *shape).normal(size=shape)


def correlations(golden):
    flat, solid = (17, 22), (7, 9, 8)
    disc = np.hypot(*np.mgrid[-2:3, -2:3]) < 2.4
    gauss = np.exp(-np.arange(-3, 4) ** 2 / 3.0)
    gauss /= gauss.sum()
    for dtype in DTYPES:
        image = image_of(flat, dtype)
        correlate_case(golden, f'{dtype} 3x3', image, weights_of((3, 3)))
        correlate_case(golden, f'{dtype} even sides', image, weights_of((4, 2)) / 3, mode='mirror')
        correlate_case(golden, f'{dtype} integers', image, [[0, 1, 0], [1, -4, 1], [0, 1, 0]])
        correlate_case(golden, f'{dtype} disc', image, disc / disc.sum(), ['correlate'])
        correlate_case(golden, f'{dtype} separable', image, np.outer(gauss, gauss * 1.3), ['correlate'])
        correlate_case(golden, f'{dtype} 1-D', image_of((50,), dtype), weights_of((6,)), origin=-2)
        correlate_case(golden, f'{dtype} 3-D', image_of(solid, dtype), weights_of((3, 2, 5)) / 4)
    for dtype in ['uint8', 'int16', 'float32', 'float64']:
        correlate_case(golden, f'{dtype} 4-D', image_of((4, 3, 6, 5), dtype), weights_of((2, 3, 2, 3)) / 5)
        correlate_case(golden, f'{dtype} 4-D, two axes', image_of((4, 3, 6, 5), dtype), weights_of((1, 3, 1, 3)) / 5)
        correlate_case(golden, f'{dtype} planes', image_of((3, 8, 9, 3), dtype), weights_of((1, 3, 3, 1)) / 5)
        correlate_case(golden, f'{dtype} beyond the array', image_of((5, 4), dtype), weights_of((13, 11)) / 60,
                       mode='reflect')
        correlate_case(golden, f'{dtype} one tap', image_of(flat, dtype), [[1.5]])
    for dtype in ['float32', 'float64']:
        correlate_case(golden, f'{dtype} 5-D', image_of((2, 3, 4, 4, 3), dtype), weights_of((1, 2, 3, 3, 1)))
    for mode in MODES + GRID_MODES:
        cvals = [17.0, -3.25] if 'constant' in mode else [0.0]
        for cval in cvals:
            for dtype in ['uint8', 'int16', 'float32', 'float64', 'bool']:
                image = image_of((6, 9), dtype)
                correlate_case(golden, f'{mode} {cval} {dtype}', image, weights_of((5, 4)) / 5, mode=mode, cval=cval,
                               origin=[1, -1])
                separable_weights = np.outer([1, 2, 3, 1, -2, 4, 1, 2], gauss)
                correlate_case(golden, f'{mode} {cval} {dtype} separable', image, separable_weights, mode=mode,
                               cval=cval, origin=[-2, 1])
    for origin in [[0, 0], [-1, 2], [1, -2], [-2, -2], [0, 1]]:
        for dtype in ['uint16', 'float32']:
            correlate_case(golden, f'origin {origin} {dtype}', image_of((9, 11), dtype), weights_of((4, 5)) / 3,
                           origin=origin, mode='wrap')
    spoilt = picture((8, 9), 'float32')
    spoilt[3, 4], spoilt[6, 2] = np.nan, np.inf
    correlate_case(golden, 'NaN', spoilt, np.outer([1, 0, -1], [1, 2, 1]))
    correlate_case(golden, 'negligible weights', spoilt.astype('float64'), [[1e-17, 1, 0], [2, 1e-16, 3], [0, 1, 1]])


def derivatives(golden):
    flat, solid = (15, 18), (6, 7, 9)
    for dtype in MAIN + ['int8', 'uint32']:
        for shape in [(23,), flat, solid]:
            image = image_of(shape, dtype)
            rank = len(shape)
            composed_case(golden, f'{dtype} {rank}-D', 'laplace', nd.laplace, image)
            composed_case(golden, f'{dtype} {rank}-D', 'prewitt', nd.prewitt, image)
            for axis in range(rank):
                composed_case(golden, f'{dtype} {rank}-D axis {axis}', 'sobel', nd.sobel, image, axis=axis)
    for mode in MODES + GRID_MODES + [['wrap', 'nearest'], ['constant', 'mirror']]:
        cval = 11.0 if 'constant' in mode else 0.0
        for dtype in ['uint8', 'float32', 'bool']:
            image = image_of((7, 8), dtype)
            for function, scipy_function in [('laplace', nd.laplace), ('sobel', nd.sobel), ('prewitt', nd.prewitt)]:
                composed_case(golden, f'{dtype} {mode}', function, scipy_function, image, mode=mode, cval=cval)
    for function in ['gaussianLaplace', 'gaussianGradientMagnitude']:
        for dtype in MAIN + ['int8', 'uint32']:
            for shape in [(31,), flat, solid]:
                gaussian_composed_case(golden, f'{dtype} {len(shape)}-D', function, quiet(shape, dtype), 1.3)
        for dtype in ['uint8', 'uint16', 'float32', 'float64']:
            image = quiet((12, 14), dtype)
            gaussian_composed_case(golden, f'{dtype} sigmas', function, image, [2, 0.7], truncate=3.0)
            gaussian_composed_case(golden, f'{dtype} an axis left out', function, image, [0, 1.5])
            for mode in MODES + GRID_MODES + [['wrap', 'nearest']]:
                gaussian_composed_case(golden, f'{dtype} {mode}', function, image, 1, mode=mode, cval=5.0)


def thresholds(golden):
    for dtype in ['uint8', 'uint16', 'int32', 'float32', 'float64', 'bool']:
        image = image_of((16, 19), dtype)
        for method in ['gaussian', 'mean', 'median']:
            threshold_case(golden, f'{dtype} {method}', image, 7, method)
            threshold_case(golden, f'{dtype} {method} per axis', image, [5, 4], method, offset=2.5)
    for method in ['gaussian', 'mean', 'median']:
        for mode in MODES:
            threshold_case(golden, f'{mode} {method}', image_of((9, 8), 'float32'), 5, method, mode=mode, cval=0.5)
        threshold_case(golden, f'3-D {method}', image_of((5, 8, 9), 'uint8'), [1, 5, 3], method)
    threshold_case(golden, 'param', image_of((12, 14), 'uint8'), 5, 'gaussian', param=2.2)
    threshold_case(golden, 'param per axis', image_of((12, 14), 'uint8'), 5, 'gaussian', param=[2.2, 0.8])


if __name__ == '__main__':
    linear = Golden('linear')
    correlations(linear)
    derivatives(linear)
    thresholds(linear)
    linear.write()
