#!/usr/bin/python3
"""Writes tests/golden/tiff.json.gz: tiled and pyramidal TIFFs as tifffile writes them, for openTiff.

`args.files` are names and contents (base64) of files of one folder, the first of which is opened; `args.levels` the
arrays of its resolutions, `value` what else is to be known of it. See golden.py.
"""
import base64
import io
import re

import numpy as np
import tifffile

from golden import Golden, picture as noise

NAMES = {'t': 'time', 'c': 'channel', 'z': 'space', 'y': 'space', 'x': 'space'}
RGB = [['Red', 'FF0000'], ['Green', '00FF00'], ['Blue', '0000FF']]


def picture(shape, dtype, seed=0):
    """A picture of few values, which compresses."""
    image = noise(shape, dtype, seed)
    return image if dtype == 'float32' else image // {'uint8': 16, 'uint16': 3000}[dtype] + 1


def add(golden, name, files, levels, axes, scale=None, channels=(), units=None, image=None, imageCount=1, title=None):
    first = levels[0].shape
    scale = scale or [1] * len(axes)
    factors = [[n / m for n, m in zip(first, level.shape)] for level in levels]
    golden.add(name, 'openTiff', [],
               {'files': [[f, base64.b64encode(content).decode()] for f, content in files], 'image': image,
                'levels': [np.ascontiguousarray(level) for level in levels]},
               None,
               {'axes': axes, 'types': [NAMES.get(a) for a in axes], 'units': units or [None] * len(axes),
                'scales': [[s * f for s, f in zip(scale, each)] for each in factors],
                'translations': [[s * (f - 1) / 2 for s, f in zip(scale, each)] for each in factors],
                'channels': [list(c) for c in channels], 'imageCount': imageCount, 'name': title})


def halved(data, axes):
    """Means of 2 x 2 pixels."""
    y, x = axes.index('y'), axes.index('x')
    data = np.moveaxis(data.astype(np.float64), (y, x), (-2, -1))
    height, width = data.shape[-2] // 2 * 2, data.shape[-1] // 2 * 2
    data = data[..., :height, :width]
    mean = (data[..., ::2, ::2] + data[..., 1::2, ::2] + data[..., ::2, 1::2] + data[..., 1::2, 1::2]) / 4
    return np.moveaxis(mean, (-2, -1), (y, x))


def pyramid(data, axes, count):
    levels = [data]
    while len(levels) < count:
        levels.append(halved(levels[-1], axes).astype(data.dtype))
    return levels


def ome_pyramid(golden):
    levels = pyramid(picture((2, 3, 76, 100), 'uint16'), 'czyx', 3)
    file = io.BytesIO()
    options = {'tile': (32, 32), 'compression': 'zlib', 'photometric': 'minisblack'}
    metadata = {'axes': 'CZYX', 'Name': 'pyramid', 'PhysicalSizeX': 0.5, 'PhysicalSizeXUnit': 'µm', 'PhysicalSizeY': 0.5,
                'PhysicalSizeYUnit': 'µm', 'PhysicalSizeZ': 2.0, 'PhysicalSizeZUnit': 'µm',
                'Channel': {'Name': ['a', 'b'], 'Color': [0xff0000ff - 2 ** 32, 0x00ff00ff]}}
    with tifffile.TiffWriter(file, ome=True) as tif:
        tif.write(levels[0], subifds=2, metadata=metadata, **options)
        for level in levels[1:]:
            tif.write(level, subfiletype=1, **options)
    add(golden, 'OME-TIFF pyramid', [('pyramid.ome.tif', file.getvalue())], levels, list('czyx'), [1, 2, 0.5, 0.5],
        [['a', 'FF0000'], ['b', '00FF00']], [None] + ['micrometer'] * 3, title='pyramid')


def pages(golden):
    options = {'tile': (32, 48), 'photometric': 'minisblack', 'metadata': None}
    levels = pyramid(picture((76, 100), 'float32', 1), 'yx', 3)
    file = io.BytesIO()
    with tifffile.TiffWriter(file, bigtiff=True) as tif:
        tif.write(levels[0], **options)
        for level in levels[1:]:
            tif.write(level, subfiletype=1, compression='zlib', **options)
    add(golden, 'reduced pages', [('cog.tif', file.getvalue())], levels, list('yx'))

    # A slide: levels that say nothing of themselves, an overview and a label.
    levels = pyramid(picture((90, 121, 3), 'uint8', 2), 'yxc', 2)
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tif:
        colour = {'photometric': 'rgb', 'metadata': None}
        tif.write(levels[0], tile=(32, 32), compression='zlib', **colour)
        tif.write(halved(levels[1], 'yxc').astype('uint8'), **colour)
        tif.write(levels[1], tile=(32, 32), compression='zlib', **colour)
        tif.write(picture((20, 20, 3), 'uint8', 3), subfiletype=1, **colour)
    add(golden, 'slide of colours', [('slide.tif', file.getvalue())], [np.moveaxis(a, -1, 0) for a in levels], list('cyx'),
        channels=RGB)

    levels = pyramid(picture((3, 50, 60), 'uint8', 4), 'pyx', 2)
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tif:
        for page in range(3):
            tif.write(levels[0][page], subifds=1, **options)
            tif.write(levels[1][page], subfiletype=1, **options)
    add(golden, 'pages with copies of their own', [('own.tif', file.getvalue())], levels, ['page', 'y', 'x'])

    strips = picture((700, 400), 'uint16', 5)
    file = io.BytesIO()
    tifffile.imwrite(file, strips, rowsperstrip=2, compression='zlib', metadata=None)
    add(golden, 'strips', [('strips.tif', file.getvalue())], [strips], list('yx'))


def several(golden):
    images = [picture((2, 20, 30), 'uint16', 6), picture((25, 15), 'uint8', 7)]
    file = io.BytesIO()
    with tifffile.TiffWriter(file, ome=True) as tif:
        tif.write(images[0], metadata={'axes': 'CYX', 'Name': 'first'}, photometric='minisblack')
        tif.write(images[1], metadata={'axes': 'YX', 'Name': 'second'}, photometric='minisblack')
    channels = [['Channel 0', 'FFFFFF'], ['Channel 1', 'FFFFFF']]
    add(golden, 'first of two images', [('two.ome.tif', file.getvalue())], images[:1], list('cyx'), channels=channels, imageCount=2,
        title='first')
    add(golden, 'second of two images', [('two.ome.tif', file.getvalue())], images[1:], list('yx'), channels=channels[:1], image=1,
        imageCount=2, title='second')

    colour = picture((2, 40, 50, 3), 'uint8', 8)
    file = io.BytesIO()
    tifffile.imwrite(file, colour, ome=True, photometric='rgb', tile=(32, 32), metadata={'axes': 'ZYXS'})
    add(golden, 'OME-TIFF of colours', [('colours.ome.tif', file.getvalue())], [np.moveaxis(colour, -1, 0)],
        ['c', 'z', 'y', 'x'], channels=RGB, title='Image0')


def distributed(golden):
    """Planes in two files, and one that is nowhere."""
    planes = picture((3, 12, 16), 'uint16', 9)
    uuids = ['urn:uuid:11111111-1111-1111-1111-111111111111', 'urn:uuid:22222222-2222-2222-2222-222222222222']
    names = ['part-a.ome.tif', 'part b.ome.tif']

    def xml(own):
        data = ''.join(f'<TiffData FirstC="{c}" FirstT="0" FirstZ="0" IFD="{ifd}" PlaneCount="1">'
                       f'<UUID FileName="{names[file]}">{uuids[file]}</UUID></TiffData>'
                       for c, (file, ifd) in enumerate([(0, 0), (1, 1)]))
        data = re.sub('(</?)', r'\1ome:', data)
        return ('<?xml version="1.0" encoding="UTF-8"?><ome:OME xmlns:ome="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
                f'UUID="{uuids[own]}"><!-- two <files> --><ome:Image ID="Image:0"><ome:Pixels ID="Pixels:0" '
                'DimensionOrder="XYZTC" Type="uint16" SizeX="16" SizeY="12" SizeZ="1" SizeC="3" SizeT="1" PhysicalSizeX="100" '
                'PhysicalSizeXUnit="nm"><ome:Channel ID="Channel:0:0" Name="&#181; &amp; m"/>'
                f'{data}</ome:Pixels></ome:Image></ome:OME>').encode()

    files = []
    for own, pages in [(0, [planes[0]]), (1, [planes[2], planes[1]])]:
        file = io.BytesIO()
        with tifffile.TiffWriter(file) as tif:
            for i, page in enumerate(pages):
                tif.write(page, description=xml(own) if i == 0 else None, metadata=None)
        files.append((names[own], file.getvalue()))
    expected = np.stack([planes[0], planes[1], np.zeros_like(planes[0])])
    add(golden, 'OME-TIFF of two files', files, [expected], list('cyx'), [1, 1, 100],
        [['µ & m', 'FFFFFF']], [None, None, 'nanometer'])


if __name__ == '__main__':
    golden = Golden('tiff')
    for part in [ome_pyramid, pages, several, distributed]:
        part(golden)
    golden.write()
