#!/usr/bin/python3
"""Writes tests/golden/labelling.json.gz: labels over wrapped axes and chunks, and what scikit-image makes of labels.

Run as scripts/golden.py, of which this is a part.
"""
import itertools

import numpy as np
import scipy.ndimage as nd
from golden import Golden, checkerboard, comb, generator, noise_mask, spiral
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from skimage.measure import label
from skimage.morphology import remove_small_objects
from skimage.segmentation import clear_border, expand_labels, relabel_sequential


def united(labels, pairs):
    """Labels that `pairs` make one, numbered by first pixel."""
    count = labels.max() + 1
    a, b = np.concatenate(pairs or [np.empty((2, 0), int)], 1)
    _, component = connected_components(coo_matrix((np.ones(a.size), (a, b)), (count, count)), directed=False)
    values = np.where(labels > 0, component[labels] + 1, 0)
    present, first = np.unique(values[values > 0], return_index=True)
    numbers = np.zeros(values.max() + 1, np.int64)
    numbers[present[np.argsort(first)]] = np.arange(1, present.size + 1)
    return numbers[values]


def touching(labels, structure, axes):
    """Pairs of labels that touch, axes in `axes` being closed to rings."""
    pairs = []
    padded = labels
    for axis in range(labels.ndim):
        width = [(1, 1) if i == axis else (0, 0) for i in range(labels.ndim)]
        padded = np.pad(padded, width, mode='wrap' if axis in axes else 'constant')
    for offset in np.argwhere(structure) - 1:
        other = padded[tuple(slice(1 + o, 1 + o + n) for o, n in zip(offset, labels.shape))]
        both = (labels > 0) & (other > 0)
        pairs.append(np.stack([labels[both], other[both]]))
    return pairs


def label_wrapped(image, structure, axes):
    labels, _ = nd.label(image, structure)
    return united(labels, touching(labels, structure, axes))


def add_wrapped(golden):
    eye = np.eye(3, dtype=bool)
    structures = {'4': nd.generate_binary_structure(2, 1), '8': nd.generate_binary_structure(2, 2), 'diagonal': eye}
    images = {'noise': noise_mask((19, 23), 0.45, 1), 'spiral': spiral(17), 'comb': comb(12, 17),
              'checkerboard': checkerboard(8, 11), 'corners': np.pad(np.zeros((7, 9), bool), 1, constant_values=True)}
    images['corners'][1:-1, [0, -1]] = images['corners'][[0, -1], 1:-1] = False
    for (name, image), (key, structure), axes in itertools.product(
            images.items(), structures.items(), [[0], [1], [0, 1]]):
        if name != 'noise' and (key == 'diagonal' or axes == [0]):
            continue
        labels = label_wrapped(image, structure, axes)
        golden.add(f'{name}, {key}, wrapped {axes}', 'label', [image], {'structure': structure, 'wrapAxes': axes},
                   labels, int(labels.max()))
    solid = noise_mask((6, 7, 8), 0.3, 2)
    for connectivity, axes in [(1, [0, 2]), (3, [1]), (2, [0, 1, 2])]:
        structure = nd.generate_binary_structure(3, connectivity)
        labels = label_wrapped(solid, structure, axes)
        golden.add(f'3-D, {connectivity}, wrapped {axes}', 'label', [solid], {'structure': structure, 'wrapAxes': axes},
                   labels, int(labels.max()))


def snake(*shape):
    """One line through all of the array, its windings a pixel apart: it crosses every face of every chunk."""
    image = np.zeros(shape, bool)
    image[tuple(slice(None, None, 2) for _ in shape[:-1])] = True
    for axis in range(len(shape) - 1):
        # Links between neighbouring lines along this axis, at alternating ends of the last one.
        for i in range(1, shape[axis] - 1, 2):
            at = [0] * len(shape)
            at[axis] = i
            at[-1] = -1 if (i // 2) % 2 == 0 else 0
            image[tuple(at)] = True
    return image


def add_labels(golden):
    """Images that are hard in chunks, and more axes than four."""
    images = {'snake': snake(15, 21), 'snake 3-D': snake(7, 9, 11),
              'tunnels': ~snake(8, 9, 10), 'diagonal walls': np.add.outer(np.arange(14), np.arange(17)) % 4 == 0,
              '5-D noise': noise_mask((2, 3, 3, 5, 4), 0.3, 3), '6-D noise': noise_mask((2, 3, 2, 3, 3, 4), 0.3, 4)}
    for name, image in images.items():
        for connectivity in [1] if image.ndim == 6 else [1, image.ndim]:
            structure = nd.generate_binary_structure(image.ndim, connectivity)
            labels, count = nd.label(image, structure)
            golden.add(f'{name}, connectivity {connectivity}', 'label', [image], {'structure': structure}, labels, count)
    skew = np.zeros((3,) * 5, bool)
    skew[1, 1, 1, 1, 1] = skew[0, 1, 2, 1, 0] = skew[2, 1, 0, 1, 2] = True
    labels, count = nd.label(images['5-D noise'], skew)
    golden.add('5-D noise, skew', 'label', [images['5-D noise']], {'structure': skew}, labels, count)


def levels(shape, count, seed, dtype='uint8'):
    """Patches of a few values."""
    smooth = nd.gaussian_filter(generator(seed, *shape).normal(size=shape), 1)
    order = np.argsort(np.argsort(smooth.ravel())).reshape(shape)
    return (order * count // smooth.size).astype(dtype)


def add_equal(golden):
    def case(name, image, connectivity=None, background=0):
        labels = label(image, background=background, connectivity=connectivity)
        structure = connectivity and nd.generate_binary_structure(image.ndim, connectivity)
        golden.add(f'equal regions, {name}', 'labelEqualRegions', [image],
                   {'structure': structure, 'background': background if background else None}, labels, int(labels.max()))

    for dtype in ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64']:
        case(dtype, levels((17, 22), 5, 5, dtype))
    for connectivity in [1, 2]:
        case(f'connectivity {connectivity}', levels((19, 23), 6, 6), connectivity)
        case(f'noise, connectivity {connectivity}', generator(7).integers(0, 3, (18, 21)).astype(np.uint8), connectivity)
        case(f'background 2, connectivity {connectivity}', levels((13, 15), 4, 8), connectivity, 2)
    case('negative values', levels((12, 15), 5, 9, 'int16') - np.int16(2), 1, -1)
    case('large values', levels((12, 15), 4, 10, 'int64') * 2 ** 40, 2)
    case('constant', np.full((7, 9), 3, np.uint8))
    case('all background', np.zeros((7, 9), np.uint8))
    case('checkerboard of values', (checkerboard(9, 11) + 1).astype(np.uint8), 1)
    case('bool', noise_mask((15, 16), 0.5, 11))
    for connectivity in [1, 2, 3]:
        case(f'3-D, connectivity {connectivity}', levels((6, 7, 9), 4, 12), connectivity)
    case('1-D', levels((60,), 4, 13))
    # scikit-image stops at three axes: one value after the other.
    image, labels = levels((3, 4, 5, 6), 3, 14), np.zeros((3, 4, 5, 6), np.int64)
    for value in [1, 2]:
        own, _ = nd.label(image == value)
        labels += np.where(own > 0, own + labels.max(), 0)
    labels = united(labels, [])
    golden.add('equal regions, 4-D', 'labelEqualRegions', [image],
               {'structure': nd.generate_binary_structure(4, 1)}, labels, int(labels.max()))
    spirals = spiral(17) + 2 * np.roll(spiral(17), 1, 1).astype(np.uint8)
    case('spirals beside each other', spirals.astype(np.uint8), 1)


def label_image(shape, dtype='int32', seed=20):
    """Objects under numbers with gaps."""
    labels, count = nd.label(levels(shape, 3, seed) == 2)
    return np.concatenate([[0], generator(seed).permutation(5 * count)[:count] + 1])[labels].astype(dtype)


def add_edits(golden):
    for dtype in ['uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64']:
        labels = label_image((21, 26), dtype)
        for offset in [1, 7]:
            out, forward, _ = relabel_sequential(labels, offset)
            pairs = [[int(k), int(v)] for k, v in zip(forward.in_values, forward.out_values) if k != 0]
            golden.add(f'{dtype}, offset {offset}', 'relabelSequential', [labels], {'offset': offset}, out.astype(np.uint32), pairs)
        golden.add(f'small objects {dtype}', 'removeSmallObjects', [labels], {'minSize': 6}, remove_small_objects(labels, 6))
        golden.add(f'border {dtype}', 'clearBorder', [labels], {}, clear_border(labels))
        golden.add(f'expand {dtype}', 'expandLabels', [labels], {'distance': 2}, expand_labels(labels, 2))
    labels = label_image((21, 26))
    golden.add('sequential, no background', 'relabelSequential', [labels + 3], {},
               relabel_sequential(labels + 3)[0].astype(np.uint32),
               [[int(k), i + 1] for i, k in enumerate(np.unique(labels + 3))])
    mask, solid = noise_mask((20, 23), 0.5, 21), noise_mask((6, 8, 9), 0.3, 22)
    for size in [0, 1, 4, 64]:
        golden.add(f'small objects of a mask, {size}', 'removeSmallObjects', [mask], {'minSize': size},
                   remove_small_objects(mask, size))
    golden.add('small objects, connectivity 2', 'removeSmallObjects', [mask], {'minSize': 4, 'connectivity': 2},
               remove_small_objects(mask, 4, connectivity=2))
    golden.add('small objects, 3-D', 'removeSmallObjects', [solid], {'minSize': 5, 'connectivity': 3},
               remove_small_objects(solid, 5, connectivity=3))
    for size in [0, 1, 3]:
        golden.add(f'border of a mask, {size}', 'clearBorder', [mask], {'bufferSize': size}, clear_border(mask, size))
    golden.add('border, 3-D', 'clearBorder', [solid], {'bufferSize': 1}, clear_border(solid, 1))
    parts = levels((15, 18), 4, 23)
    golden.add('border, labels in several parts', 'clearBorder', [parts], {}, clear_border(parts))

    seeds = np.where(noise_mask((23, 27), 0.03, 24), generator(25).integers(1, 200, (23, 27)), 0).astype(np.uint16)
    for distance in [0, 0.5, 1, 1.5, 3, 4.3, 10]:
        golden.add(f'expand {distance}', 'expandLabels', [seeds], {'distance': distance}, expand_labels(seeds, distance))
    lattice = np.zeros((13, 16), np.uint8)
    lattice[::4, ::4] = np.arange(1, 17).reshape(4, 4)
    golden.add('expand, ties', 'expandLabels', [lattice], {'distance': 3}, expand_labels(lattice, 3))
    points = np.where(noise_mask((7, 9, 10), 0.02, 26), generator(27).integers(1, 90, (7, 9, 10)), 0).astype(np.uint8)
    cube = np.zeros((7, 7, 7), np.uint8)
    cube[1::2, 1::2, 1::2] = np.arange(1, 28).reshape(3, 3, 3)
    golden.add('expand, 3-D', 'expandLabels', [points], {'distance': 4}, expand_labels(points, 4))
    golden.add('expand, 3-D ties', 'expandLabels', [cube], {'distance': 2}, expand_labels(cube, 2))
    golden.add('expand, 1-D', 'expandLabels', [points[3, 4]], {'distance': 3}, expand_labels(points[3, 4], 3))
    golden.add('expand, nothing', 'expandLabels', [np.zeros((5, 6), np.uint8)], {}, np.zeros((5, 6), np.uint8))


def add_merged(golden):
    """Blocks numbered on their own; the whole image's labels are what scipy.ndimage.label makes of the mask."""
    def case(name, image, chunks, connectivity, wrap=()):
        structure = nd.generate_binary_structure(image.ndim, connectivity)
        labels, unique, total = np.zeros(image.shape, np.int32), np.zeros(image.shape, np.int64), 0
        for start in itertools.product(*(range(0, n, c) for n, c in zip(image.shape, chunks))):
            block = tuple(slice(s, s + c) for s, c in zip(start, chunks))
            labels[block], count = nd.label(image[block], structure)
            # Numbered backwards, and with gaps.
            labels[block] = np.where(labels[block] > 0, 3 * (count - labels[block]) + 1, 0)
            unique[block] = np.where(labels[block] > 0, labels[block] + total, 0)
            total += 3 * count + 1
        merged = united(unique, touching(unique, structure, wrap))
        if not wrap:
            assert (merged == nd.label(image, structure)[0]).all()
        golden.add(f'merge {name}', 'mergeLabelsAcrossChunkBoundaries', [labels],
                   {'structure': structure, 'wrapAxes': list(wrap) or None, 'chunks': list(chunks)}, merged, int(merged.max()))

    case('noise', noise_mask((22, 27), 0.5, 30), (7, 9), 1)
    case('noise, 8', noise_mask((22, 27), 0.4, 31), (5, 6), 2)
    case('wrapped', noise_mask((16, 20), 0.45, 32), (8, 7), 1, (1,))
    case('spiral', spiral(25), (6, 11), 1)
    case('snake', snake(15, 21), (4, 4), 1)
    case('3-D', noise_mask((7, 8, 9), 0.35, 33), (3, 4, 4), 2)
    case('one chunk', noise_mask((9, 11), 0.5, 34), (9, 11), 1)


if __name__ == '__main__':
    file = Golden('labelling')
    for add in [add_labels, add_wrapped, add_equal, add_edits, add_merged]:
        add(file)
    file.write()
