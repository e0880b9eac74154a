#!/usr/bin/python3
"""The nuclei pipeline in SciPy, one core: bench/nuclei.mjs asks for runs on standard input, one line each.

    nuclei_scipy.py IMAGE.npy     answers {"seconds": ..., "stages": {...}, "count": ..., "sum": ...} per line read
"""
import json
import os
import sys
import time

for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[variable] = '1'

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.ndimage as nd  # noqa: E402


def otsu(image):
    """skimage.filters.threshold_otsu of an integer image, by bincount."""
    counts = np.bincount(image.ravel())
    first = np.flatnonzero(counts)[0]
    counts = counts[first:].astype(np.float64)
    centers = np.arange(first, first + counts.size)
    weight1, weight2 = np.cumsum(counts), np.cumsum(counts[::-1])[::-1]
    mean1 = np.cumsum(counts * centers) / weight1
    mean2 = (np.cumsum((counts * centers)[::-1]) / weight2[::-1])[::-1]
    return centers[np.argmax(weight1[:-1] * weight2[1:] * (mean1[:-1] - mean2[1:]) ** 2)]


def pipeline(image):
    stages = {}
    start = last = time.perf_counter()

    def done(stage):
        nonlocal last
        now = time.perf_counter()
        stages[stage] = now - last
        last = now

    smooth = nd.gaussian_filter(image, 2)
    done('gaussian')
    threshold = otsu(smooth)
    done('otsu')
    mask = nd.binary_opening(smooth > threshold)
    done('threshold + opening')
    labels, count = nd.label(mask)
    done('label')
    index = np.arange(1, count + 1)
    total = nd.sum_labels(image, labels, index)
    nd.mean(image, labels, index)
    nd.minimum(image, labels, index)
    nd.maximum(image, labels, index)
    nd.center_of_mass(image, labels, index)
    nd.find_objects(labels)
    area = np.bincount(labels.ravel())[1:]
    done('table')
    seconds = time.perf_counter() - start
    return {'seconds': seconds, 'stages': stages, 'count': int(count), 'threshold': float(threshold),
            'area': int(area.sum()), 'sum': float(total.sum())}


if __name__ == '__main__':
    data = np.load(sys.argv[1])
    print(json.dumps({'version': scipy.__version__}), flush=True)
    for _ in sys.stdin:
        print(json.dumps(pipeline(data)), flush=True)
