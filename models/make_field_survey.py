#!/usr/bin/env python3
"""Draws the field survey images: crops to classify, or scenes with boxes.

    python make_field_survey.py crops  --split val --count 1000 -o field_survey_val.tar
    python make_field_survey.py scenes --split val --count 50 -o field_survey_scenes

Needs numpy and Pillow. An image depends on --seed, the split and its number only, so the same
command gives the same bytes, and a longer set begins with the shorter one.
"""

import argparse
import io
import json
import multiprocessing
import pathlib
import tarfile

import numpy as np
from PIL import Image

from field_survey import CLASSES, render_crop, render_scene

SPLITS = {"train": 0, "calib": 1, "val": 2}
QUALITY = 82


def generator(seed, split, index, kind):
    return np.random.default_rng([seed, SPLITS[split], index, kind])


def jpeg(picture):
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def draw_crop(job):
    seed, split, index, size = job
    label = index % len(CLASSES)
    picture = render_crop(generator(seed, split, index, 0), CLASSES[label], size)
    return f"{label}_{CLASSES[label]}/{index:06d}.jpg", jpeg(picture)


def draw_scene(job):
    seed, split, index, width, height = job
    picture, boxes = render_scene(generator(seed, split, index, 1), width, height)
    return f"{index:06d}", jpeg(picture), boxes


def write_crops(path, results):
    """A tar of CLASS/NUMBER.jpg whose bytes do not depend on when or by whom it was made."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in sorted(results):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))


def write_scenes(folder, results, width, height):
    """images/*.jpg, labels/*.txt (YOLO: class, box as fractions), annotations.json (COCO)."""
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    coco = {"images": [], "annotations": [], "categories": []}
    coco["categories"] = [{"id": i, "name": name} for i, name in enumerate(CLASSES)]
    for name, data, boxes in results:
        (folder / "images" / f"{name}.jpg").write_bytes(data)
        lines = []
        image_id = int(name)
        coco["images"].append(
            {"id": image_id, "file_name": f"{name}.jpg", "width": width, "height": height}
        )
        for label, x0, y0, x1, y1 in boxes:
            centre = (
                (x0 + x1) / 2 / width,
                (y0 + y1) / 2 / height,
                (x1 - x0) / width,
                (y1 - y0) / height,
            )
            lines.append(" ".join([str(label)] + [f"{value:.6f}" for value in centre]) + "\n")
            box = [x0, y0, x1 - x0, y1 - y0]
            coco["annotations"].append(
                {
                    "id": len(coco["annotations"]) + 1,
                    "image_id": image_id,
                    "category_id": label,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                }
            )
        (folder / "labels" / f"{name}.txt").write_text("".join(lines))
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in CLASSES))
    (folder / "annotations.json").write_text(json.dumps(coco, indent=1) + "\n")


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=("crops", "scenes"))
    parser.add_argument("--split", choices=SPLITS, default="train")
    parser.add_argument("--count", type=int, required=True, help="how many images")
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--size", type=int, default=64, help="side of a crop, pixels (default 64)")
    parser.add_argument(
        "--scene-size", type=int, nargs=2, default=(416, 320), metavar=("WIDTH", "HEIGHT")
    )
    parser.add_argument(
        "--jobs", type=int, default=2, help="processes (default 2); the bytes do not depend on it"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=pathlib.Path,
        required=True,
        help="a tar (crops) or a folder (scenes)",
    )
    return parser.parse_args()


def main():
    args = parse()
    crops = args.kind == "crops"
    extra = (args.size,) if crops else tuple(args.scene_size)
    jobs = [(args.seed, args.split, index) + extra for index in range(args.count)]
    with multiprocessing.Pool(args.jobs) as pool:
        results = pool.map(draw_crop if crops else draw_scene, jobs, chunksize=16)
    if crops:
        write_crops(args.output, results)
    else:
        write_scenes(args.output, results, *args.scene_size)
    print(f"{args.count} {args.kind} -> {args.output}")


if __name__ == "__main__":
    main()
