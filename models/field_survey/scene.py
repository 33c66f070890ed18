"""Puts things on the ground, lights the scene and takes the picture."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from . import ground
from .shapes import place, shade
from .things import CLASSES, VEHICLES, extent, make

FINE = 3  # things are drawn this much finer than the picture, then averaged


@dataclass
class Light:
    """Where the sun stands and how the camera sees."""

    shadow: np.ndarray  # metres on the ground for a metre of height
    strength: float  # how much a shadow takes away
    lean: np.ndarray  # sideways shift of a metre of height in the picture: the camera looks aslant


@dataclass
class Placed:
    name: str
    parts: list
    x: float  # metres from the centre of the picture
    y: float
    angle: float
    mask: np.ndarray = field(default=None, repr=False)  # H x W, 0..1, before others cover it


def levels(part, count):
    """Heights at which to draw a part so that its sides look closed."""
    rise = part.high - part.low
    return [part.low + rise * i / (count - 1) for i in range(count)] if rise > 0.05 else [part.high]


def random_light(rng):
    azimuth, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 1.7)
    tilt, view = rng.uniform(0, 0.3), rng.uniform(0, 2 * np.pi)
    return Light(
        np.array([np.cos(azimuth), np.sin(azimuth)]) * reach,
        rng.choice([0.15, 0.35, 0.5, 0.6]),
        np.array([np.cos(view), np.sin(view)]) * tilt,
    )


class Painter:
    """Draws things of one scene onto its ground, in the order given."""

    def __init__(self, picture, scale, light):
        self.picture, self.scale, self.light = picture, scale, light
        self.height, self.width = picture.shape[:2]

    def pixels(self, thing, part, slant, heights):
        """Flat x, y lists of the outline on the fine sheet, shifted by `slant` at each height."""
        zoom = self.scale * FINE
        points = place(part.outline, thing.x, thing.y, thing.angle) * zoom
        points += np.array([self.width, self.height]) * FINE / 2
        return [(points + slant * (zoom * height)).ravel().tolist() for height in heights]

    def sheet(self, mode, colour):
        image = Image.new(mode, (self.width * FINE, self.height * FINE), colour)
        return image, ImageDraw.Draw(image)

    def shrink(self, image):
        return np.asarray(image.reduce(FINE), np.float32)

    def shadows(self, things, soft):
        image, pen = self.sheet("L", 0)
        for thing in things:
            for part in thing.parts:
                for points in self.pixels(thing, part, self.light.shadow, levels(part, 3)):
                    pen.polygon(points, fill=255)
        dark = image.reduce(FINE).filter(ImageFilter.GaussianBlur(soft))
        dark = np.asarray(dark, np.float32) / 255 * self.light.strength
        self.picture *= 1 - dark[..., None] * np.array([1.0, 0.95, 0.85], np.float32)

    def thing(self, rng, thing):
        image, pen = self.sheet("RGB", (0, 0, 0))
        cover, pen_cover = self.sheet("L", 0)
        for part in thing.parts:
            rings = self.pixels(thing, part, self.light.lean, levels(part, 4))
            for points in rings[:-1]:
                pen.polygon(points, fill=shade(part.colour, 0.6))
                pen_cover.polygon(points, fill=255)
            pen.polygon(rings[-1], fill=tuple(part.colour))
            pen_cover.polygon(rings[-1], fill=255)
        mask = self.shrink(cover) / 255
        colour = self.shrink(image)  # already weighted by the mask: what is not covered is black
        grain = (
            1 + 0.05 * rng.normal(0, 1, mask.shape) + 0.05 * ground.noise(rng, *mask.shape, 8, 3)
        )
        self.picture *= 1 - mask[..., None]
        self.picture += colour * grain[..., None].astype(np.float32)
        thing.mask = mask


def photograph(rng, picture, hard=1.0):
    """Cloud shadow, exposure, haze, blur of motion and focus, sensor noise; gives 8-bit RGB."""
    height, width = picture.shape[:2]
    if rng.random() < 0.3:
        cloud = ground.noise(rng, height, width, max(width * 0.7, 8), 2)
        picture = picture * (1 - 0.4 / (1 + np.exp(-4 * (cloud - 0.3))))[..., None]
    warm = rng.normal(0, 0.05)
    gain = np.exp(rng.normal(0.05, 0.22 * hard)) * np.array([1 + warm, 1.0, 1 - warm])
    picture = 255 * np.clip(picture * gain / 255, 0, 1) ** np.exp(rng.normal(0, 0.15))
    haze = max(0.0, rng.normal(0, 0.16 * hard))
    picture = picture * (1 - haze) + np.array([200, 205, 212]) * haze
    if rng.random() < 0.4 * hard:
        picture = smear(picture, int(rng.integers(2, 5)), rng.uniform(0, np.pi))
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(max(0.0, rng.normal(0.2, 0.35 * hard))))
    picture = np.asarray(image, np.float32)
    sigma = abs(rng.normal(0, 6 * hard)) + 1
    shot = np.sqrt(np.clip(picture, 0, 255) / 255) * 0.6 + 0.4
    picture = picture + rng.normal(0, 1, picture.shape) * (sigma * shot)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def smear(picture, length, angle):
    """Mean of copies shifted along a line of `length` pixels."""
    total = np.zeros_like(picture)
    for i in range(length):
        far = i - (length - 1) / 2
        shift = (int(round(far * np.sin(angle))), int(round(far * np.cos(angle))))
        total += np.roll(picture, shift, (0, 1))
    return total / length


def new_thing(rng, name, x, y, road_angle):
    angle = rng.uniform(0, 2 * np.pi)
    if road_angle is not None and name in VEHICLES and rng.random() < 0.7:
        angle = road_angle + np.pi * rng.integers(2) + rng.normal(0, 0.12)
    return Placed(name, make(rng, name), x, y, angle)


def render_crop(rng, name, size=64):
    """A size x size picture with one `name` near the middle, perhaps cut or covered in part."""
    road_angle = (
        rng.uniform(0, np.pi) if rng.random() < (0.5 if name in VEHICLES else 0.15) else None
    )
    target = new_thing(rng, name, 0, 0, road_angle)
    long_side = size * np.exp(rng.uniform(np.log(0.4), np.log(0.95)))
    scale = long_side / extent(target.parts)
    target.x, target.y = rng.normal(0, 0.07 * size / scale, 2)
    picture = ground.draw(rng, size, size, scale, road_angle).astype(np.float32)
    light = random_light(rng)
    painter = Painter(picture, scale, light)
    beside, above = [], []
    for _ in range(int(rng.choice([0, 0, 1, 1, 2]))):  # others, mostly out of the picture
        other = new_thing(rng, CLASSES[int(rng.integers(len(CLASSES)))], 0, 0, road_angle)
        away = rng.uniform(0, 2 * np.pi)
        far = extent(target.parts) * 0.5 + extent(other.parts) * 0.5 * rng.uniform(0.9, 1.3)
        far = max(far, size / scale * 0.42)
        other.x, other.y = target.x + far * np.cos(away), target.y + far * np.sin(away)
        (above if other.name == "tree" else beside).append(other)
    painter.shadows(beside + [target] + above, soft=rng.uniform(0.3, 1.2))
    for thing in beside + [target] + above:
        painter.thing(rng, thing)
    return photograph(rng, painter.picture, hard=0.7)


def render_scene(rng, width=416, height=320):
    """A wide picture and its boxes [(class, x0, y0, x1, y1)]: pixels, x1 and y1 exclusive."""
    scale = np.exp(rng.uniform(np.log(7), np.log(20)))
    road_angle = rng.uniform(0, np.pi) if rng.random() < 0.5 else None
    picture = ground.draw(rng, height, width, scale, road_angle).astype(np.float32)
    painter = Painter(picture, scale, random_light(rng))
    things, herd = [], CLASSES[int(rng.integers(len(CLASSES)))]
    for _ in range(int(rng.integers(2, 16)) * 3):
        name = herd if rng.random() < 0.3 else CLASSES[int(rng.integers(len(CLASSES)))]
        thing = new_thing(
            rng, name, *(rng.uniform(-0.52, 0.52, 2) * [width, height] / scale), road_angle
        )
        gap = [
            np.hypot(thing.x - t.x, thing.y - t.y) - 0.36 * (extent(thing.parts) + extent(t.parts))
            for t in things
        ]
        if min(gap, default=1) > 0 and len(things) < 16:
            things.append(thing)
    things.sort(key=lambda thing: max(part.high for part in thing.parts))
    painter.shadows(things, soft=rng.uniform(0.4, 1.5))
    for thing in things:
        painter.thing(rng, thing)
    return photograph(rng, painter.picture, hard=0.7), visible_boxes(things)


def visible_boxes(things, least=0.35, pixels=24):
    """Boxes of what can be seen: things covered by more than 1 - `least`, or tiny, are left out."""
    boxes, free = [], None
    for thing in reversed(things):
        free = np.ones_like(thing.mask) if free is None else free
        seen = thing.mask * free
        free = free * (1 - thing.mask)
        if seen.sum() < max(pixels, least * thing.mask.sum()):
            continue
        rows, cols = np.nonzero(seen.max(1) > 0.5)[0], np.nonzero(seen.max(0) > 0.5)[0]
        if len(rows) and len(cols):
            boxes.append(
                (
                    CLASSES.index(thing.name),
                    int(cols[0]),
                    int(rows[0]),
                    int(cols[-1]) + 1,
                    int(rows[-1]) + 1,
                )
            )
    return boxes[::-1]
