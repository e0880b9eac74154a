#!/usr/bin/python3
"""Writes tests/golden/measurements.json.gz: scipy.ndimage's measurements by label of every dtype. See golden.py.

A label that does not occur has what SciPy gives it; its median, for which SciPy gives that of another label, is NaN, as
dask-image has it. Positions are those that SciPy finds for one label: for lists it takes whichever of several equal values
its sorting leaves in front.
"""
import warnings

import numpy as np
import scipy.ndimage as nd

from golden import Golden, checkerboard, comb, generator, noise_mask, picture, spiral

DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64']
LABEL_DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'uint32', 'int64', 'uint64']


def sample(shape, dtype, seed=2):
    """Values with ties; of 64-bit integers such that float64 does not hold."""
    if dtype in ('int64', 'uint64'):
        values = picture(shape, 'uint16', seed).astype(dtype) // 900
        return values + np.array(2 ** 62 if dtype == 'int64' else 2 ** 63 + 2 ** 62, dtype)
    image = picture(shape, dtype, seed)
    if dtype == 'bool':
        return image
    step = np.ptp(image.astype(np.float64)) / 23
    return (np.round(image / step) * step).astype(dtype) if image.dtype.kind == 'f' else \
        (image // image.dtype.type(max(1, step)) * image.dtype.type(max(1, step)))


def partition(shape, seed=4, dtype=np.int32):
    """Labels 1, 4, 7, ... in many pieces, with background."""
    labels = 1 + picture(shape, 'uint8', seed) // 40 * 3
    return np.where(noise_mask(shape, 0.15, seed), 0, labels).astype(dtype)


def groups(labels, index):
    """The elements of each index entry, and whether SciPy takes them for one group."""
    if labels is None:
        return [slice(None)], (), True
    if index is None:
        return [labels > 0], (), True
    index = np.asarray(index)
    return [labels == i for i in index.ravel()], index.shape, index.ndim == 0


def exact_variance(values):
    values = [int(v) for v in values]
    n, total = len(values), sum(values)
    return (n * sum(v * v for v in values) - total * total) / (n * n) if n else np.nan


def median_of(values, single):
    if values.size == 0:
        return np.nan
    if single:
        return float(np.median(values))
    ordered = np.sort(values)
    low, high = ordered[(values.size - 1) // 2], ordered[values.size // 2]
    return (float(low) + float(high)) / 2


def measure(golden, name, image, labels=None, index=None, functions=None):
    masks, shape, single = groups(labels, index)
    flat = np.arange(image.size).reshape(image.shape)
    whole = image.dtype.kind != 'f'
    out = {}

    def put(function, values, dtype, *more):
        out[function] = np.array(values, dtype).reshape((*shape, *more))

    parts = [image[m].ravel() for m in masks]
    places = [flat[m].ravel() for m in masks]
    put('area', [p.size for p in parts], np.int64)
    put('sumLabels', [float(sum(int(v) for v in p)) if whole else p.astype(np.float64).sum() for p in parts], np.float64)
    put('mean', [sum(int(v) for v in p) / p.size if whole and p.size else p.astype(np.float64).mean() for p in parts],
        np.float64)
    variances = [exact_variance(p) if whole else p.astype(np.float64).var() for p in parts]
    put('variance', variances, np.float64)
    put('standardDeviation', np.sqrt(variances), np.float64)
    least = [p.min() if single else np.nanmin(p) if not whole and not np.isnan(p).all() else p.min()
             for p in parts if p.size]
    most = [p.max() for p in parts if p.size]
    filled = iter(least), iter(most)
    put('minimum', [next(filled[0]) if p.size else 0 for p in parts], image.dtype)
    put('maximum', [next(filled[1]) if p.size else 0 for p in parts], image.dtype)

    def place(values, where, value):
        at = np.isnan(values) if value != value else values == value
        return np.unravel_index(where[at][0], image.shape)

    filled = iter(least), iter(most)
    zeros = (0,) * image.ndim
    put('minimumPosition', [place(p, q, next(filled[0])) if p.size else zeros for p, q in zip(parts, places)], np.int64,
        image.ndim)
    put('maximumPosition', [place(p, q, next(filled[1])) if p.size else zeros for p, q in zip(parts, places)], np.int64,
        image.ndim)
    put('median', [median_of(p, single) for p in parts], np.float64)
    wide = image.astype(np.float64)
    put('centerOfMass', [np.array(nd.center_of_mass(np.where(m, wide, 0) if not isinstance(m, slice) else wide))
                         for m in masks], np.float64, image.ndim)
    check(image, labels, index, out)
    for function, output in out.items():
        if functions is None or function in functions:
            golden.add(f'{function} {name}', function, [image], {'labelImage': labels, 'index': index}, output)


def check(image, labels, index, out):
    """SciPy's own functions agree, where float64 holds the values and the label occurs."""
    if image.dtype.itemsize == 8 and image.dtype.kind != 'f':
        return
    present = out['area'] > 0
    wide = image.astype(np.float64)
    scipy = {'sumLabels': nd.sum_labels, 'mean': nd.mean, 'variance': nd.variance,
             'standardDeviation': nd.standard_deviation, 'minimum': nd.minimum, 'maximum': nd.maximum,
             'median': nd.median}
    nested = index is not None and np.ndim(index) > 1
    lost = index is not None and np.ndim(index) == 0 and not present
    for name, function in scipy.items():
        if lost or nested and name not in ('sumLabels', 'mean'):
            continue
        given = index.item() if isinstance(index, np.ndarray) and index.ndim == 0 else index
        expected = np.asarray(function(wide, labels, given))
        assert np.allclose(expected[present], out[name][present], 1e-9, equal_nan=True), (name, expected, out[name])


def main():
    golden = Golden('measurements')
    shape = (15, 22)
    labels = partition(shape)
    everything = np.array([7, 1, 100, 4, 7, 13])
    for dtype in DTYPES:
        image = sample(shape, dtype)
        measure(golden, f'{dtype}, list', image, labels, everything)
        if dtype in ('uint8', 'float32', 'int64'):
            measure(golden, f'{dtype}, list of lists', image, labels, np.array([[1, 4, 2], [10, 7, 16]]))
            measure(golden, f'{dtype}, scalar', image, labels, np.array(4))
            measure(golden, f'{dtype}, no index', image, labels)
            measure(golden, f'{dtype}, no labels', image)
    measure(golden, 'label 0', sample(shape, 'uint16'), labels, np.array([0, 4]))
    measure(golden, 'absent scalar', sample(shape, 'uint8'), labels, np.array(3))
    for dtype in LABEL_DTYPES:
        own = (labels > 4) if dtype == 'bool' else labels.astype(dtype)
        index = np.array([1]) if dtype == 'bool' else np.array([1, 4, 10, 5])
        measure(golden, f'{dtype} labels', sample(shape, 'int16'), own, index, ['area', 'sumLabels', 'median'])
    for rank, size in {1: (60,), 3: (5, 6, 8), 4: (3, 4, 5, 6), 5: (2, 3, 3, 4, 5)}.items():
        own = partition(size)
        measure(golden, f'{rank}-D', sample(size, 'uint8'), own, np.array([1, 4, 7, 10]))
    spoilt = sample(shape, 'float32')
    spoilt[2, 3], spoilt[7, 7], spoilt[9, 9] = np.nan, np.inf, -np.inf
    halves = (1 + (np.arange(15) > 6)[:, None] * np.ones((1, 22))).astype(np.int32)
    halves[0, :4] = 3
    spoilt[0, :4] = np.nan
    measure(golden, 'NaN and Inf', spoilt, halves, np.array([1, 2, 3]))
    measure(golden, 'NaN and Inf, scalar', spoilt, halves, np.array(1))
    far = 1e9 + generator(5).normal(size=shape)
    measure(golden, 'float64 far from 0', far, labels, everything)
    measure(golden, 'int32 far from 0', (2e9 + 100 * generator(6).normal(size=shape)).astype(np.int32), labels, everything)
    adversarial = {'checkerboard': checkerboard(12, 13), 'spiral': spiral(15), 'comb': comb(11, 14),
                   'one pixel': np.indices((5, 6)).sum(0) == 4, 'full': np.ones((7, 9), bool),
                   'empty': np.zeros((6, 7), bool)}
    for name, mask in adversarial.items():
        own, count = nd.label(mask)
        measure(golden, name, sample(mask.shape, 'uint8', 8), own.astype(np.int32), np.arange(1, count + 2))

    def histogram(name, image, low, high, bins, index):
        result = nd.histogram(image, low, high, bins, labels, index)
        if index is not None and np.ndim(index):
            result = np.stack([np.zeros(bins, np.int64) if r is None else r for r in result])
        elif result is None:
            result = np.zeros(bins, np.int64)
        golden.add(f'histogram {name}', 'histogram', [image],
                   {'min': low, 'max': high, 'bins': bins, 'labelImage': labels, 'index': index}, np.asarray(result))

    for dtype in DTYPES:
        if dtype in ('bool', 'int64', 'uint64'):
            continue
        image = sample(shape, dtype)
        low, high = np.percentile(image.astype(np.float64), [5, 95])
        histogram(f'{dtype}, list', image, float(low), float(high), 9, everything)
    histogram('scalar', sample(shape, 'uint8'), 0, 256, 256, 7)
    histogram('no index', sample(shape, 'uint8'), 0, 100, 10, None)
    golden.write()


if __name__ == '__main__':
    with warnings.catch_warnings(), np.errstate(all='ignore'):
        warnings.simplefilter('ignore')
        main()
