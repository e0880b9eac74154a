#!/usr/bin/python3
"""SciPy's side of bench/rows.mjs, one core. A line of JSON asks, a line answers; the first one is a greeting.

    {"load": {"name", "file", "dtype", "shape"}}    an array for the requests to come
    {"run": "expression", "x": name, "c": name}     evaluates it; {"seconds": ..., "cpu": ...}; the result is kept
    {"compare": {"file", "dtype", "shape"}}         holds a result of Tilewise against it: {"difference": ..., "fault": ...}
"""
import json
import os
import sys
import time

for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[variable] = '1'

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.fft as fft  # noqa: E402
import scipy.ndimage as nd  # noqa: E402

TOLERANCE = {'float32': 1e-5, 'float64': 1e-10}
#: Share of integers that may be off by one: SciPy's float64 value lies within 1e-4 of a whole number that often.
AMBIGUOUS = 1e-3


def turn(x):
    """Matrix and offset of functionTable.mjs."""
    sin, cos = np.sin(np.pi / 9), np.cos(np.pi / 9)
    matrix = np.eye(x.ndim)
    matrix[-2:, -2:] = [[cos, sin], [-sin, cos]]
    centre = (np.array(x.shape) - 1) / 2
    return matrix, centre - matrix @ centre


def labelTable(mask):
    """Labels (8-connected) after measuring what OpenCV's statistics have."""
    labels, count = nd.label(mask, np.ones((3, 3)))
    np.bincount(labels.ravel())
    nd.find_objects(labels)
    nd.center_of_mass(mask, labels, np.arange(1, count + 1))
    return labels.astype(np.uint32)


def extent(array):
    return float(array.max()) - float(array.min())


def slabs(*arrays):
    arrays = [np.atleast_1d(a) for a in arrays]
    for start in range(0, arrays[0].shape[0], 64):
        yield tuple(a[start:start + 64] for a in arrays)


def compare(actual, expected, x):
    """The largest difference (relative, of floats), and what breaks the precision contract."""
    if actual.shape != expected.shape:
        return 0, f'shape {actual.shape}, not {expected.shape}'
    if actual.dtype != expected.dtype:
        return 0, f'dtype {actual.dtype}, not {expected.dtype}'
    if expected.dtype.kind == 'c':
        part = expected.real.dtype
        return compare(actual.view(part), np.ascontiguousarray(expected).view(part), x)
    if expected.dtype.kind == 'f':
        # Of results that cancel, the range of what was summed counts.
        unit = max(extent(expected), extent(x)) or 1
        most = max(float(np.max(np.abs(a.astype(np.float64) - e))) for a, e in slabs(actual, expected)) / unit
        allowed = TOLERANCE[expected.dtype.name]
        return most, None if most <= allowed else f'{most:.1e} of the range, more than {allowed}'
    most, count = 0, 0
    for a, e in slabs(actual, expected):
        difference = np.abs(a.astype(np.int64) - e.astype(np.int64))
        most = max(most, int(difference.max()))
        count += int(np.count_nonzero(difference))
    exact = expected.dtype == bool
    if count and (exact or most > 1 or count > AMBIGUOUS * expected.size):
        return most, f'{count} of {expected.size} values differ, by up to {most}'
    return most, None


def main():
    arrays = {}
    result, last = None, None

    def read(description):
        return np.fromfile(description['file'], description['dtype']).reshape(description['shape'])

    def reply(request):
        nonlocal result, last
        if 'load' in request:
            arrays[request['load']['name']] = read(request['load'])
            return {}
        if 'compare' in request:
            difference, fault = compare(read(request['compare']), np.asarray(result), last)
            return {'difference': difference, 'fault': fault}
        last = arrays[request['x']]
        names = {'nd': nd, 'fft': fft, 'np': np, 'turn': turn, 'labelTable': labelTable, 'x': last, 'c': arrays.get(request.get('c'))}
        code = compile(request['run'], 'functionTable.mjs', 'eval')
        result = None
        start, used = time.perf_counter(), time.process_time()
        result = eval(code, names)
        return {'seconds': time.perf_counter() - start, 'cpu': time.process_time() - used}

    print(json.dumps({'version': scipy.__version__}), flush=True)
    for line in sys.stdin:
        try:
            answer = reply(json.loads(line))
        except Exception as error:  # the asking side decides
            answer = {'error': repr(error)}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
