#!/usr/bin/python3
"""The nuclei pipeline from a Zarr (v2) by HTTP with zarr-python and SciPy on two threads: httpPipeline.mjs asks for runs on
standard input, one line each.

    http_scipy.py URL     answers {"seconds": ..., "count": ..., "area": ..., "sum": ..., "threshold": ...} per line read

Chunks are fetched and decoded by two threads; filters run on two halves of the image with a margin, measurements two at a
time (SciPy lets other threads run meanwhile). Labelling has no such parts.
"""
import json
import os
import sys
import threading
import time
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[variable] = '1'

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.ndimage as nd  # noqa: E402
import zarr  # noqa: E402
from numcodecs import blosc  # noqa: E402

from nuclei_scipy import otsu  # noqa: E402

blosc.use_threads = False
pool = ThreadPoolExecutor(2)


class HttpStore(MutableMapping):
    """Keys of a Zarr below a URL, by one kept connection a thread."""

    def __init__(self, url):
        self.url = urlsplit(url)
        self.local = threading.local()

    def __getitem__(self, key):
        if not hasattr(self.local, 'connection'):
            self.local.connection = HTTPConnection(self.url.hostname, self.url.port)
        self.local.connection.request('GET', f'{self.url.path}{key}')
        response = self.local.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise KeyError(key)
        return body

    def __setitem__(self, key, value):
        raise NotImplementedError

    def __delitem__(self, key):
        raise NotImplementedError

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


def read(store):
    array = zarr.Array(zarr.storage.KVStore(store), path='0', read_only=True)
    out = np.empty(array.shape, array.dtype)
    step = array.chunks[0]
    bands = range(0, array.shape[0], step)

    def band(start):
        out[start:start + step] = array[start:start + step]

    list(pool.map(band, bands))
    return out


def halves(function, margin, *images):
    """A filter on the upper and the lower half, each with a margin of the other."""
    height = images[0].shape[0]
    middle = height // 2
    upper = pool.submit(lambda: function(*(x[:middle + margin] for x in images))[:middle])
    lower = pool.submit(lambda: function(*(x[middle - margin:] for x in images))[margin:])
    return np.concatenate([upper.result(), lower.result()])


def pipeline(url):
    start = time.perf_counter()
    image = read(HttpStore(url))
    smooth = halves(lambda x: nd.gaussian_filter(x, 2), 16, image)
    threshold = otsu(smooth)
    mask = halves(lambda x: nd.binary_opening(x > threshold), 2, smooth)
    labels, count = nd.label(mask)
    index = np.arange(1, count + 1)
    tasks = [pool.submit(f, image, labels, index)
             for f in (nd.sum_labels, nd.mean, nd.minimum, nd.maximum, nd.center_of_mass)]
    boxes = pool.submit(nd.find_objects, labels)
    area = np.bincount(labels.ravel())[1:]
    total = tasks[0].result()
    for task in [*tasks, boxes]:
        task.result()
    seconds = time.perf_counter() - start
    return {'seconds': seconds, 'count': int(count), 'threshold': float(threshold), 'area': int(area.sum()),
            'sum': float(total.sum())}


if __name__ == '__main__':
    print(json.dumps({'version': scipy.__version__, 'zarr': zarr.__version__}), flush=True)
    for _ in sys.stdin:
        try:
            print(json.dumps(pipeline(sys.argv[1])), flush=True)
        except Exception as error:  # noqa: BLE001
            print(json.dumps({'error': repr(error)}), flush=True)
