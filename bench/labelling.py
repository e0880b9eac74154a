#!/usr/bin/python3
"""Other sides of bench/labelling.mjs: labelling.py scipy|dask RAW SIDE labels the mask of SIDE x SIDE bytes in a file.

Prints {"seconds", "peakMiB", "objects", "area"}. scipy: labels and their table of the whole array, one core. dask: labels
the way dask-image does, from its description: blocks labelled on their own, faces labelled two pixels deep, the pairs that
these find joined as a graph, blocks renamed; no table.
"""
import json
import os
import resource
import sys
import time

for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[variable] = '1'

import numpy as np  # noqa: E402
import scipy.ndimage as nd  # noqa: E402

SQUARE = np.ones((3, 3))


def scipy_side(path, side):
    mask = np.fromfile(path, np.uint8).reshape(side, side)
    start = time.perf_counter()
    labels, count = nd.label(mask, SQUARE)
    area = np.bincount(labels.ravel())[1:]
    nd.find_objects(labels)
    nd.center_of_mass(mask, labels, np.arange(1, count + 1))
    return time.perf_counter() - start, count, int(area.sum())


def dask_side(path, side, chunk=1024):
    import dask
    import dask.array as da
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    mask = da.from_array(np.memmap(path, np.uint8, 'r', shape=(side, side)), chunk)
    start = time.perf_counter()
    label_block = dask.delayed(lambda block: nd.label(block, SQUARE, output=np.int32), nout=2)
    total, blocks = dask.delayed(0), np.empty(mask.numblocks, object)
    for index in np.ndindex(*mask.numblocks):
        block = mask.blocks[index]
        labels, count = label_block(block.to_delayed()[0, 0])
        labels = dask.delayed(lambda labels, first: np.where(labels > 0, labels + first, 0))(labels, total)
        blocks[index] = da.from_delayed(labels, block.shape, np.int32)
        total = total + count
    labels = da.block(blocks.tolist())

    @dask.delayed
    def pairs(slab):
        joined, _ = nd.label(slab, SQUARE)
        both = np.unique(np.stack([joined[slab > 0], slab[slab > 0]]), axis=1)
        same = both[0, 1:] == both[0, :-1]
        return np.stack([both[1, :-1][same], both[1, 1:][same]])

    edges = range(chunk, side, chunk)
    slabs = [labels[e - 1:e + 1, i:i + chunk] for e in edges for i in range(0, side, chunk)]
    slabs += [labels[i:i + chunk, e - 1:e + 1] for e in edges for i in range(0, side, chunk)]
    slabs += [labels[a - 1:a + 1, b - 1:b + 1] for a in edges for b in edges]

    @dask.delayed
    def names(found, count):
        i, j = np.concatenate(found, axis=1) if found else np.empty((2, 0), np.int32)
        graph = coo_matrix((np.ones(len(i), bool), (i, j)), shape=(count + 1, count + 1)).tocsr()
        return connected_components(graph, directed=False)[1].astype(np.int32)

    table = names([pairs(slab) for slab in slabs], total)
    result = da.map_blocks(lambda block, table: np.take(table, block), labels, table=table, dtype=np.int32, meta=np.empty((0, 0), np.int32))
    # The labels are made, not kept, as where they are written block by block.
    count, area = dask.compute(result.max(), (result > 0).sum())
    return time.perf_counter() - start, int(count), int(area)


if __name__ == '__main__':
    name, path, side = sys.argv[1:]
    seconds, objects, area = {'scipy': scipy_side, 'dask': dask_side}[name](path, int(side))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({'seconds': seconds, 'peakMiB': peak, 'objects': objects, 'area': area}))
