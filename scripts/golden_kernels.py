"""Writes tests/golden/kernels.json: 1-D correlations by SciPy, which the WASM kernels must match to the bit."""
import json
from pathlib import Path

import numpy as np
from scipy import ndimage

rng = np.random.default_rng(1)
cases = []


def add(image, weights, axis, mode):
    output = ndimage.correlate1d(image, weights, axis=axis, mode=mode, cval=3)
    cases.append(
        {
            "dtype": str(image.dtype),
            "shape": image.shape,
            "axis": axis,
            "mode": mode,
            "weights": [float(w) for w in weights],
            "input": image.ravel().tolist(),
            "output": output.ravel().tolist(),
        }
    )


def gaussian(sigma, order=0):
    return ndimage._filters._gaussian_kernel1d(sigma, order, int(4 * sigma + 0.5))


for dtype in ("uint8", "uint16", "int32", "float64"):
    info = None if dtype == "float64" else np.iinfo(dtype)
    # 32 bits stay in half their range: overflow is undefined in C, and SciPy's result the compiler's choice.
    divisor = 2 if dtype == "int32" else 1
    for shape in ((9, 17), (5, 35)):
        if info:
            image = rng.integers(info.min // divisor, info.max // divisor, shape, dtype=dtype, endpoint=True)
        else:
            image = rng.normal(size=shape)
        flat = np.full(shape, 77, dtype)
        for axis in (0, 1):
            add(image, gaussian(2), axis, "reflect")
            add(flat, gaussian(1.3), axis, "nearest")
            add(image, gaussian(1.5, 1), axis, "constant")
            add(image, np.array([0.5, 0.3, -0.1, 0.2]), axis, "mirror")

path = Path(__file__).parent.parent / "tests" / "golden" / "kernels.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
