"""Ground seen from above: float arrays H x W x 3, 0..255, drawn at `scale` pixels a metre."""

import numpy as np
from PIL import Image

from .shapes import pick, vary


def noise(rng, height, width, cell, octaves=4):
    """Smooth noise of mean 0, deviation about 1; `cell`: the size of its largest bumps, pixels."""
    total, gain = np.zeros((height, width), np.float32), 1.0
    for _ in range(octaves):
        rows, cols = int(height / cell) + 4, int(width / cell) + 4
        grid = rng.normal(0, 1, (rows, cols)).astype(np.float32)
        x, y = rng.uniform(0, 1, 2)
        box = (x, y, x + width / cell + 1, y + height / cell + 1)
        total += gain * np.asarray(
            Image.fromarray(grid).resize((width, height), Image.BICUBIC, box=box)
        )
        gain *= 0.6
        cell = max(cell / 2, 1.0)
    return total / 1.1


def axes(height, width, angle):
    """Coordinates along and across the direction `angle`, pixels from the centre."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - width / 2, y - height / 2
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def mix(first, second, weight):
    weight = np.clip(weight, 0, 1)[..., None]
    return first * (1 - weight) + second * weight


def plain(rng, height, width, scale, colour, contrast):
    patches = noise(rng, height, width, max(4.0 * scale, 3), 5)
    grain = rng.normal(0, 1, (height, width)).astype(np.float32)
    tint = noise(rng, height, width, max(6.0 * scale, 3), 2)
    tone = 1 + contrast * (0.7 * patches + 0.5 * grain)
    out = np.asarray(colour, np.float32) * tone[..., None]
    return out + tint[..., None] * np.array([4, 1, -3], np.float32)


def grass(rng, height, width, scale):
    colour = pick(
        rng,
        [
            (92, 120, 58),
            (118, 132, 70),
            (148, 142, 88),
            (74, 100, 50),
            (128, 120, 76),
            (100, 138, 76),
        ],
    )
    out = plain(rng, height, width, scale, vary(rng, colour, 10), rng.uniform(0.08, 0.2))
    tufts = noise(rng, height, width, max(0.6 * scale, 2), 2)
    return out * (1 + 0.12 * np.clip(tufts - 0.6, -0.5, 1.5))[..., None]


def soil(rng, height, width, scale):
    colour = pick(
        rng, [(122, 94, 68), (142, 104, 74), (102, 84, 68), (154, 132, 104), (92, 76, 60)]
    )
    out = plain(rng, height, width, scale, vary(rng, colour, 10), rng.uniform(0.08, 0.18))
    if rng.random() < 0.6:
        _, across = axes(height, width, rng.uniform(0, np.pi))
        furrow = np.sin(
            2 * np.pi * across / max(rng.uniform(0.3, 0.8) * scale, 3)
            + noise(rng, height, width, 3 * scale + 2, 2) * 0.4
        )
        out *= (1 + rng.uniform(0.08, 0.22) * furrow)[..., None]
    return out


def crop_rows(rng, height, width, scale):
    earth = plain(
        rng,
        height,
        width,
        scale,
        vary(rng, pick(rng, [(120, 95, 70), (145, 115, 85), (95, 80, 64)]), 8),
        0.12,
    )
    plant = plain(
        rng,
        height,
        width,
        scale,
        vary(rng, pick(rng, [(70, 110, 48), (95, 130, 60), (150, 150, 70), (60, 95, 60)]), 8),
        0.22,
    )
    _, across = axes(height, width, rng.uniform(0, np.pi))
    spacing = max(rng.uniform(0.5, 1.3) * scale, 4)
    wave = np.cos(
        2 * np.pi * across / spacing
        + rng.uniform(0, 6)
        + noise(rng, height, width, 5 * scale + 2, 2) * 0.25
    )
    gaps = noise(rng, height, width, max(0.7 * scale, 2), 3)
    return mix(earth, plant, (wave + rng.uniform(-0.4, 0.5) + 0.35 * gaps) * 1.6 + 0.5)


def snow(rng, height, width, scale):
    out = plain(rng, height, width, scale, vary(rng, (218, 224, 232), 8), rng.uniform(0.02, 0.06))
    bare = noise(rng, height, width, 3 * scale + 2, 4)
    earth = plain(rng, height, width, scale, (130, 118, 96), 0.15)
    return mix(out, earth, (bare - rng.uniform(1.0, 2.2)) * 2)


def paved(rng, height, width, scale):
    colour = pick(rng, [(112, 112, 114), (136, 134, 130), (88, 88, 92), (160, 152, 140)])
    out = plain(rng, height, width, scale, vary(rng, colour, 8), rng.uniform(0.04, 0.1))
    if rng.random() < 0.4:  # slabs
        for angle in (0.0, np.pi / 2):
            along, _ = axes(height, width, angle)
            joint = np.abs((along / max(rng.uniform(2, 4) * scale, 8) + 0.3) % 1 - 0.5) > 0.485
            out = out * np.where(joint, 0.8, 1.0)[..., None]
    return out


def water(rng, height, width, scale):
    colour = pick(rng, [(52, 78, 88), (70, 92, 80), (60, 84, 110), (84, 88, 72)])
    out = plain(rng, height, width, scale, vary(rng, colour, 8), 0.04)
    _, across = axes(height, width, rng.uniform(0, np.pi))
    ripple = np.sin(
        across / max(0.15 * scale, 0.8) + 2 * noise(rng, height, width, 1.5 * scale + 2, 3)
    )
    return out * (1 + 0.05 * ripple)[..., None] + 30 * np.clip(ripple - 0.93, 0, 1)[..., None]


def road(rng, below, scale, angle, offset):
    """Lays a road at `angle` over the ground `below`, `offset` metres off the centre."""
    height, width = below.shape[:2]
    along, across = axes(height, width, angle)
    across = across - offset * scale + noise(rng, height, width, 12 * scale + 4, 1) * 0.3 * scale
    half = rng.uniform(2.2, 3.8) * scale
    dirt = rng.random() < 0.4
    surface = soil(rng, height, width, scale) * 1.1 if dirt else paved(rng, height, width, scale)
    out = mix(below, surface, (half - np.abs(across)) / max(0.25 * scale, 1) + 0.5)
    if dirt:
        for side in (-1, 1):
            rut = np.exp(-(((across - side * 0.8 * scale) / (0.25 * scale + 0.5)) ** 2))
            out *= (1 - 0.2 * rut)[..., None]
    elif rng.random() < 0.7:
        dash = (along / scale / 4.0) % 1 < rng.choice([0.5, 1.0])
        line = np.clip((0.09 * scale + 0.4 - np.abs(across)) * 1.5, 0, 1) * dash
        out = mix(out, np.full_like(out, 225), line * 0.8)
    return out


def draw(rng, height, width, scale, road_angle=None):
    """A stretch of land. With `road_angle` a road crosses near the middle."""
    kinds = [grass, grass, grass, soil, soil, crop_rows, crop_rows, snow, paved]
    out = pick(rng, kinds)(rng, height, width, scale)
    if rng.random() < 0.3:  # a second kind of ground begins somewhere
        other = pick(rng, kinds + [water, water])
        _, across = axes(height, width, rng.uniform(0, 2 * np.pi))
        edge = across + noise(rng, height, width, 5 * scale + 4, 3) * 0.4 * scale
        far = rng.uniform(0.12, 0.4) * width
        out = mix(out, other(rng, height, width, scale), (edge - far) / max(0.3 * scale, 1) + 0.5)
    if road_angle is not None:
        out = road(rng, out, scale, road_angle, rng.normal(0, 1.0))
    if rng.random() < 0.25:  # tracks of a vehicle
        _, across = axes(height, width, rng.uniform(0, np.pi))
        across = (
            across / scale + rng.normal(0, 3) + noise(rng, height, width, 10 * scale + 4, 1) * 0.4
        )
        for side in (-0.8, 0.8):
            out *= (1 - rng.uniform(0.1, 0.3) * np.exp(-(((across - side) / 0.25) ** 2)))[..., None]
    return np.clip(out, 0, 255)
