"""Real inputs of the models that are made for pictures, prepared as edgeopt prepares them.

Classifiers get `arguments.pictures`, other models `arguments.samples`; models that no pictures are
known for get as much seeded noise.
"""

import sys

import numpy as np

import common

sys.path.insert(0, str(common.SOURCE / "tools" / "bench"))
import peers  # noqa: E402

# model: (pictures to calibrate with, to judge with, preset of peers.py, offset of classes)
CIFAR = ("cifar10_train.tar", "cifar10_dev.tar")
IMAGENET = ("imagenet_calib.txt", "imagenet_eval.txt")
COCO = ("coco_calib/images", "coco_dev/images")
PICTURES = {
    "resnet8_cifar10": (*CIFAR, "raw", 0),
    "resnet8_cifar10_bn": (*CIFAR, "raw", 0),
    "resnet20_cifar10": (*CIFAR, "cifar10", 0),
    "resnet56_cifar10": (*CIFAR, "cifar10", 0),
    "mobilenetv2_imagenet": (*IMAGENET, "imagenet-tf", 1),
    "squeezenet11_imagenet": (*IMAGENET, "caffe", 0),
    "vww_mobilenetv1_025": (*COCO, "unit", 0),
    "vww_mobilenetv1_025_bn": (*COCO, "unit", 0),
    "yolox_nano": (*COCO, "yolox", 0),
    "yolo_fastest_1.1": (*COCO, "darknet", 0),
    "ultraface_rfb320": (*COCO, "ultraface", 0),
}
OWN = ("field_survey_calib.tar", "field_survey_val.tar", "field_survey", 0)
PRESETS = {
    "ultraface": ("stretch", lambda x: (x - 127) / 128),
    "field_survey": ("stretch", lambda x: (x - 127.5) / 127.5),
}
LARGE = 200 * 200
CALIBRATION = 128
SEEDED_CALIBRATION = 8


def picture_source(path, arguments):
    if path.parent == common.SOURCE / "models":
        return path.parent, OWN
    return arguments.shared / "data", PICTURES.get(path.stem)


def prepared(folder, source, preset, name, shape, count, offset):
    """(samples, classes or None)"""
    peers.PRESETS.update(PRESETS)
    found = peers.pictures(folder / source, count)
    samples = [{name: peers.prepare(read(), preset, shape)} for read, _ in found]
    classes = np.array([label + offset if label >= 0 else -1 for _, label in found])
    return samples, classes if (classes >= 0).all() else None


def data_of(path, arguments, most_large=None):
    """(samples to calibrate with, samples to judge with, their classes or None)

    `most_large`: judge with at most so many pictures of 200x200 and more."""
    folder, known = picture_source(path, arguments)
    if known is None:
        samples = common.seeded_inputs(path, SEEDED_CALIBRATION + arguments.samples)
        return samples[:SEEDED_CALIBRATION], samples[SEEDED_CALIBRATION:], None
    calibration, judged, preset, offset = known
    name, shape = peers.input_of(path)
    labelled = judged.endswith((".tar", ".txt"))
    count = arguments.pictures if labelled else arguments.samples
    if most_large is not None and int(np.prod(shape[1:])) >= 3 * LARGE:
        count = min(count, most_large)
    first, _ = prepared(folder, calibration, preset, name, shape, CALIBRATION, 0)
    return first, *prepared(folder, judged, preset, name, shape, count, offset)


def save(path, samples, classes=None):
    arrays = {name: np.concatenate([s[name] for s in samples]) for name in samples[0]}
    if classes is not None:
        arrays["labels"] = classes
    np.savez(path, **arrays)
    return path
