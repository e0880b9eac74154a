#!/usr/bin/python3
"""Reads TIFFs with tifffile for tests/toTiff.test.ts: of each path given, what is in it, as JSON.

Arrays are the bytes of their elements (base64), levels of a pyramid one by one.
"""
import base64
import json
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import tifffile

found = []
for path in sys.argv[1:]:
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        pixels = ElementTree.fromstring(file.ome_metadata).find('.//{*}Pixels')
        found.append({
            'big': file.is_bigtiff, 'ome': file.is_ome, 'axes': series.axes, 'pages': len(file.pages),
            'tiled': file.pages[0].is_tiled, 'pixels': pixels.attrib,
            'channels': [channel.attrib for channel in pixels.findall('{*}Channel')],
            'levels': [{'shape': level.shape, 'dtype': level.dtype.name,
                        'data': base64.b64encode(np.ascontiguousarray(level.asarray()).tobytes()).decode()}
                       for level in series.levels]})
print(json.dumps(found))
