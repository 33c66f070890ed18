"""What stands in a field: each function draws one kind, in metres, facing +x, of a random make."""

import numpy as np

from .shapes import Part, blob, ellipse, limb, pick, rectangle, rounded, shade, vary

PAINT = [
    (225, 225, 222),
    (35, 36, 40),
    (150, 153, 158),
    (165, 30, 32),
    (30, 60, 130),
    (92, 98, 104),
    (190, 170, 130),
    (40, 90, 60),
    (205, 140, 40),
    (110, 70, 50),
    (70, 110, 160),
]
GLASS = [(38, 46, 56), (60, 74, 88), (25, 28, 33)]
RUBBER = (34, 33, 32)


def car(rng):
    length, width = rng.uniform(3.6, 4.9), rng.uniform(1.65, 1.95)
    paint, glass = vary(rng, pick(rng, PAINT)), vary(rng, pick(rng, GLASS), 8)
    cabin, middle = length * rng.uniform(0.44, 0.6), -length * rng.uniform(0.02, 0.1)
    top = 1.25 + rng.uniform(0, 0.35)
    parts = [Part(rounded(0, 0, length, width, rng.uniform(3.5, 6)), paint, 0.25, 0.85)]
    for side in (-1, 1):
        parts.append(
            Part(rectangle(cabin * 0.42 + middle, side * width * 0.53, 0.16, 0.2), paint, 0.8, 1.0)
        )
        parts.append(
            Part(
                ellipse(length * 0.45, side * width * 0.33, 0.16, 0.26), (235, 235, 215), 0.8, 0.86
            )
        )
    parts.append(Part(rounded(middle, 0, cabin, width * 0.86, 5), glass, 0.85, top * 0.9))
    roof = cabin * rng.uniform(0.5, 0.66)
    back = middle - cabin * rng.uniform(0.02, 0.08)
    parts.append(Part(rounded(back, 0, roof, width * 0.74, 5), shade(paint, 1.08), top * 0.9, top))
    if rng.random() < 0.2:
        parts.append(Part(rectangle(back, 0, roof * 0.5, width * 0.4), glass, top, top + 0.02))
    return parts


def van(rng):
    length, width = rng.uniform(4.7, 6.3), rng.uniform(1.9, 2.15)
    paint = vary(rng, pick(rng, PAINT[:1] * 4 + PAINT))
    glass, top = vary(rng, pick(rng, GLASS), 8), rng.uniform(1.9, 2.6)
    parts = [Part(rounded(0, 0, length, width, 7), paint, 0.3, 1.1)]
    for side in (-1, 1):
        parts.append(
            Part(
                rectangle(length * 0.3, side * width * 0.53, 0.2, 0.26), shade(paint, 0.6), 1.1, 1.3
            )
        )
    nose = length * rng.uniform(0.1, 0.17)
    parts.append(Part(rounded(-nose / 2, 0, length - nose, width * 0.97, 9), glass, 1.1, top * 0.8))
    screen = rng.uniform(0.45, 0.75)
    roof = length - nose - screen
    centre = -length / 2 + roof / 2
    parts.append(Part(rounded(centre, 0, roof, width * 0.94, 12), shade(paint, 1.05), 0.4, top))
    ribs = int(rng.integers(0, 6))
    for i in range(ribs):
        x = centre + roof * ((i + 0.5) / ribs - 0.5) * 0.9
        parts.append(Part(rectangle(x, 0, 0.07, width * 0.85), shade(paint, 0.86), top, top + 0.01))
    if rng.random() < 0.25:
        parts.append(
            Part(
                rectangle(centre, rng.uniform(-0.2, 0.2), roof * 0.7, 0.35),
                (150, 140, 120),
                top,
                top + 0.15,
            )
        )
    return parts


def truck(rng):
    width, cab = rng.uniform(2.3, 2.55), rng.uniform(1.7, 2.4)
    bed = rng.uniform(4.2, 8.5)
    paint, gap = vary(rng, pick(rng, PAINT)), rng.uniform(0.15, 0.5)
    length = cab + gap + bed
    front, rear = length / 2 - cab / 2, -length / 2 + bed / 2
    parts = [Part(rectangle(0, 0, length * 0.98, width * 0.55), (45, 44, 43), 0.5, 0.9)]
    parts.append(Part(rounded(front, 0, cab, width * 0.95, 8), vary(rng, GLASS[0], 8), 0.5, 2.2))
    parts.append(Part(rounded(front - cab * 0.1, 0, cab * 0.72, width * 0.92, 8), paint, 0.5, 2.6))
    for side in (-1, 1):
        parts.append(
            Part(
                rectangle(front + cab * 0.35, side * width * 0.55, 0.15, 0.3),
                (40, 40, 40),
                1.8,
                2.2,
            )
        )
    kind = rng.random()
    cargo = vary(
        rng,
        pick(rng, [(228, 228, 225), (200, 204, 208), (60, 80, 120), (150, 60, 45), (90, 110, 90)]),
    )
    if kind < 0.6:
        parts.append(Part(rectangle(rear, 0, bed, width), cargo, 0.9, rng.uniform(3.0, 3.8)))
        high, ribs = parts[-1].high, int(rng.integers(0, 9))
        for i in range(ribs):
            x = rear + bed * ((i + 0.5) / ribs - 0.5)
            parts.append(Part(rectangle(x, 0, 0.1, width * 0.96), shade(cargo, 0.88), high, high))
    elif kind < 0.85:
        parts.append(Part(rectangle(rear, 0, bed, width), cargo, 0.9, 1.9))
        load = pick(rng, [(120, 95, 65), (190, 165, 95), (110, 108, 104), (70, 52, 38)])
        parts.append(Part(rectangle(rear, 0, bed * 0.95, width * 0.88), shade(load, 0.6), 1.9, 1.9))
        for _ in range(7):
            parts.append(
                Part(
                    blob(
                        rng,
                        rear + rng.uniform(-0.38, 0.38) * bed,
                        rng.uniform(-0.2, 0.2) * width,
                        bed * 0.28,
                        width * 0.5,
                    ),
                    vary(rng, load, 12),
                    1.7,
                    2.0,
                )
            )
    else:
        tank = rounded(rear, 0, bed, width * 0.9, 5)
        parts.append(Part(tank, shade(cargo, 0.75), 0.9, 2.2))
        parts.append(Part(rounded(rear, 0, bed * 0.96, width * 0.5, 6), cargo, 2.2, 2.9))
        for i in range(3):
            parts.append(
                Part(ellipse(rear + bed * (i - 1) * 0.27, 0, 0.5, 0.5), shade(cargo, 0.7), 2.9, 3.0)
            )
    return parts


def tractor(rng):
    paint = vary(
        rng,
        pick(
            rng,
            [
                (40, 105, 45),
                (180, 40, 35),
                (35, 80, 160),
                (215, 170, 40),
                (205, 95, 30),
                (120, 122, 120),
            ],
        ),
    )
    hood, cab = rng.uniform(1.5, 2.2), rng.uniform(1.3, 1.7)
    track, big = rng.uniform(1.5, 1.9), rng.uniform(1.4, 1.8)
    rear, front = -cab * 0.55, hood * 0.72
    parts = []
    small = big * rng.uniform(0.5, 0.75)
    for side in (-1, 1):
        y = side * track / 2
        parts.append(Part(rounded(front, y * 0.9, small, 0.36, 5), RUBBER, 0, small * 0.8))
        for wheel in range(1 + int(rng.random() < 0.12)):
            parts.append(
                Part(
                    rounded(rear, y + side * wheel * 0.55, big, 0.5, 5),
                    vary(rng, RUBBER, 6),
                    0,
                    big * 0.85,
                )
            )
            for i in range(5):
                x = rear + big * (i - 2) * 0.18
                parts.append(
                    Part(
                        limb(
                            x,
                            y - 0.2 + side * wheel * 0.55,
                            x + 0.08,
                            y + 0.2 + side * wheel * 0.55,
                            0.05,
                        ),
                        (62, 58, 54),
                        big * 0.85,
                        big * 0.85,
                    )
                )
    parts.append(Part(rectangle(front, 0, 0.2, track * 0.8), (50, 50, 50), 0.4, 0.6))
    parts.append(Part(rounded(hood * 0.5, 0, hood, rng.uniform(0.65, 0.85), 5), paint, 0.6, 1.4))
    parts.append(Part(ellipse(hood * 0.55, 0.22, 0.14, 0.14), (25, 25, 25), 1.4, 1.9))
    for side in (-1, 1):
        parts.append(
            Part(rounded(rear, side * track * 0.42, big * 0.7, 0.4, 4), shade(paint, 0.9), 1.2, 1.5)
        )
    if rng.random() < 0.8:
        parts.append(Part(rounded(rear, 0, cab, track * 0.72, 6), vary(rng, GLASS[1], 8), 1.0, 2.3))
        roof = pick(rng, [paint, (225, 225, 220), (50, 52, 54)])
        parts.append(Part(rounded(rear, 0, cab * 0.86, track * 0.66, 6), roof, 2.3, 2.5))
    else:
        parts.append(Part(rounded(rear, 0, 0.5, 0.5, 4), (30, 30, 30), 1.0, 1.3))
        parts.append(Part(ellipse(rear + 0.5, 0, 0.35, 0.4), (60, 60, 60), 1.3, 1.4))
    if rng.random() < 0.35:
        parts += implement(rng, rear - big * 0.75, track)
    if rng.random() < 0.2:
        parts.append(Part(rectangle(hood + 0.7, 0, 0.55, track * 1.05), (70, 68, 66), 0.3, 0.9))
        for side in (-1, 1):
            parts.append(
                Part(limb(0, side * 0.5, hood + 0.5, side * 0.6, 0.13), shade(paint, 0.8), 0.8, 1.3)
            )
    return parts


def implement(rng, x, track):
    """A harrow, seed drill or plough behind a tractor."""
    wide, colour = track * rng.uniform(1.0, 1.7), vary(
        rng, pick(rng, [(160, 45, 40), (50, 90, 150), (90, 88, 84), (60, 110, 60)])
    )
    parts = [Part(limb(x + 0.6, 0, x, 0, 0.15), (60, 60, 60), 0.3, 0.5)]
    parts.append(Part(rectangle(x - 0.1, 0, 0.25, wide), colour, 0.4, 0.8))
    for i in range(int(rng.integers(4, 9))):
        y = rng.uniform(-0.5, 0.5) * wide
        parts.append(Part(limb(x - 0.1, y, x - 0.7, y, 0.1), (72, 66, 60), 0.2, 0.5))
    return parts


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
VEHICLES = ("car", "van", "truck")


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
