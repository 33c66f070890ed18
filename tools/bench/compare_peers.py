#!/usr/bin/env python3
"""edgeopt against its peers, side by side on this machine: each section is a table in
docs/benchmarks.md, replaced in place.

    tools/bench/compare_peers.py SECTION [SECTION ...] [options]

    float       inference against ONNX Runtime (all its optimizations), decoding excluded
    simulated   quantized (simulated) inference against float inference
    calibrate   calibration and quantization, whole process, against ONNX Runtime's quantize_static
    onnxsim     the same with min-max against onnxsim's static quantization
    memory      peak memory of calibration with 100 and with 1,000 pictures
    threads     calibration with 1 and with 2 threads
    scale       a chain of 500 to 2,000 nodes; 1.5 GB of external weights
    all         all of them

Programs are run in turn (A B A B ...), each in a process of its own; times are medians, ratios are
medians of the ratios of neighbouring runs. The peers are installed from PyPI into build/bench/venv.
"""

import argparse
import pathlib
import sys

import harness
from harness import Case, alternate, measure, median, ratio, table

HERE = pathlib.Path(__file__).parent


def known_cases(bench, names, arguments):
    """The models that a section is about, or the one that was asked for."""
    if arguments.model is not None:
        if arguments.images is None:
            raise SystemExit("--model needs --images")
        return [Case(arguments.model, arguments.images, arguments.preset, arguments.count or 128)]
    models, photographs = bench.data / "models", bench.data / "imagenet_calib.txt"
    table_of = {
        "resnet50": (bench.work / "resnet50.onnx", photographs, "imagenet", 64),
        "mobilenetv2": (models / "mobilenetv2_imagenet.onnx", photographs, "imagenet-tf", 128),
        "resnet20": (
            models / "resnet20_cifar10.onnx",
            bench.data / "cifar10_dev.tar",
            "cifar10",
            2000,
        ),
        "yolox": (models / "yolox_nano.onnx", bench.data / "coco_calib" / "images", "yolox", 64),
    }
    cases = []
    for name in names:
        case = Case(*table_of[name])
        case.count = arguments.count or case.count
        if name == "resnet50" and not case.model.exists():
            make_resnet50(bench, case.model)
        if case.model.exists() and case.images.exists():
            cases.append(case)
        else:
            print(f"  {case.model}: not there, left out (see --data, --model)", file=sys.stderr)
    return cases


def make_resnet50(bench, path):
    script = bench.data / "make_resnet50.py"
    if script.exists():
        measure([bench.peers()[0], script, path])


def speed(run):
    """Milliseconds a picture."""
    return 1000 / run.json()["samples_per_second"]


def processor_times(commands, count, rounds):
    """Milliseconds of processor time a picture, by name: commands(n) are those for n pictures. The
    start of the process falls out, as runs with few pictures are taken off; reading a .npy does
    not."""
    few = max(4, count // 8)
    whole, start = alternate(commands(count), rounds), alternate(commands(few), rounds)
    return {
        name: [1000 * (a.cpu - b.cpu) / (count - few) for a, b in zip(whole[name], start[name])]
        for name in whole
    }


def section_float(bench, arguments):
    rows = []
    for case in known_cases(bench, ["resnet50", "mobilenetv2", "yolox", "resnet20"], arguments):
        data = bench.prepared(case, case.count)
        threads = ["--threads", bench.threads]

        def commands(count):
            own = ["--data", data, "--samples", count, "--json"]
            peer = ["infer", case.model, data, "--count", count, *threads]
            return {
                "edgeopt": bench.tool("evaluate", case.model, *own),
                "ort": bench.peers(*peer),
                "ort parallel": bench.peers(*peer, "--parallel"),
            }

        if bench.threads == 1:
            times = processor_times(commands, case.count, bench.rounds)
        else:
            runs = alternate(commands(case.count), bench.rounds)
            times = {name: [speed(run) for run in of] for name, of in runs.items()}
        rows.append(
            [case.name, case.count, *(f"{median(of):.2f}" for of in times.values())]
            + [f"{ratio(times['edgeopt'], times[name]):.2f}" for name in ("ort", "ort parallel")]
        )
    header = ["model", "pictures", "edgeopt ms", "ORT ms", "ORT parallel ms", "/ ORT", "/ parallel"]
    note = (
        "Float inference, a picture at a time, inputs prepared in a .npy. ORT: all optimizations, "
        "one picture at a time on all threads; parallel: as many pictures at a time as threads, "
        "one thread each. On one thread: processor time, edgeopt's with the reading of the .npy."
    )
    bench.write("float", "Float inference", [note, "", *table(header, rows)])


def quantized(bench, case, *options):
    """Command that quantizes the case's model, and the file that it writes."""
    folder = bench.work / "quantized"
    command = bench.tool(
        *("quantize", case.model, "--calib", unlabelled(bench, case), "--output", folder),
        *(*case.flags(), *options),
    )
    return command, folder / case.model.name


def unlabelled(bench, case):
    """The pictures as a list without classes, so that no accuracy is measured. Archives cannot be
    listed; they stay."""
    if case.images.suffix == ".txt":
        base, rows = case.images.parent, case.images.read_text().splitlines()
        paths = [base / row.split()[0] for row in rows if row.strip()]
    elif case.images.is_dir():
        endings = (".jpg", ".jpeg", ".png")
        paths = sorted(p for p in case.images.rglob("*") if p.suffix.lower() in endings)
    else:
        return case.images
    path = bench.work / f"{case.name}.list.txt"
    path.write_text("".join(f"{p}\n" for p in paths))
    return path


def section_simulated(bench, arguments):
    rows = []
    for case in known_cases(bench, ["resnet50", "mobilenetv2", "yolox", "resnet20"], arguments):
        command, model = quantized(bench, case, "--samples", 32)
        measure(command)
        data = bench.prepared(case, case.count)

        def commands(count):
            return {
                name: bench.tool("evaluate", path, "--data", data, "--samples", count, "--json")
                for name, path in (("float", case.model), ("quantized", model))
            }

        times = processor_times(commands, case.count, bench.rounds)
        rows.append(
            [case.name, case.count, *(f"{median(of):.2f}" for of in times.values())]
            + [f"{ratio(times['quantized'], times['float']):.2f}"]
        )
    header = ["model", "pictures", "float ms", "simulated ms", "simulated / float"]
    note = "The exported file against the float model, processor time a picture."
    bench.write("simulated", "Simulated inference against float", [note, "", *table(header, rows)])


def section_calibrate(bench, arguments):
    count = arguments.count or 128
    rows = []
    for case in known_cases(bench, ["mobilenetv2", "resnet50"], arguments):
        out = bench.work / "ort.onnx"
        rest = ["--preset", case.preset, "--count", count, "--out", out]
        pairs = [
            ("min-max", ["--calibrator", "min-max"], "minmax", bench.rounds),
            ("default against min-max", [], "minmax", bench.rounds),
        ]
        if arguments.heavy:  # ONNX Runtime needs 8 to 15 GB and minutes
            pairs.append(("percentile", ["--calibrator", "percentile"], "percentile", 1))
            pairs.append(("default against percentile", [], "percentile", 1))
        for label, options, method, rounds in pairs:
            runs = alternate(
                {
                    "edgeopt": quantized(bench, case, "--samples", count, *options)[0],
                    "ort": bench.peers(
                        *("quantize", case.model, case.images, "--method", method, *rest)
                    ),
                },
                rounds,
            )
            rows.append([case.name, label, *compared(runs, "ort")])
    header = ["model", "calibrator", "edgeopt s", "ORT s", "time", "edgeopt MB", "ORT MB", "memory"]
    note = (
        f"Whole process, {count} pictures decoded and prepared, no labels. Memory: peak resident."
    )
    lines = [note, "", *table(header, rows)]
    bench.write("calibrate", "Calibration and quantization against ONNX Runtime", lines)


def compared(runs, peer):
    """Seconds, ratio, megabytes, ratio of edgeopt and a peer."""
    ours, theirs = runs["edgeopt"], runs[peer]
    seconds = [[run.seconds for run in of] for of in (ours, theirs)]
    memory = [[run.mib * 1.048576 for run in of] for of in (ours, theirs)]
    return [
        *(f"{median(of):.2f}" for of in seconds),
        f"{ratio(*seconds):.2f}",
        *(f"{median(of):.0f}" for of in memory),
        f"{ratio(*memory):.2f}",
    ]


def section_onnxsim(bench, arguments):
    count = arguments.count or 128
    rows = []
    for case in known_cases(bench, ["mobilenetv2", "resnet50"], arguments):
        rest = ["--preset", case.preset, "--count", count, "--out", bench.work / "onnxsim.onnx"]
        options = ["--samples", count, "--calibrator", "min-max"]
        runs = alternate(
            {
                "edgeopt": quantized(bench, case, *options)[0],
                "onnxsim": bench.peers("onnxsim", case.model, case.images, *rest),
            },
            bench.rounds,
        )
        rows.append([case.name, *compared(runs, "onnxsim")])
    header = ["model", "edgeopt s", "onnxsim s", "time", "edgeopt MB", "onnxsim MB", "memory"]
    note = (
        f"Whole process, {count} pictures decoded and prepared, min-max. onnxsim quantizes the "
        "inputs of convolutions and matrix products, edgeopt every activation."
    )
    bench.write("onnxsim", "Calibration against onnxsim", [note, "", *table(header, rows)])


def repeated(bench, case, count):
    """A list of `count` pictures: those of the case, again and again; an archive stays."""
    source = unlabelled(bench, case)
    if source.suffix != ".txt":
        return source
    paths = source.read_text().splitlines()
    path = bench.work / f"{case.name}.{count}.txt"
    path.write_text("".join(f"{paths[i % len(paths)]}\n" for i in range(count)))
    return path


def section_memory(bench, arguments):
    rows = []
    for case in known_cases(bench, ["resnet20", "mobilenetv2", "resnet50"], arguments):
        cells = []
        for count in (100, 1000):
            data = repeated(bench, case, count)
            command = bench.tool(
                *("quantize", case.model, "--calib", data, "--samples", count, *case.flags()),
                *("--output", bench.work / "quantized"),
            )
            cells.append(median(measure(command).mib * 1.048576 for _ in range(bench.rounds)))
        rows.append([case.name, *(f"{cell:.1f}" for cell in cells), f"{cells[1] / cells[0]:.3f}"])
    header = ["model", "100 pictures, MB", "1,000 pictures, MB", "ratio"]
    note = "Peak resident memory of `edgeopt quantize`; photographs are repeated."
    bench.write("memory", "Memory against the number of samples", [note, "", *table(header, rows)])


def section_threads(bench, arguments):
    count = arguments.count or 128
    rows = []
    for case in known_cases(bench, ["resnet50", "mobilenetv2"], arguments):
        data = ["--calib", unlabelled(bench, case), "--samples", count, *case.flags()]
        out = ["--output", bench.work / "quantized"]
        runs = alternate(
            {
                name: bench.tool("quantize", case.model, *data, *out, threads=name)
                for name in (1, 2)
            },
            bench.rounds,
        )
        times = {name: [run.seconds for run in of] for name, of in runs.items()}
        rows.append(
            [case.name, *(f"{median(of):.2f}" for of in times.values())]
            + [f"{ratio(times[1], times[2]):.2f}"]
        )
    header = ["model", "1 thread, s", "2 threads, s", "faster by"]
    note = f"`edgeopt quantize`, whole process, {count} pictures."
    bench.write("threads", "Calibration on two threads", [note, "", *table(header, rows)])


def section_scale(bench, arguments):
    python, rows = bench.peers()[0], []
    for nodes in (500, 1000, 2000):
        model = bench.work / f"chain{nodes}.onnx"
        if not model.exists():
            measure([python, HERE / "make_models.py", "chain", nodes, model])
        options = ["--samples", 1, "--output", bench.work / "quantized"]
        passes = "canonicalize,fold-constants,fold-batch-norm,eliminate-dead"
        rewritten = ["--passes", passes, "--output", bench.work / "chain.out.onnx"]
        runs = alternate(
            {
                "optimize": bench.tool("optimize", model, *rewritten),
                "quantize": bench.tool("quantize", model, *options),
            },
            bench.rounds,
        )
        rows.append([nodes, *(f"{median(run.seconds for run in of):.2f}" for of in runs.values())])
    lines = table(["nodes", "optimize and export, s", "quantize, s"], rows)
    gigabytes = arguments.gigabytes
    model = bench.work / f"weights{gigabytes}.onnx"
    if not model.exists():
        measure([python, HERE / "make_models.py", "weights", gigabytes, model])
    weights = model.with_name(model.name + ".data").stat().st_size / 1e6
    rows = []
    for command, options in (
        ("optimize", ["--passes", passes, "--output", bench.work / "weights.out.onnx"]),
        ("quantize", ["--samples", 1, "--output", bench.work / "quantized"]),
    ):
        run = measure(bench.tool(command, model, *options))
        megabytes = run.mib * 1.048576
        rows.append([command, f"{weights:.0f}", f"{run.seconds:.1f}", f"{megabytes:.0f}"])
        rows[-1].append(f"{megabytes / weights:.2f}")
    header = ["command", "weights MB", "s", "peak MB", "peak / weights"]
    bench.write("scale", "Long and large models", [*lines, "", *table(header, rows)])


SECTIONS = {
    name.removeprefix("section_"): function
    for name, function in list(globals().items())
    if name.startswith("section_")
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="+", choices=[*SECTIONS, "all"], metavar="SECTION")
    harness.add_common_arguments(parser)
    parser.add_argument(
        "--heavy", action="store_true", help="calibrate: percentile too (8 to 15 GB, minutes)"
    )
    parser.add_argument("--gigabytes", type=float, default=1.5, help="scale: weights (default 1.5)")
    arguments = parser.parse_args()
    bench = harness.Bench(arguments)
    chosen = SECTIONS if "all" in arguments.sections else arguments.sections
    for name in chosen:
        SECTIONS[name](bench, arguments)


if __name__ == "__main__":
    main()
