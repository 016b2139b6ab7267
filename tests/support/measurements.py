"""A second writer of measurements, made from docs/formats.md alone."""

import math
import struct

BLOCK = 618496
RINGS = ((5, 720, 64, 4096, False), (60, 1440, 128, 50176, True), (900, 2976, 128, 234496, True))
COLUMNS = 15


class MeasurementsFile:
    """One block. `add` takes what a step was: its mean, and the highest."""

    def __init__(self, series):
        """`series`: pairs of name and unit."""
        self.columns = {name: column for column, (name, _) in enumerate(series)}
        head = b"ballast.measurements/1\n".ljust(256, b"\0")
        for name, unit in series:
            head += unit.encode().ljust(16, b"\0") + name.encode().ljust(240, b"\0")
        self.bytes = bytearray(head.ljust(BLOCK, b"\0"))

    def add(self, step, name, time, mean, most=None):
        length, rows, size, begin, has_most = next(ring for ring in RINGS if ring[0] == step)
        number = int(time) // length
        place = begin + number % rows * size
        if struct.unpack_from("<I", self.bytes, place)[0] != number:
            empty = struct.pack("<I", number) + struct.pack("<f", math.nan) * (COLUMNS * (2 if has_most else 1))
            self.bytes[place:place + size] = empty.ljust(size, b"\0")
        values = (mean, mean if most is None else most) if has_most else (mean,)
        struct.pack_into(f"<{len(values)}f", self.bytes, place + 4 + 4 * len(values) * self.columns[name], *values)

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.bytes)
