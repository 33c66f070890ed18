"""Animals, in metres, facing +x, each of a random breed and pose."""

import numpy as np

from .shapes import Part, blob, ellipse, limb, pick, rounded, shade, vary
from .vehicles import PAINT


def quadruped(rng, length, width, coat, head_size, neck, legs):
    """Body, legs, neck and head that the animals share; the head ends at the returned position."""
    bend = rng.normal(0, 0.35)
    parts = []
    for end in (-1, 1):
        for side in (-1, 1):
            x = end * length * 0.36 + rng.normal(0, 0.06)
            parts.append(
                Part(
                    ellipse(x, side * width * 0.42, length * 0.14, width * 0.2),
                    shade(coat, 0.6),
                    0,
                    legs,
                )
            )
    parts.append(Part(blob(rng, 0, 0, length, width, 0.04), coat, legs, legs * 1.9))
    shoulder = length * 0.42
    x, y = shoulder + neck * np.cos(bend), neck * np.sin(bend)
    parts.append(
        Part(limb(shoulder * 0.8, 0, x, y, head_size * 1.05), shade(coat, 0.93), legs, legs * 1.9)
    )
    nose = (x + head_size * np.cos(bend) * 0.9, y + head_size * np.sin(bend) * 0.9)
    return parts, (x, y), nose, bend


def cow(rng):
    length, width = rng.uniform(1.7, 2.1), rng.uniform(0.66, 0.82)
    coat = vary(
        rng,
        pick(
            rng,
            [
                (235, 232, 225),
                (40, 36, 34),
                (125, 72, 45),
                (165, 115, 75),
                (90, 60, 45),
                (225, 215, 190),
            ],
        ),
        12,
    )
    parts, head, nose, bend = quadruped(rng, length, width, coat, 0.28, 0.3, 0.75)
    patch = pick(rng, [(35, 32, 30), (235, 230, 222), (120, 66, 42)])
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(2, 6))):
            parts.append(
                Part(
                    blob(
                        rng,
                        rng.uniform(-0.36, 0.36) * length,
                        rng.uniform(-0.25, 0.25) * width,
                        rng.uniform(0.25, 0.6),
                        rng.uniform(0.2, 0.45),
                        0.2,
                    ),
                    patch,
                    1.42,
                    1.43,
                )
            )
    parts.append(
        Part(ellipse(*((np.array(head) + nose) / 2), 0.5, 0.26, bend), shade(coat, 0.9), 1.0, 1.45)
    )
    side = np.array([-np.sin(bend), np.cos(bend)])
    for sign in (-1, 1):
        ear = np.array(head) + side * sign * 0.2
        parts.append(Part(ellipse(*ear, 0.1, 0.22, bend), shade(coat, 0.75), 1.3, 1.4))
        if rng.random() < 0.4:
            tip = np.array(head) + side * sign * 0.3 + np.array([np.cos(bend), np.sin(bend)]) * 0.15
            parts.append(
                Part(
                    limb(*(np.array(head) + side * sign * 0.12), *tip, 0.05),
                    (220, 212, 190),
                    1.45,
                    1.5,
                )
            )
    parts.append(Part(ellipse(*nose, 0.14, 0.18, bend), (205, 165, 150), 1.1, 1.3))
    parts.append(
        Part(
            limb(-length * 0.48, 0, -length * 0.5 - 0.3, rng.normal(0, 0.14), 0.06),
            shade(coat, 0.7),
            0.7,
            1.2,
        )
    )
    return parts


def horse(rng):
    length, width = rng.uniform(1.65, 2.05), rng.uniform(0.5, 0.62)
    coat = vary(
        rng,
        pick(
            rng,
            [
                (110, 62, 38),
                (70, 44, 32),
                (42, 36, 34),
                (170, 165, 158),
                (150, 95, 55),
                (225, 222, 215),
                (190, 150, 100),
            ],
        ),
        12,
    )
    mane = pick(rng, [(30, 26, 24), (215, 195, 150), (60, 42, 32)])
    parts, head, nose, bend = quadruped(rng, length, width, coat, 0.22, rng.uniform(0.5, 0.7), 0.9)
    ahead = np.array([np.cos(bend), np.sin(bend)])
    parts.append(Part(ellipse(*(np.array(head) + ahead * 0.22), 0.58, 0.2, bend), coat, 1.3, 1.75))
    parts.append(
        Part(limb(length * 0.3, 0, *(np.array(head) + ahead * 0.05), 0.1), mane, 1.7, 1.75)
    )
    side = np.array([-np.sin(bend), np.cos(bend)])
    for sign in (-1, 1):
        parts.append(
            Part(
                ellipse(*(np.array(head) + side * sign * 0.07), 0.12, 0.06, bend),
                shade(coat, 0.8),
                1.75,
                1.85,
            )
        )
    tail = rng.normal(0, 0.15)
    parts.append(Part(limb(-length * 0.47, 0, -length * 0.5 - 0.42, tail, 0.16), mane, 0.7, 1.3))
    if rng.random() < 0.25:  # a saddle blanket
        parts.append(
            Part(rounded(0, 0, 0.55, width * 1.1, 4), vary(rng, pick(rng, PAINT)), 1.72, 1.78)
        )
    return parts


def sheep(rng):
    length, width = rng.uniform(1.0, 1.3), rng.uniform(0.52, 0.7)
    wool = vary(
        rng, pick(rng, [(228, 222, 205)] * 4 + [(205, 190, 160), (95, 80, 68), (170, 160, 145)]), 10
    )
    face = vary(rng, pick(rng, [(40, 36, 34), (215, 205, 185), (120, 95, 75)]), 10)
    parts = [Part(blob(rng, 0, 0, length, width, 0.05), shade(wool, 0.8), 0.3, 0.7)]
    for _ in range(int(rng.integers(14, 24))):
        a, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * 0.42
        x, y, puff = np.cos(a) * far * length, np.sin(a) * far * width, rng.uniform(0.14, 0.26)
        parts.append(
            Part(
                blob(rng, x, y, puff, puff, 0.12, points=10),
                shade(wool, rng.uniform(0.9, 1.1)),
                0.7,
                0.78,
            )
        )
    bend = rng.normal(0, 0.5)
    x, y = length * 0.48 + 0.1 * np.cos(bend), 0.14 * np.sin(bend)
    side = np.array([-np.sin(bend), np.cos(bend)])
    for sign in (-1, 1):
        parts.append(
            Part(
                ellipse(x + side[0] * sign * 0.13, y + side[1] * sign * 0.13, 0.08, 0.17, bend),
                shade(face, 0.85),
                0.7,
                0.75,
            )
        )
    parts.append(
        Part(
            ellipse(x + 0.06 * np.cos(bend), y + 0.06 * np.sin(bend), 0.32, 0.18, bend),
            face,
            0.6,
            0.8,
        )
    )
    parts.append(Part(ellipse(-length * 0.52, 0, 0.12, 0.1), shade(wool, 0.85), 0.4, 0.6))
    return parts
