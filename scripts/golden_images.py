#!/usr/bin/python3
"""Writes tests/golden/images.json.gz: image files as Pillow, NumPy and tifffile write them, and what they read back.

`args.name` and `args.file` are a file's name and content (base64); `output` is what imread is to give without the axis
of the files, `value` what else is known of it. `args.lossy`: how far decoders may differ. See golden.py.
"""
import base64
import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image

from golden import Golden, generator, picture

DTYPES = ['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64',
          'complex64', 'complex128']
SHAPE = (21, 35)


def array(shape, dtype, seed=0):
    """A picture of any dtype."""
    if dtype == 'bool':
        return picture(shape, 'uint8', seed) > 100
    if dtype.startswith('complex'):
        part = 'float32' if dtype == 'complex64' else 'float64'
        return (picture(shape, part, seed) + 1j * picture(shape, part, seed + 1)).astype(dtype)
    if dtype.endswith('int64'):
        return picture(shape, 'int32' if dtype == 'int64' else 'uint32', seed).astype(dtype) * 1000003
    return picture(shape, dtype, seed)


def add(golden, format, name, content, output, lossy=None, value=None):
    golden.add(f'{format} {name}', 'imread', [],
               {'format': format, 'name': f'{name.replace(" ", "-")}.{format}', 'lossy': lossy,
                'file': base64.b64encode(content).decode()}, output, value)


def pillow(golden, format, name, image, lossy=None, expected=None, **options):
    """A file by Pillow, and what Pillow reads of it."""
    file = io.BytesIO()
    image.save(file, {'jpg': 'jpeg', 'tif': 'tiff'}.get(format, format), **options)
    file.seek(0)
    read = Image.open(file)
    add(golden, format, name, file.getvalue(), np.asarray(read) if expected is None else expected(read), lossy)


def png_bytes(data, color, depth, interlace=False):
    """A PNG of any kind of colour and depth, which Pillow cannot all write."""
    def chunk(kind, content):
        return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))

    height, width = data.shape[:2]
    rows = data.astype('>u2' if depth == 16 else 'u1').reshape(height, -1)
    # The filter Up for all rows but the first.
    raw = [row.tobytes() for row in rows]
    lines = [b'\0' + raw[0]] + [b'\2' + bytes((a - b) & 255 for a, b in zip(row, above)) for above, row in zip(raw, raw[1:])]
    header = struct.pack('>IIBBBBB', width, height, depth, color, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(b''.join(lines))) + chunk(b'IEND', b'')


def png(golden):
    grey, rgb, rgba = (picture(SHAPE + c, 'uint8', 2) for c in [(), (3,), (4,)])
    pillow(golden, 'png', 'grey', Image.fromarray(grey))
    pillow(golden, 'png', 'grey and alpha', Image.fromarray(rgba[..., :2], 'LA'))
    pillow(golden, 'png', 'colour', Image.fromarray(rgb))
    pillow(golden, 'png', 'colour and alpha', Image.fromarray(rgba))
    pillow(golden, 'png', 'palette', Image.fromarray(rgb).quantize(40), expected=lambda i: np.asarray(i.convert('RGB')))
    pillow(golden, 'png', 'palette of 4 bits', Image.fromarray(rgb).quantize(12),
           expected=lambda i: np.asarray(i.convert('RGB')))
    pillow(golden, 'png', 'one bit', Image.fromarray(grey > 100), expected=lambda i: np.asarray(i).astype('uint8') * 255)
    for name, color, channels in [('grey', 0, 1), ('grey and alpha', 4, 2), ('colour', 2, 3), ('colour and alpha', 6, 4)]:
        data = picture(SHAPE + (channels,), 'uint16', 3)
        add(golden, 'png', f'{name} of 16 bits', png_bytes(data, color, 16), data[..., 0] if channels == 1 else data)


def lossy(golden):
    # Smooth, so that decoders differ by little.
    y, x = np.mgrid[0:40, 0:48]
    rgb = np.stack([100 + 80 * np.sin(x / 9), 120 + 2 * y, 3 * x + y], -1).astype('uint8')
    alpha = np.dstack([rgb, (5 * x).astype('uint8')])
    exif = Image.Exif()
    exif[0x0112] = 6
    pillow(golden, 'jpg', 'grey', Image.fromarray(rgb[..., 0]), 2, quality=90)
    pillow(golden, 'jpg', 'colour', Image.fromarray(rgb), 4, quality=90, subsampling=0)
    pillow(golden, 'jpg', 'progressive', Image.fromarray(rgb), 4, quality=90, subsampling=0, progressive=True)
    # What the camera says of how it was held does not turn the pixels.
    pillow(golden, 'jpg', 'turned', Image.fromarray(rgb), 4, quality=90, subsampling=0, exif=exif)
    pillow(golden, 'webp', 'lossless', Image.fromarray(rgb), lossless=True)
    pillow(golden, 'webp', 'lossless and alpha', Image.fromarray(alpha), lossless=True, exact=True)
    pillow(golden, 'webp', 'lossy', Image.fromarray(rgb), 12, quality=90)


def tiff(golden):
    def write(name, data, expected=None, value=None, **options):
        file = io.BytesIO()
        tifffile.imwrite(file, data, **options)
        file.seek(0)
        add(golden, 'tif', name, file.getvalue(), tifffile.imread(file) if expected is None else expected, value=value)

    for dtype in DTYPES:
        data = array(SHAPE, dtype)
        write(f'{dtype}', data, photometric='minisblack', rowsperstrip=8, metadata=None)
        if dtype != 'bool':
            write(f'{dtype} deflated tiles', data, photometric='minisblack', tile=(16, 32), compression='zlib', metadata=None)
            write(f'{dtype} big-endian', data, photometric='minisblack', byteorder='>', tile=(16, 16), metadata=None)
    half = picture(SHAPE, 'float32').astype('float16')
    write('float16', half, half.astype('float32'), photometric='minisblack', metadata=None)
    # Too many strips for their places to be read with the directory.
    write('big-endian of many strips', array((400, 3), 'uint16'), byteorder='>', rowsperstrip=1, metadata=None)
    write('many strips', array((400, 3), 'uint16'), rowsperstrip=1, metadata=None)
    write('BigTIFF', array(SHAPE, 'uint16'), bigtiff=True, tile=(16, 16), metadata=None)
    rgb = picture((21, 35, 3), 'uint8', 4)
    write('colour', rgb, photometric='rgb', metadata=None)
    write('colour in tiles', rgb, photometric='rgb', tile=(16, 16), compression='zlib', metadata=None)
    write('colour in planes', np.moveaxis(rgb, -1, 0), rgb, photometric='rgb', planarconfig='separate', rowsperstrip=5, metadata=None)
    write('16-bit colour in tiles of planes', np.moveaxis(picture((21, 35, 3), 'uint16', 4), -1, 0), picture((21, 35, 3), 'uint16', 4),
          photometric='rgb', planarconfig='separate', tile=(16, 16), metadata=None)
    grey = picture(SHAPE, 'uint8', 5)
    for compression in ['tiff_lzw', 'packbits', 'tiff_adobe_deflate', 'zstd']:
        pillow(golden, 'tif', compression, Image.fromarray(grey), compression=compression)
    pillow(golden, 'tif', 'lzw of differences', Image.fromarray(rgb), compression='tiff_lzw', tiffinfo={317: 2})
    pillow(golden, 'tif', 'lzw of differences of 16 bits', Image.fromarray(picture(SHAPE, 'uint16', 5)), compression='tiff_lzw', tiffinfo={317: 2})
    pillow(golden, 'tif', 'lzw of differences of floats', Image.fromarray(picture(SHAPE, 'float32', 5)), compression='tiff_lzw', tiffinfo={317: 3})
    pillow(golden, 'tif', 'one bit', Image.fromarray(grey > 100), compression='packbits', expected=lambda i: np.asarray(i.convert('L')) > 0)
    y, x = np.mgrid[0:40, 0:48]
    smooth = np.stack([100 + 80 * np.sin(x / 9), 120 + 2 * y, 3 * x + y], -1).astype('uint8')
    pillow(golden, 'tif', 'jpeg', Image.fromarray(smooth), 6, compression='jpeg', quality=95)


def stacks(golden):
    def write(name, data, expected, value, **options):
        file = io.BytesIO()
        tifffile.imwrite(file, data, **options)
        add(golden, 'tif', name, file.getvalue(), expected, value=value)

    pages = picture((5, 12, 14), 'uint16', 6)
    write('pages', pages, pages, {'axes': [None, 'y', 'x']}, photometric='minisblack', metadata=None)
    # tifffile's order of axes, and the one of OME-Zarr.
    for order, shape in [('TCZYX', (2, 3, 4, 9, 11)), ('TZCYX', (2, 4, 3, 9, 11)), ('ZTCYX', (4, 2, 3, 9, 11)),
                         ('CZTYX', (3, 4, 2, 9, 11)), ('CYX', (3, 9, 11)), ('ZYX', (4, 9, 11))]:
        data = picture(shape, 'uint16', 7)
        metadata = {'axes': order, 'PhysicalSizeX': 0.25, 'PhysicalSizeXUnit': 'µm', 'PhysicalSizeY': 0.5,
                    'PhysicalSizeYUnit': 'µm', 'PhysicalSizeZ': 1500, 'PhysicalSizeZUnit': 'nm', 'TimeIncrement': 30.0,
                    'TimeIncrementUnit': 's', 'Channel': {'Name': ['DAPI', 'A & <B>', 'µ']}}
        stored = [axis for axis in 'TCZ' if axis in order]
        expected = np.transpose(data, [order.index(a) for a in stored] + [order.index('Y'), order.index('X')])
        axes = [a.lower() for a in stored] + ['y', 'x']
        scale = {'x': 0.25, 'y': 0.5, 'z': 1500, 't': 30, 'c': 1}
        units = {'x': 'micrometer', 'y': 'micrometer', 'z': 'nanometer', 't': 'second'}
        write(f'OME {order}', data, expected,
              {'axes': axes, 'scale': [scale[a] for a in axes], 'units': [units.get(a) for a in axes],
               'channels': ['DAPI', 'A & <B>', 'µ'][:3 if 'C' in order else 1]}, ome=True, metadata=metadata, tile=(16, 16))
    flat = picture((9, 11), 'uint8', 8)
    write('OME of one plane', flat, flat[None], {'axes': [None, 'y', 'x']}, ome=True, metadata={'axes': 'YX'})
    hyper = picture((2, 3, 4, 9, 11), 'uint16', 9)
    write('ImageJ hyperstack', hyper, np.moveaxis(hyper, 2, 1),
          {'axes': ['t', 'c', 'z', 'y', 'x'], 'scale': [15, 1, 3.5, 0.25, 0.5],
           'units': ['second', None, 'micrometer', 'micrometer', 'micrometer']},
          imagej=True, resolution=(2, 4), metadata={'axes': 'TZCYX', 'unit': 'um', 'spacing': 3.5, 'finterval': 15.0})
    deep = picture((4, 9, 11), 'uint16', 10)
    write('ImageJ stack', deep, deep, {'axes': ['z', 'y', 'x']}, imagej=True, metadata={'axes': 'ZYX'})


def npy(golden):
    def write(name, data):
        file = io.BytesIO()
        np.save(file, data)
        output = data.astype('float32') if data.dtype.kind == 'f' and data.itemsize == 2 else data
        add(golden, 'npy', name, file.getvalue(), np.ascontiguousarray(output))

    for dtype in DTYPES:
        write(dtype, array((7, 9), dtype))
    write('float16', picture((7, 9), 'float32').astype('float16'))
    write('big-endian', picture((7, 9), 'uint16').astype('>u2'))
    write('big-endian complex', array((7, 9), 'complex64').astype('>c8'))
    write('column order', np.asfortranarray(picture((3, 4, 5), 'int16')))
    write('3-D', picture((3, 4, 5), 'float32'))
    write('1-D', picture((30,), 'float64'))


if __name__ == '__main__':
    golden = Golden('images')
    for part in [png, lossy, tiff, stacks, npy]:
        part(golden)
    golden.write()
