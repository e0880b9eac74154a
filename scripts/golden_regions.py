#!/usr/bin/python3
"""Writes tests/golden/regions.json.gz: scikit-image's regionprops_table. See golden.py.

A case's inputs are the label image and the images, its output is a matrix of objects by columns, and its value names
the columns. The argument `tolerance` says how far each number may be off: 1e-10 of the size of the terms that cancel in
it, since the numbers of symmetric objects are rounding errors.
"""
import itertools
import warnings

import numpy as np
import scipy.ndimage as nd
from skimage.measure import regionprops
from skimage.measure import _moments

from golden import Golden, checkerboard, comb, generator, noise_mask, picture, spiral

EXACT = ['label', 'area', 'area_bbox', 'euler_number', 'area_convex', 'touches_border']
SHAPES = ['label', 'area', 'bbox', 'area_bbox', 'centroid', 'equivalent_diameter_area', 'extent', 'touches_border']
INERTIA = ['inertia_tensor', 'inertia_tensor_eigvals', 'axis_major_length', 'axis_minor_length', 'eccentricity',
           'orientation']
MOMENTS = ['moments', 'moments_central', 'moments_normalized', 'moments_hu']
CONTOURS = ['perimeter', 'perimeter_crofton', 'euler_number']
HULLS = ['area_convex', 'solidity']
INTENSITIES = ['intensity_sum', 'intensity_mean', 'intensity_min', 'intensity_max', 'intensity_std',
               'centroid_weighted', 'intensity_median']
PLANE_ONLY = {'eccentricity', 'orientation', 'moments_hu', 'perimeter', 'perimeter_crofton'}
TOLERANCE = 1e-10


def axis_length(eigenvalues, major):
    if len(eigenvalues) == 2:
        return 4 * np.sqrt(eigenvalues[0 if major else 1])
    a, b, c = eigenvalues
    # scikit-image takes roots of what rounding may leave below zero.
    return np.sqrt(10 * max(0, a + b - c if major else b + c - a))


def orientation(tensor):
    # As from scikit-image 0.20 on; before, the sign was wrong where a equals c.
    a, b, _, c = tensor.flat
    if a == c:
        return np.pi / 4 if b < 0 else -np.pi / 4
    return 0.5 * np.arctan2(-2 * b, c - a)


class Region:
    """An object's properties, with spacing as scikit-image has it from 0.20 on, and how large their terms are."""

    def __init__(self, props, shape, image, spacing):
        self.props, self.shape, self.image = props, shape, image
        self.spacing = np.asarray(spacing, float)
        self.rank = len(shape)
        self.unit = np.prod(self.spacing)
        self.size = max(np.array(props.image.shape) * self.spacing)
        self.n = props.area
        mask = props.image
        self.powers = list(itertools.product(range(4), repeat=self.rank))
        local = np.argwhere(mask) * self.spacing
        self.raw = _moments.moments_coords(local.astype(float))
        self.mu = _moments.moments_coords_central(local.astype(float), local.mean(axis=0))
        if np.all(self.spacing == 1):
            assert np.allclose(self.raw, props.moments)
        self.tensor = _moments.inertia_tensor(mask, self.mu)
        self.eigenvalues = np.array(_moments.inertia_tensor_eigvals(mask, T=self.tensor))

    def scales(self, name):
        """The size of the terms of a property."""
        s = self.size
        if name in ('moments', 'moments_central'):
            return [self.n * s ** sum(p) for p in self.powers]
        if name == 'moments_normalized':
            return [self.normal_scale(p) for p in self.powers]
        if name == 'moments_hu':
            unit = s ** 2 / (self.n * self.unit)
            return [unit ** k for k in (1, 2, 3, 3, 6, 4, 6)]
        if name.startswith('inertia'):
            return [s ** 2] * (self.rank ** 2 if name == 'inertia_tensor' else self.rank)
        return [None]

    def normal_scale(self, p):
        return (self.size / min(self.spacing)) ** sum(p) / self.n ** (sum(p) / self.rank)

    def values(self, name):
        props, spacing = self.props, self.spacing
        plain = {'label', 'bbox', 'extent', 'euler_number', 'solidity'}
        if name in plain:
            return np.atleast_1d(getattr(props, name)).astype(float)
        if name in ('area', 'area_bbox', 'area_convex'):
            return [getattr(props, name) * self.unit]
        if name == 'centroid':
            return np.array(props.centroid) * spacing
        if name == 'equivalent_diameter_area':
            return [(2 * self.rank * self.n * self.unit / np.pi) ** (1 / self.rank)]
        if name == 'touches_border':
            box = props.bbox
            return [float(any(box[a] == 0 or box[a + self.rank] == self.shape[a] for a in range(self.rank)))]
        if name == 'inertia_tensor':
            return self.tensor.ravel()
        if name == 'inertia_tensor_eigvals':
            return self.eigenvalues
        if name in ('axis_major_length', 'axis_minor_length'):
            return [axis_length(self.eigenvalues, name == 'axis_major_length')]
        if name == 'eccentricity':
            a, b = self.eigenvalues
            return [0 if a == 0 else np.sqrt(1 - b / a)]
        if name == 'orientation':
            return [orientation(self.tensor)]
        if name == 'moments':
            return self.raw.ravel()
        if name == 'moments_central':
            return self.mu.ravel()
        if name == 'moments_normalized':
            scale = min(spacing)
            scaled = self.mu / scale ** np.array([sum(p) for p in self.powers]).reshape(self.mu.shape)
            return _moments.moments_normalized(scaled, 3).ravel()
        if name == 'moments_hu':
            return props.moments_hu
        if name in ('perimeter', 'perimeter_crofton'):
            return [getattr(props, name) * spacing[0]]
        values = self.image[props._slice][props.image].astype(float)
        if name == 'centroid_weighted':
            weights = np.argwhere(props.image) + [s.start for s in props._slice]
            with np.errstate(all='ignore'):
                return (weights * values[:, None]).sum(axis=0) / values.sum() * spacing
        return [{'sum': np.sum, 'mean': np.mean, 'min': np.min, 'max': np.max, 'std': np.std,
                 'median': np.median}[name.split('_')[1]](values)]

    def tolerances(self, name, values):
        values = np.asarray(values, float)
        if name in EXACT or name == 'bbox':
            return np.zeros(len(values))
        if name in ('axis_major_length', 'axis_minor_length', 'eccentricity'):
            # Roots of small differences.
            scale = 1 if name == 'eccentricity' else self.size
            return TOLERANCE * scale ** 2 / np.maximum(values, 1e-5 * scale)
        if name == 'orientation':
            a, b, _, c = self.tensor.flat
            spread = np.hypot(a - c, 2 * b)
            return np.array([np.inf if spread < 1e-9 * self.size ** 2 else TOLERANCE * self.size ** 2 / spread])
        if self.image is not None and name in INTENSITIES:
            inside = self.image[self.props._slice][self.props.image].astype(float)
            largest = np.abs(inside).max()
            if name == 'centroid_weighted':
                total = abs(inside.sum())
                return np.full(len(values), TOLERANCE * max(self.shape) * max(self.spacing)
                               * (np.abs(inside).sum() / total if total else np.inf))
            return np.full(len(values), TOLERANCE * max(largest, 1e-300) * (len(inside) if name == 'intensity_sum' else 1))
        if np.isinf(values).any():
            # Solidity of flat objects, whose hull in space has no volume.
            return np.zeros(len(values))
        scales = [s or abs(v) for s, v in zip(self.scales(name) * len(values), values)]
        return TOLERANCE * np.maximum(scales, np.abs(values))


def columns_of(name, count, rank):
    if name in ('moments', 'moments_central', 'moments_normalized'):
        return [name + ''.join(f'-{p}' for p in power) for power in itertools.product(range(4), repeat=rank)]
    if name == 'inertia_tensor':
        return [f'{name}-{i}-{j}' for i in range(rank) for j in range(rank)]
    vectors = ('bbox', 'centroid', 'moments_hu', 'inertia_tensor_eigvals', 'centroid_weighted')
    return [f'{name}-{i}' for i in range(count)] if name in vectors else [name]


def case(golden, name, labels, images=(), properties=None, structure=None, spacing=None):
    rank = labels.ndim
    names = properties or SHAPES + INERTIA + MOMENTS + CONTOURS + HULLS
    if rank != 2:
        names = [n for n in names if n not in PLANE_ONLY]
    if spacing is not None and len(set(spacing)) > 1:
        names = [n for n in names if n not in ('perimeter', 'perimeter_crofton', 'moments_hu')]
    if spacing is not None:
        names = [n for n in names if n != 'moments_hu']
    spaced = spacing if spacing is not None else [1] * rank
    objects = regionprops(labels.astype(np.int64))
    rows, tolerances, columns = [], [], []
    for i, props in enumerate(objects):
        row, tolerance = [], []
        for prop in names:
            ofs = range(len(images)) if prop in INTENSITIES else [None]
            parts = []
            for k in ofs:
                region = Region(props, labels.shape, None if k is None else images[k], spaced)
                values = region.values(prop)
                parts.append((values, region.tolerances(prop, values)))
            heads = columns_of(prop, len(parts[0][0]), rank)
            # Images vary fastest, as in scikit-image's multichannel columns.
            for c, head in enumerate(heads):
                for k, (values, limits) in enumerate(parts):
                    row.append(values[c])
                    tolerance.append(limits[c])
                    if i == 0:
                        columns.append(head + (f'-{k}' if len(images) > 1 and prop in INTENSITIES else ''))
        rows.append(row)
        tolerances.append(tolerance)
    golden.add(name, 'regionTable', [labels, *images],
               {'properties': names, 'structure': structure, 'pixelSize': spacing,
                'tolerance': np.array(tolerances, float).reshape(len(rows), len(columns))},
               output=np.array(rows, float).reshape(len(rows), len(columns)), value=columns)


def labelled(mask, structure=None):
    return nd.label(mask, structure)[0].astype(np.int32)


def discs(shape, count, radius, seed):
    rng = generator(seed, *shape)
    mask = np.zeros(shape, bool)
    grid = np.stack(np.mgrid[tuple(map(slice, shape))], -1)
    for _ in range(count):
        centre = rng.random(len(shape)) * shape
        stretch = 1 + rng.random(len(shape))
        mask |= (((grid - centre) * stretch) ** 2).sum(-1) < (radius * (0.5 + rng.random())) ** 2
    return mask


def regions():
    golden = Golden('regions')
    full = {2: np.ones((3, 3), bool), 3: np.ones((3, 3, 3), bool)}
    masks = {
        'discs': discs((43, 61), 14, 9, 1),
        'rings': discs((41, 52), 9, 12, 2) & ~discs((41, 52), 30, 4, 3),
        'noise': noise_mask((33, 29), 0.55, 4),
        'sparse': noise_mask((25, 38), 0.12, 5),
        'spiral': np.asarray(spiral(25), bool),
        'comb': np.asarray(comb(21, 34), bool),
        'checkerboard': np.asarray(checkerboard(13, 18), bool),
        'full': np.ones((17, 23), bool),
        'one pixel': np.pad(np.ones((1, 1), bool), ((5, 7), (9, 3))),
        'empty': np.zeros((9, 8), bool),
        'row': np.ones((1, 20), bool),
        'column': np.ones((27, 1), bool),
        'diagonal': np.eye(24, dtype=bool) | np.eye(24, k=9, dtype=bool)[::-1],
        'frame': np.pad(np.zeros((15, 19), bool), 2, constant_values=True),
        'discs 3-D': discs((14, 17, 19), 8, 6, 6),
        'noise 3-D': noise_mask((9, 11, 12), 0.4, 7),
        'tunnels 3-D': np.ones((11, 12, 13), bool) & ~noise_mask((11, 12, 13), 0.25, 8),
        'hollow 3-D': np.pad(np.zeros((7, 8, 6), bool), 2, constant_values=True),
        'plate 3-D': np.pad(np.ones((1, 8, 9), bool), ((4, 3), (2, 2), (1, 1))),
        'one voxel 3-D': np.pad(np.ones((1, 1, 1), bool), 4),
        'line 3-D': np.pad(np.ones((1, 7, 1), bool), 2),
        'slanted plane 3-D': np.add.outer(np.arange(7), np.add.outer(np.arange(8), np.arange(9))) == 11,
        'ball 3-D': (np.mgrid[-9:10, -9:10, -9:10] ** 2).sum(0) <= 66,
        'corner 3-D': np.pad(np.ones((9, 8, 10), bool), 1) & ~np.pad(np.ones((7, 6, 8), bool), ((4, 0), (4, 0), (0, 4))),
    }
    for name, mask in masks.items():
        for structure in (None, full[mask.ndim]):
            case(golden, f'{name} {"corners" if structure is not None else "edges"}', labelled(mask, structure),
                 structure=structure if structure is not None else nd.generate_binary_structure(mask.ndim, 1))
    rng = generator(9)
    # Labels whose parts lie apart, with gaps in their numbers.
    scattered = (rng.integers(0, 5, (27, 35)) * 37).astype(np.int16)
    case(golden, 'scattered', scattered)
    case(golden, 'scattered 3-D', rng.integers(0, 4, (8, 9, 10)).astype(np.uint8))
    blocks = np.kron(rng.integers(0, 6, (5, 6)), np.ones((5, 7), int))
    case(golden, 'blocks', blocks.astype(np.uint32) * 70_000_001)
    case(golden, 'blocks int64', blocks)
    for spacing in ([0.5, 0.5], [0.65, 0.3]):
        case(golden, f'spacing {spacing}', labelled(masks['discs']), spacing=spacing)
    case(golden, 'spacing 3-D', labelled(masks['discs 3-D']), spacing=[2.0, 0.5, 0.25])
    for mask, shape in ((masks['discs'], '2-D'), (masks['discs 3-D'], '3-D')):
        labels = labelled(mask)
        for dtype in ('bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'):
            case(golden, f'{dtype} {shape}', labels, [picture(labels.shape, dtype)], ['label', *INTENSITIES],
                 structure=nd.generate_binary_structure(mask.ndim, 1))
        for dtype in ('int64', 'uint64'):
            image = picture(labels.shape, 'uint32').astype(dtype) * 1001
            case(golden, f'{dtype} {shape}', labels, [image], ['label', *INTENSITIES])
    image = picture((27, 35), 'float64') * 1e-3 + 1e6
    case(golden, 'large offset', scattered, [image], ['label', *INTENSITIES])
    images = [picture((27, 35), 'uint16', 1), picture((27, 35), 'float32', 2)]
    case(golden, 'two images', scattered, images, ['label', 'area', *INTENSITIES])
    golden.write()


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    regions()
