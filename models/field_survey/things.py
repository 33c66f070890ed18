"""People, trees and bales, in metres, facing +x; the list of classes, and how to make one."""

import numpy as np

from .animals import cow, horse, sheep
from .shapes import Part, blob, ellipse, limb, pick, rectangle, rounded, shade, vary
from .vehicles import car, tractor, truck, van


def person(rng):
    skin = vary(
        rng, pick(rng, [(224, 178, 150), (150, 105, 75), (90, 62, 45), (205, 160, 125)]), 10
    )
    coat = vary(
        rng,
        pick(
            rng,
            [
                (200, 50, 40),
                (40, 70, 140),
                (240, 200, 40),
                (60, 62, 60),
                (230, 230, 225),
                (70, 100, 60),
                (235, 120, 30),
            ],
        ),
    )
    legs, stride = vary(
        rng, pick(rng, [(45, 50, 75), (60, 55, 50), (35, 35, 38), (120, 105, 85)])
    ), rng.uniform(-0.28, 0.28)
    parts = []
    for side in (-1, 1):
        parts.append(Part(limb(0, side * 0.1, side * stride, side * 0.11, 0.15), legs, 0, 0.8))
        parts.append(
            Part(ellipse(side * stride + 0.06, side * 0.11, 0.26, 0.11), (40, 34, 30), 0, 0.1)
        )
    reach = rng.uniform(-0.25, 0.35, 2)
    spread = rng.uniform(0.0, 0.2, 2)
    for i, side in enumerate((-1, 1)):
        hand = (reach[i], side * (0.24 + spread[i]))
        parts.append(Part(limb(0, side * 0.2, *hand, 0.12), shade(coat, 0.85), 0.9, 1.3))
        parts.append(Part(ellipse(*hand, 0.11, 0.11), skin, 0.9, 1.0))
    if rng.random() < 0.3:
        parts.append(
            Part(
                limb(
                    reach[1],
                    0.3,
                    reach[1] + rng.uniform(-0.9, 0.9),
                    0.4 + rng.uniform(-0.3, 0.3),
                    0.05,
                ),
                (130, 100, 70),
                0.9,
                0.9,
            )
        )
    parts.append(Part(rounded(0, 0, 0.27, 0.5, 3), coat, 0.8, 1.45))
    if rng.random() < 0.2:
        parts.append(Part(rounded(-0.17, 0, 0.2, 0.34, 4), vary(rng, (60, 70, 60), 25), 1.0, 1.4))
    hair = vary(rng, pick(rng, [(45, 32, 25), (25, 22, 20), (150, 115, 70), (190, 185, 180)]), 8)
    parts.append(Part(ellipse(0.06, 0, 0.22, 0.19), skin, 1.45, 1.6))
    if rng.random() < 0.35:
        hat = vary(rng, pick(rng, [(210, 190, 130), (235, 235, 60), (60, 60, 60), (180, 40, 40)]))
        parts.append(Part(ellipse(0.03, 0, 0.38, 0.36), hat, 1.65, 1.68))
        parts.append(Part(ellipse(0.03, 0, 0.2, 0.19), shade(hat, 0.9), 1.68, 1.78))
    else:
        parts.append(Part(ellipse(0.01, 0, 0.22, 0.2), hair, 1.6, 1.75))
    return parts


LEAVES = [
    (58, 92, 42),
    (80, 112, 50),
    (46, 76, 48),
    (96, 116, 60),
    (70, 100, 70),
    (150, 110, 45),
    (165, 80, 40),
    (120, 125, 60),
]


def tree(rng):
    size = rng.uniform(2.5, 7.0)
    high, leaf = size * rng.uniform(0.6, 1.1), vary(rng, pick(rng, LEAVES), 14)
    parts = [Part(ellipse(0, 0, size * 0.1, size * 0.1), (80, 62, 48), 0, high * 0.5)]
    kind = rng.random()
    if kind < 0.3:  # conifer: whorls of pointed branches
        for layer in range(5):
            radius, count = size / 2 * (1 - layer * 0.19), int(rng.integers(9, 15))
            t = np.linspace(0, 2 * np.pi, 2 * count, endpoint=False) + rng.uniform(0, 1)
            r = radius * np.where(
                np.arange(2 * count) % 2 == 0, rng.uniform(0.85, 1.1, 2 * count), 0.62
            )
            star = np.stack([np.cos(t) * r, np.sin(t) * r], 1)
            tone = shade(leaf, 0.6 + 0.13 * layer)
            parts.append(
                Part(star, tone, high * (0.3 + 0.13 * layer), high * (0.35 + 0.14 * layer))
            )
    elif kind < 0.42:  # bare
        bark = vary(rng, (105, 92, 80), 12)
        for _ in range(int(rng.integers(9, 15))):
            a, far = rng.uniform(0, 2 * np.pi), size / 2 * rng.uniform(0.6, 1)
            x, y = np.cos(a) * far, np.sin(a) * far
            parts.append(Part(limb(0, 0, x, y, size * 0.03), bark, high * 0.5, high * 0.6))
            for _ in range(3):
                b, f = a + rng.normal(0, 0.7), rng.uniform(0.4, 0.8)
                reach = size * 0.22
                parts.append(
                    Part(
                        limb(
                            x * f,
                            y * f,
                            x * f + np.cos(b) * reach,
                            y * f + np.sin(b) * reach,
                            size * 0.018,
                        ),
                        shade(bark, 1.1),
                        high * 0.7,
                        high * 0.75,
                    )
                )
    else:
        parts.append(
            Part(blob(rng, 0, 0, size, size, 0.1), shade(leaf, 0.62), high * 0.3, high * 0.55)
        )
        for _ in range(int(rng.integers(16, 30))):
            a, far = rng.uniform(0, 2 * np.pi), size * 0.42 * np.sqrt(rng.random())
            puff = size * rng.uniform(0.14, 0.3)
            up = 1 - (far / size) ** 2 * 2
            tone = shade(leaf, rng.uniform(0.75, 1.2))
            parts.append(
                Part(
                    blob(rng, np.cos(a) * far, np.sin(a) * far, puff, puff, 0.15, points=12),
                    tone,
                    high * up * 0.85,
                    high * up,
                )
            )
    return parts


def bale(rng):
    straw = vary(
        rng, pick(rng, [(205, 175, 105), (180, 150, 85), (150, 135, 95), (225, 200, 140)]), 12
    )
    wrap = rng.random() < 0.3
    if wrap:
        straw = vary(
            rng, pick(rng, [(225, 228, 225), (40, 42, 42), (130, 165, 130), (225, 170, 185)]), 8
        )
    if rng.random() < 0.6:  # round, lying: the drum seen from above
        length, width = rng.uniform(1.2, 1.5), rng.uniform(1.2, 1.6)
        parts = [Part(rounded(0, 0, length, width, 7), shade(straw, 0.72), 0, 0.8)]
        for i in range(5):  # lighter towards the crest
            parts.append(
                Part(
                    rounded(0, 0, length * 0.99, width * (0.85 - 0.17 * i), 8),
                    shade(straw, 0.8 + 0.06 * i),
                    0.8 + 0.1 * i,
                    0.9 + 0.1 * i,
                )
            )
        high = 1.35
    else:
        length, width, high = rng.uniform(1.8, 2.5), rng.uniform(0.85, 1.2), rng.uniform(0.7, 1.2)
        parts = [Part(rectangle(0, 0, length, width), straw, 0, high)]
    lines = int(rng.integers(2, 7))
    for i in range(0 if wrap else lines):  # strings
        x = length * ((i + 0.5) / lines - 0.5)
        parts.append(Part(rectangle(x, 0, 0.04, width * 0.96), shade(straw, 0.68), high, high))
    for _ in range(0 if wrap else 14):  # loose straw
        x, y, a = (
            rng.uniform(-0.45, 0.45) * length,
            rng.uniform(-0.4, 0.4) * width,
            rng.uniform(0, 3.14),
        )
        parts.append(
            Part(rectangle(x, y, 0.25, 0.03, a), shade(straw, rng.uniform(0.75, 1.25)), high, high)
        )
    return parts


CLASSES = ("car", "van", "truck", "tractor", "person", "tree", "cow", "horse", "sheep", "bale")
MAKERS = dict(zip(CLASSES, (car, van, truck, tractor, person, tree, cow, horse, sheep, bale)))
VEHICLES = ("car", "van", "truck")  # what keeps to a road


def make(rng, name):
    """The parts of a new thing of class `name`, turned to face +x, centred on the origin."""
    parts = MAKERS[name](rng)
    points = np.concatenate([part.outline for part in parts])
    centre = (points.min(0) + points.max(0)) / 2
    for part in parts:
        part.outline = part.outline - centre
    return parts


def extent(parts):
    """The longer side of the bounding box, metres."""
    points = np.concatenate([part.outline for part in parts])
    return float((points.max(0) - points.min(0)).max())
