#!/usr/bin/python3
"""Writes tests/golden/structures.json.gz: structuring elements as SciPy makes them. See scripts/golden.py."""
import numpy as np
import scipy.ndimage as nd

from golden import Golden


def structures():
    golden = Golden('structures')
    for rank in range(5):
        for connectivity in [-1, 0, 1, 2, 3, 5]:
            golden.add(f'generate {rank}-D, connectivity {connectivity}', 'generateBinaryStructure', [],
                       {'rank': rank, 'connectivity': connectivity},
                       nd.generate_binary_structure(rank, connectivity))
    shapes = {
        'cross': nd.generate_binary_structure(2, 1),
        '3-D cross': nd.generate_binary_structure(3, 1),
        'line': np.array([1, 1, 1], bool),
        'asymmetric': np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0]], bool),
        'even': np.array([[1, 0, 1, 1], [0, 1, 1, 0]], bool),
        'without centre': np.array([[1, 0, 1]], bool),
    }
    for name, structure in shapes.items():
        for iterations in [0, 1, 2, 3, 5]:
            golden.add(f'iterate {name} {iterations}', 'iterateStructure', [structure], {'iterations': iterations},
                       nd.iterate_structure(structure, iterations))
        for iterations in [2, 4]:
            origin = [1] + [0] * (structure.ndim - 1)
            out, moved = nd.iterate_structure(structure, iterations, origin)
            golden.add(f'iterate {name} {iterations}, origin', 'iterateStructure', [structure],
                       {'iterations': iterations, 'origin': origin}, out, value=[int(o) for o in moved])
    golden.write()


if __name__ == '__main__':
    structures()
