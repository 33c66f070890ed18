"""Makes the pictures and expected arrays in golden/ with Pillow and NumPy (they were made with 13.0
and 2.4).

    python make_golden.py

NAME.png or NAME.jpg: a picture; NAME.npy: its pixels as Pillow's convert("RGB") gives them (16-bit
files: the upper byte of each sample). resize_WxH.npy: source.png resized to that size, BILINEAR.
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent / "golden"
SIZES = [
    (61, 47),
    (61, 20),
    (30, 47),
    (24, 24),
    (7, 5),
    (1, 1),
    (100, 47),
    (61, 90),
    (97, 83),
    (40, 95),
]


def scene(width, height):
    """A smooth gradient with edges and some noise."""
    generator = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width]
    planes = [x * 255 / width, y * 255 / height, 127 + 100 * np.sin(x / 3 + y / 5)]
    picture = np.stack(planes, -1)
    picture[height // 3 : height // 2, width // 4 : width // 2] = (250, 20, 90)
    return np.clip(picture + generator.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
ADAM7 += [(0, 1, 1, 2)]


def write_png(path, picture, bit_depth, color_type, interlaced=False):
    """A PNG that Pillow cannot write, of height x width x samples of bit_depth."""

    def chunk(kind, data):
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    height, width = picture.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, bit_depth, color_type, 0, 0, int(interlaced))
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    parts = [picture[y::dy, x::dx] for x, y, dx, dy in passes]
    rows = [b"\0" + row.tobytes() for part in parts if part.size for row in part]
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b""))


def main():
    HERE.mkdir(exist_ok=True)
    source = Image.fromarray(scene(61, 47))
    small = Image.fromarray(scene(21, 13))
    source.save(HERE / "source.png")
    for size in SIZES:
        np.save(
            HERE / f"resize_{size[0]}x{size[1]}.npy",
            np.asarray(source.resize(size, Image.BILINEAR)),
        )
    small.save(HERE / "rgb.jpg", quality=90)
    small.save(HERE / "progressive.jpg", quality=80, progressive=True)
    small.convert("L").save(HERE / "grey.jpg", quality=90)
    small.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
    # The same data taken as YCCK: the byte after the Adobe marker's flags says so.
    cmyk = bytearray((HERE / "cmyk.jpg").read_bytes())
    cmyk[cmyk.index(b"Adobe") + 11] = 2
    (HERE / "ycck.jpg").write_bytes(cmyk)
    write_png(HERE / "interlaced.png", scene(21, 13), 8, 2, interlaced=True)
    small.convert("P", palette=Image.ADAPTIVE, colors=16).save(HERE / "palette.png")
    small.convert("P", palette=Image.ADAPTIVE, colors=8).save(
        HERE / "palette_alpha.png", transparency=3
    )
    small.convert("L").convert("1").save(HERE / "bilevel.png")
    alpha = Image.fromarray(np.tile(np.arange(21, dtype=np.uint8) * 12, (13, 1)))
    small.putalpha(alpha)
    small.save(HERE / "rgba.png")
    small.convert("LA").save(HERE / "grey_alpha.png")
    for path in sorted(HERE.glob("*.[jp][pn]g")):
        if path.stem not in ("source", "rgb16", "grey16"):
            np.save(path.with_suffix(".npy"), np.asarray(Image.open(path).convert("RGB")))
    wide = (scene(21, 13).astype(np.uint16) * 256 + 77).astype(">u2")
    write_png(HERE / "rgb16.png", wide, 16, 2)
    np.save(HERE / "rgb16.npy", scene(21, 13))
    write_png(HERE / "grey16.png", wide[..., :1], 16, 0)
    np.save(HERE / "grey16.npy", np.repeat(scene(21, 13)[..., :1], 3, -1))


if __name__ == "__main__":
    main()
