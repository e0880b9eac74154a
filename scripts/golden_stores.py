#!/usr/bin/python3
"""Writes tests/golden/stores.json.gz: Zarr in zip files and plates as zarr-python writes them, and reference documents as
tifffile writes them. `args.files` are names and contents (base64), `value` what is in them. See golden.py.
"""
import base64
import io
import os
import tempfile
import zipfile

import numpy as np
import tifffile
import zarr
from numcodecs import Zlib

from golden import Golden, picture


def encoded(files):
    return [[name, base64.b64encode(content).decode()] for name, content in files]


def ome(group, data, name):
    """OME-Zarr 0.4 of two levels."""
    for level, array in enumerate([data, data[..., ::2, ::2]]):
        group.create_dataset(str(level), data=array, chunks=(1, 16, 16), compressor=Zlib(1), dimension_separator='/')
    axes = [{'name': 'c', 'type': 'channel'}, {'name': 'y', 'type': 'space'}, {'name': 'x', 'type': 'space'}]
    datasets = [{'path': str(level), 'coordinateTransformations': [{'type': 'scale', 'scale': [1, 2 ** level, 2 ** level]}]}
                for level in range(2)]
    group.attrs['multiscales'] = [{'version': '0.4', 'name': name, 'axes': axes, 'datasets': datasets}]


def zips(golden):
    data = picture((2, 40, 50), 'uint16')
    for name, compression, folder in [('stored', zipfile.ZIP_STORED, ''), ('deflated', zipfile.ZIP_DEFLATED, ''),
                                      ('in a folder', zipfile.ZIP_STORED, 'some/image.ome.zarr')]:
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'image.zip')
            store = zarr.ZipStore(path, mode='w', compression=compression)
            ome(zarr.group(store=store, path=folder), data, 'zipped')
            store.close()
            with open(path, 'rb') as file:
                content = file.read()
        if folder:
            content = without_parents(content, folder)
        golden.add(f'zip {name}', 'zip', [], {'files': encoded([('image.zip', content)])}, data)


def without_parents(content, folder):
    """The zip of a folder: zarr-python makes groups of the folders above."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, 'w') as zipped:
        for name in dict.fromkeys(given.namelist()):
            if name.startswith(folder):
                zipped.writestr(name, given.read(name))
    return out.getvalue()


def plate(golden):
    store = {}
    root = zarr.group(store=store)
    wells = [('A', '1', 2), ('B', '1', 1), ('B', '3', 2)]
    rows, columns = ['A', 'B'], ['1', '2', '3']
    root.attrs['plate'] = {
        'version': '0.4', 'name': 'screen', 'rows': [{'name': r} for r in rows], 'columns': [{'name': c} for c in columns],
        'acquisitions': [{'id': 1, 'name': 'day'}, {'id': 2}], 'field_count': 2,
        'wells': [{'path': f'{r}/{c}', 'rowIndex': rows.index(r), 'columnIndex': columns.index(c)} for r, c, _ in wells]}
    images = {}
    for r, c, fields in wells:
        well = root.require_group(f'{r}/{c}')
        well.attrs['well'] = {'version': '0.4', 'images': [{'path': f'f{i}', 'acquisition': 1 + i} for i in range(fields)]}
        for i in range(fields):
            images[f'{r}/{c}/{i}'] = picture((1, 16, 16), 'uint8', len(images))
            ome(well.require_group(f'f{i}'), images[f'{r}/{c}/{i}'], f'{r}{c}{i}')
    golden.add('plate', 'plate', [], {'files': encoded((name, bytes(value)) for name, value in store.items()),
                                      'images': list(images.values())}, value={'names': list(images)})


def references(golden):
    data = picture((3, 60, 70), 'uint16', 20)
    for name, version, options in [('version 0', 0, {'compression': 'zlib'}), ('version 1', 1, {})]:
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, 'image.tif')
            tifffile.imwrite(path, data, tile=(32, 32), photometric='minisblack', **options)
            document = os.path.join(directory, 'image.json')
            with tifffile.imread(path, aszarr=True) as store:
                store.write_fsspec(document, url='', version=version, groupname='x' if version else None,
                                   templatename='u' if version else None)
            files = []
            for each in [document, path]:
                with open(each, 'rb') as file:
                    files.append((os.path.basename(each), file.read()))
        golden.add(f'references {name}', 'references', [], {'files': encoded(files), 'path': 'x' if version else ''}, data)


if __name__ == '__main__':
    golden = Golden('stores')
    for part in [zips, plate, references]:
        part(golden)
    golden.write()
