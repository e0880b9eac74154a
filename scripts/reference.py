#!/usr/bin/python3
"""The acceptance reference: the nuclei pipeline in SciPy and scikit-image, and tables for masks made elsewhere.

    reference.py pipeline OUT DATA [NAME...]   runs the pipeline on the images of DATA (all, or those named)
    reference.py table OUT                     reads OUT/<n>/mask.npy and image.npy, n = 0, 1, ...

Each image or pair gets a directory under OUT with .npy arrays and result.json; tests/helpers/python.ts calls this.
"""
import json
import os
import sys
import warnings

import numpy as np
import scipy.ndimage as nd
import tifffile
from skimage.filters import threshold_otsu

sys.dont_write_bytecode = True  # no __pycache__ beside the scripts
from golden import gaussian_passes, separable  # noqa: E402

IMAGES = {
    'hela-cells-0': ('hela-cells.tif', 0),
    'hela-cells-1': ('hela-cells.tif', 1),
    'hela-cells-2': ('hela-cells.tif', 2),
    'dsb2018-nuclei-2d': ('dsb2018-nuclei-2d.tif', None),
    'bbbc007-17P1_POS0013_D_1UL': ('bbbc007-17P1_POS0013_D_1UL.tif', None),
    'bbbc007-20P1_POS0005_D_1UL': ('bbbc007-20P1_POS0005_D_1UL.tif', None),
    'bbbc007-20P1_POS0007_D_1UL': ('bbbc007-20P1_POS0007_D_1UL.tif', None),
    'blobs': ('blobs.tif', None),
    'nuclei-3d': ('nuclei-3d.tif', None),
    'bpae-nuclei': ('bpae-nuclei.tif', None),
}


def read_image(data, name):
    file, channel = IMAGES[name]
    image = tifffile.imread(os.path.join(data, file))
    if channel is not None:
        image = image[..., channel]
    return np.ascontiguousarray(image.astype(image.dtype.newbyteorder('='), copy=False))


def numbers(values):
    """JSON has no NaN: null."""
    return [None if np.isnan(v) else v for v in np.asarray(values, np.float64).tolist()]


def label_table(mask, image):
    """SciPy's labels of the mask, and its measurements of the image for each."""
    labels, count = nd.label(mask)
    index = np.arange(1, count + 1)
    wide = image.astype(np.float64)
    with warnings.catch_warnings(), np.errstate(all='ignore'):
        warnings.simplefilter('ignore')
        table = {
            'label': index.tolist(),
            'area': np.bincount(labels.ravel(), minlength=count + 1)[1:].tolist(),
            'mean': numbers(nd.mean(wide, labels, index)),
            'sum': numbers(nd.sum_labels(wide, labels, index)),
            'minimum': numbers(nd.minimum(wide, labels, index)),
            'maximum': numbers(nd.maximum(wide, labels, index)),
            'centerOfMass': [numbers(c) for c in nd.center_of_mass(wide, labels, index)],
            'bbox': [[[s.start, s.stop] for s in box] for box in nd.find_objects(labels)],
        }
    return labels, {'count': count, 'table': table}


def save(directory, result, **arrays):
    os.makedirs(directory, exist_ok=True)
    for name, array in arrays.items():
        np.save(os.path.join(directory, f'{name}.npy'), array)
    with open(os.path.join(directory, 'result.json'), 'w') as file:
        json.dump(result, file, allow_nan=False)


def pipeline(out, data, names):
    for name in names or IMAGES:
        image = read_image(data, name)
        sigma = 1 if image.ndim == 3 else 2
        smoothed, _, ambiguous = separable(image, gaussian_passes(image, sigma))
        assert np.array_equal(smoothed, nd.gaussian_filter(image, sigma))
        threshold = threshold_otsu(smoothed)
        above = smoothed > threshold
        cross = nd.generate_binary_structure(image.ndim, 1)
        mask = nd.binary_opening(above, structure=cross, iterations=1)
        labels, result = label_table(mask, image)
        save(os.path.join(out, name), {'name': name, 'sigma': sigma, 'threshold': float(threshold), **result},
             image=image, smoothed=smoothed, ambiguous=ambiguous, above=above, mask=mask, labels=labels)


def table(out):
    for name in sorted(os.listdir(out)):
        directory = os.path.join(out, name)
        mask, image = (np.load(os.path.join(directory, f'{part}.npy')) for part in ('mask', 'image'))
        labels, result = label_table(mask, image)
        save(directory, result, labels=labels)


if __name__ == '__main__':
    mode, out, *rest = sys.argv[1:]
    if mode == 'pipeline':
        pipeline(out, rest[0], rest[1:])
    elif mode == 'table':
        table(out)
    else:
        sys.exit(f'reference.py: unknown mode {mode}')
