"""Writes tests/golden/pointwise.json.gz: NumPy 1.24's dtypes and values for pointwise functions on edge cases."""
import base64
import gzip
import json
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")

FUNCTIONS = dict(
    add=np.add, subtract=np.subtract, multiply=np.multiply, divide=np.divide, floorDivide=np.floor_divide,
    remainder=np.remainder, power=np.power, minimum=np.minimum, maximum=np.maximum, eq=np.equal, ne=np.not_equal,
    lt=np.less, le=np.less_equal, gt=np.greater, ge=np.greater_equal, xor=np.logical_xor,
    absolute=np.absolute, negative=np.negative, sqrt=np.sqrt, exp=np.exp, log=np.log, isnan=np.isnan,
)
UNARY = {"absolute", "negative", "sqrt", "exp", "log", "isnan"}
DTYPES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
MIXED = [
    ("uint8", "int8"), ("uint16", "float32"), ("int32", "float32"), ("bool", "int16"), ("uint32", "int32"),
    ("uint64", "int64"), ("uint8", "int64"), ("bool", "float32"), ("float32", "float64"), ("uint16", "int8"),
]
SCALARS = [True, 0, 1, -1, 100, 123.7, 200, 255, 256, 300, -200, 40000, 70000, -70000, 2**31, 2**32 - 1, 2**40, 0.5,
           -0.5, 1e300]
FLOATS = [0.0, -0.0, 1, -1, 2, -3, 0.5, -2.5, 5, -5, 7.75, 1e10, np.inf, -np.inf, np.nan, 300.7]
INTEGERS = [0, 1, -1, 2, 3, -3, 7, 100, 127, 128, -128, 255, 32767, -32768, 65535, 2**31 - 1, -(2**31), 2**32 - 1]


def values(dtype):
    if dtype.startswith("float"):
        return np.array(FLOATS, dtype)
    return np.array([v for v in INTEGERS]).astype(dtype)


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def case(name, dtypes, arrays):
    try:
        result = FUNCTIONS[name](*arrays)
    except TypeError:
        return dict(fn=name, dtypes=dtypes, error=True)
    if result.dtype == np.float16:  # not supported: float32 takes its place
        result = FUNCTIONS[name](*[np.asarray(a, "float32") for a in arrays])
    return dict(fn=name, dtypes=dtypes, inputs=[encode(a) for a in arrays], dtype=str(result.dtype), output=encode(result))


def main():
    cases, scalars = [], []
    for name in FUNCTIONS:
        if name in UNARY:
            cases += [case(name, [d], [values(d)]) for d in DTYPES]
            continue
        for pair in [(d, d) for d in DTYPES] + MIXED:
            a, b = np.meshgrid(values(pair[0]), values(pair[1]))
            if name == "power" and np.issubdtype(np.result_type(a, b), np.integer):
                b = np.abs(b) % 40  # NumPy refuses negative exponents
            cases.append(case(name, list(pair), [a.ravel(), b.ravel()]))
    for dtype in DTYPES:
        array = values(dtype)
        for scalar in SCALARS:
            # float32 keeps its dtype beside integers here, as in NumPy 2.
            wide = dtype == "float32" and scalar is not True and isinstance(scalar, int) and abs(scalar) > 65535
            comparisons = {name: encode(FUNCTIONS[name](array, scalar)) for name in ("eq", "ne", "lt", "le", "gt", "ge")}
            scalars.append(dict(dtype=dtype, scalar=scalar, result="float32" if wide else str(np.result_type(array, scalar)),
                                input=encode(array), comparisons={} if wide else comparisons))
    path = Path(__file__).parent.parent / "tests" / "golden" / "pointwise.json.gz"
    text = json.dumps(dict(numpy=np.__version__, cases=cases, scalars=scalars))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


main()
