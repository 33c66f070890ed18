#!/usr/bin/env python3
"""Accuracy kept by `edgeopt quantize` (defaults) against ONNX Runtime's quantize_static, for
each classifier: a table in docs/benchmarks.md.

    tools/bench/accuracy.py [options]

Both quantize the same float model with the same pictures (per channel, uint8, min-max in
ONNX Runtime) and are judged on the same other pictures in ONNX Runtime, graph optimizations off.
Agreement and SQNR are those of the first output against the float model's. "difference" is top-1 of
edgeopt's file minus that of ONNX Runtime's, with two standard errors of the paired difference.
"""

import argparse
import pathlib
import sys

import harness
from harness import Case, measure, table

def known_cases(bench, arguments):
    """(case, pictures to judge with)."""
    if arguments.model is not None:
        if arguments.images is None or arguments.eval is None:
            raise SystemExit("--model needs --images and --eval")
        case = Case(arguments.model, arguments.images, arguments.preset, 0, arguments.class_offset)
        return [(case, arguments.eval)]
    models, data = bench.data / "models", bench.data
    cifar = (data / "cifar10_train.tar", data / "cifar10_dev.tar")
    photographs = (data / "imagenet_calib.txt", data / "imagenet_eval.txt")
    scenes = (data / "coco_calib" / "images", data / "coco_dev" / "images")
    rows = [
        ("resnet8_cifar10", cifar, "raw", 0),
        ("resnet8_cifar10_bn", cifar, "raw", 0),
        ("resnet20_cifar10", cifar, "cifar10", 0),
        ("resnet56_cifar10", cifar, "cifar10", 0),
        ("mobilenetv2_imagenet", photographs, "imagenet-tf", 1),
        ("squeezenet11_imagenet", photographs, "caffe", 0),
        ("vww_mobilenetv1_025", scenes, "unit", 0),
    ]
    cases = []
    for name, (calib, judged), preset, offset in rows:
        case = Case(models / f"{name}.onnx", calib, preset, 0, offset)
        if case.model.exists() and judged.exists():
            cases.append((case, judged))
        else:
            print(f"  {case.model}: not there, left out (see --data, --model)", file=sys.stderr)
    return cases


def quantize_with_edgeopt(bench, case, arguments):
    folder = bench.work / "accuracy"
    measure(
        bench.tool(
            *("quantize", case.model, "--calib", case.images, "--samples", arguments.samples),
            *("--output", folder, *case.flags(), *arguments.option),
        )
    )
    return folder / case.model.name


def quantize_with_ort(bench, case, arguments):
    out = bench.work / f"{case.name}.ort.onnx"
    rest = ["--preset", case.preset, "--count", str(arguments.samples), "--out", out]
    measure(bench.peers("quantize", case.model, case.images, *rest))
    return out


def number(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def row_of(bench, case, judged, arguments):
    ours = quantize_with_edgeopt(bench, case, arguments)
    theirs = quantize_with_ort(bench, case, arguments)
    offset = ["--class-offset", case.class_offset, "--count", arguments.count or 0]
    rest = ["--eval", judged, "--preset", case.preset, *offset]
    result = measure(bench.peers("judge", case.model, ours, theirs, *rest)).json()
    exact, edgeopt, ort = result["models"]
    difference = "-"
    if result["labelled"]:
        points = edgeopt["top1"] - ort["top1"]
        difference = f"{points:+.2f} ± {2 * edgeopt['standard_error']:.2f}"
    return [
        case.name,
        result["samples"],
        *(number(model.get("top1"), 2) for model in (exact, edgeopt, ort)),
        difference,
        *(number(model["agreement"]) for model in (edgeopt, ort)),
        *(number(model["sqnr_db"]) for model in (edgeopt, ort)),
    ]


def add_arguments(parser):
    harness.add_common_arguments(parser)
    parser.add_argument("--eval", type=pathlib.Path, help="pictures to judge with (with --model)")
    parser.add_argument("--class-offset", type=int, default=0, help="with --model")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--samples", type=int, default=128, help="to calibrate with (default 128)")
    parser.add_argument(
        "--option", action="append", default=[], help="further flag of edgeopt quantize"
    )
    parser.add_argument("--section", default="accuracy", help="name of the section in the docs")
    arguments = parser.parse_args()
    bench = harness.Bench(arguments)
    rows = [row_of(bench, *case, arguments) for case in known_cases(bench, arguments)]
    header = ["model", "pictures", "float", "edgeopt", "ORT", "difference, ± 2 SE"]
    header += ["agreement edgeopt", "ORT", "SQNR edgeopt dB", "ORT dB"]
    note = (
        f"Top-1 in per cent; {arguments.samples} pictures to calibrate with, others to judge with. "
        "Per channel, 8 bits; edgeopt with its defaults"
        + (f" and {' '.join(arguments.option)}" if arguments.option else "")
        + ", ONNX Runtime's quantize_static with min-max."
    )
    title = "Accuracy against ONNX Runtime's quantize_static"
    bench.write(arguments.section, title, [note, "", *table(header, rows)])


if __name__ == "__main__":
    main()
