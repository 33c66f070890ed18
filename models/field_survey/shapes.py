"""Outlines in metres, and the parts that a thing is built of."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Part:
    """A flat-topped solid: an outline (N x 2, metres, x forward) between two heights (metres)."""

    outline: np.ndarray
    colour: tuple
    low: float = 0.0
    high: float = 0.0


def ellipse(x, y, length, width, angle=0.0, points=20):
    """Full axes `length` along x and `width` along y, turned by `angle` about its centre."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return place(np.stack([np.cos(t) * length / 2, np.sin(t) * width / 2], 1), x, y, angle)


def rounded(x, y, length, width, sharp=6.0, angle=0.0, points=28):
    """A rectangle with rounded corners (a superellipse); larger `sharp`, sharper corners."""
    t = np.linspace(0, 2 * np.pi, points, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    r = (np.abs(c) ** sharp + np.abs(s) ** sharp) ** (-1 / sharp)
    return place(np.stack([c * r * length / 2, s * r * width / 2], 1), x, y, angle)


def rectangle(x, y, length, width, angle=0.0):
    half = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) / 2
    return place(half * [length, width], x, y, angle)


def blob(rng, x, y, length, width, rough=0.15, angle=0.0, points=24):
    """An ellipse whose rim wanders by the fraction `rough`."""
    rim = ellipse(0, 0, length, width, 0.0, points)
    bumps = rng.normal(0, rough, points)
    bumps = (bumps + np.roll(bumps, 1) * 0.5) / 1.2
    return place(rim * (1 + bumps)[:, None], x, y, angle)


def limb(x0, y0, x1, y1, width):
    """A straight bar from one point to another."""
    dx, dy = x1 - x0, y1 - y0
    length = max(np.hypot(dx, dy), 1e-6)
    return rectangle((x0 + x1) / 2, (y0 + y1) / 2, length, width, np.arctan2(dy, dx))


def place(outline, x, y, angle):
    c, s = np.cos(angle), np.sin(angle)
    return outline @ np.array([[c, s], [-s, c]]) + [x, y]


def shade(colour, factor):
    """`colour` made darker or lighter, kept within 0..255."""
    return tuple(int(min(255, max(0, round(channel * factor)))) for channel in colour)


def vary(rng, colour, amount=18):
    """`colour` with brightness and hue moved a little at random."""
    shift = rng.normal(0, amount * 0.7) + rng.normal(0, amount * 0.4, 3)
    return tuple(int(min(255, max(0, round(c + d)))) for c, d in zip(colour, shift))


def pick(rng, options):
    return options[int(rng.integers(len(options)))]
