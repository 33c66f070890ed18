"""Vehicles, in metres, facing +x, each of a random make."""

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
