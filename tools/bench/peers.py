"""The peers, each run in a process of its own by compare_peers.py: ONNX Runtime and onnxsim.

    peers.py images MODEL PICTURES --preset P --count N --out X.npy
    peers.py infer MODEL X.npy --threads N [--count N] [--parallel]
    peers.py quantize MODEL PICTURES --preset P --count N --method minmax --out Q.onnx
    peers.py onnxsim MODEL PICTURES --preset P --count N --out Q.onnx
    peers.py judge FLOAT Q.onnx [Q.onnx ...] --eval PICTURES --preset P [--class-offset N]

Results are JSON on standard output. Pictures: a folder, a .tar with class folders, or a list of
`path` or `path class` lines; evenly spaced in sorted order, prepared as edgeopt prepares them.
"""

import argparse
import concurrent.futures
import io
import json
import pathlib
import tarfile
import time

import numpy as np
import onnx
import onnxruntime as ort
from PIL import Image

MEAN = np.float32([123.675, 116.28, 103.53])
DEVIATION = np.float32([58.395, 57.12, 57.375])
ENDINGS = (".jpg", ".jpeg", ".png")

# name: (how the picture is fitted, function of RGB 0..255)
PRESETS = {
    "raw": ("stretch", lambda x: x),
    "unit": ("stretch", lambda x: x / 255),
    "imagenet": ("crop", lambda x: (x - MEAN) / DEVIATION),
    "imagenet-tf": ("crop", lambda x: x / 127.5 - 1),
    "caffe": ("crop", lambda x: x[..., ::-1] - np.float32([104, 117, 123])),
    "cifar10": ("stretch", lambda x: (x - MEAN) / DEVIATION),
    "yolox": ("letterbox", lambda x: x[..., ::-1]),
    "darknet": ("stretch", lambda x: x / 255),
}


def evenly(items, count):
    if not count or count >= len(items):
        return items
    return [items[i * len(items) // count] for i in range(count)]


def pictures(source, count):
    """(function that gives the bytes, class or -1) of each picture."""
    source = pathlib.Path(source)
    if source.suffix == ".tar":
        with tarfile.open(source) as tar:
            members = sorted((m.name, m) for m in tar.getmembers() if m.name.endswith(ENDINGS))
            folders = sorted({str(pathlib.PurePath(name).parent) for name, _ in members})
            chosen = [
                (tar.extractfile(m).read(), folders.index(str(pathlib.PurePath(name).parent)))
                for name, m in evenly(members, count)
            ]
        return [((lambda data=data: data), label) for data, label in chosen]
    listing = source / "labels.txt" if source.is_dir() else source
    if listing.exists():
        rows = sorted(line.split() for line in listing.read_text().splitlines() if line.strip())
    else:
        found = (p for p in source.rglob("*") if p.suffix.lower() in ENDINGS)
        rows = sorted([str(p.relative_to(source))] for p in found)
    base = listing.parent
    return [
        ((base / row[0]).read_bytes, int(row[1]) if len(row) > 1 else -1)
        for row in evenly(rows, count)
    ]


def fitted(image, how, height, width):
    if how == "crop":
        side = round(256 / 224 * min(height, width))
        scale = side / min(image.size)
        if scale != 1:
            size = (round(image.width * scale), round(image.height * scale))
            image = image.resize(size, Image.BILINEAR)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return np.asarray(image.crop((left, top, left + width, top + height)), np.float32)
    if how == "letterbox":
        scale = min(width / image.width, height / image.height)
        size = (int(image.width * scale), int(image.height * scale))
        canvas = np.full((height, width, 3), 114, np.float32)
        canvas[: size[1], : size[0]] = np.asarray(image.resize(size, Image.BILINEAR))
        return canvas
    if image.size != (width, height):
        image = image.resize((width, height), Image.BILINEAR)
    return np.asarray(image, np.float32)


def prepare(data, preset, shape):
    """One picture as a batch of 1 of the model's layout."""
    how, function = PRESETS[preset]
    last = shape[3] == 3 and shape[1] != 3
    height, width = shape[1:3] if last else shape[2:4]
    image = Image.open(io.BytesIO(data)).convert("RGB")
    array = function(fitted(image, how, height, width))
    array = array if last else array.transpose(2, 0, 1)
    return np.ascontiguousarray(array, np.float32)[None]


def input_of(path):
    """Name and shape of the only input; a symbolic batch is 1."""
    graph = onnx.load(path, load_external_data=False).graph
    weights = {w.name for w in graph.initializer}
    feeds = [i for i in graph.input if i.name not in weights]
    shape = [d.dim_value or 1 for d in feeds[0].type.tensor_type.shape.dim]
    return feeds[0].name, shape


def session(path, threads, optimized=True):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    if not optimized:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def images(arguments):
    _, shape = input_of(arguments.model)
    batches = [
        prepare(read(), arguments.preset, shape)
        for read, _ in pictures(arguments.pictures, arguments.count)
    ]
    np.save(arguments.out, np.concatenate(batches))


def infer(arguments):
    """Batch 1, one after the other on all threads; or --parallel: as many at a time as threads."""
    batches = np.load(arguments.pictures, mmap_mode="r")
    batches = np.array(batches[: arguments.count or len(batches)])
    name, _ = input_of(arguments.model)
    workers = arguments.threads if arguments.parallel else 1
    model = session(arguments.model, 1 if arguments.parallel else arguments.threads)
    for index in range(min(4, len(batches))):
        model.run(None, {name: batches[index : index + 1]})

    def work(first):
        for index in range(first, len(batches), workers):
            model.run(None, {name: batches[index : index + 1]})

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    seconds = time.monotonic() - start
    print(json.dumps({"samples": len(batches), "samples_per_second": len(batches) / seconds}))


def quantize(arguments):
    """As ONNX Runtime's guide says: prepared (batch normalization folded), then quantize_static."""
    from onnx import version_converter
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat
    from onnxruntime.quantization import QuantType, quant_pre_process, quantize_static

    ort.set_default_logger_severity(3)
    name, shape = input_of(arguments.model)
    samples = pictures(arguments.pictures, arguments.count)

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.rest = iter(samples)

        def get_next(self):
            read, _ = next(self.rest, (None, None))
            return None if read is None else {name: prepare(read(), arguments.preset, shape)}

    model = onnx.load(arguments.model)
    for feed in model.graph.input:
        if feed.name == name:
            feed.type.tensor_type.shape.dim[0].dim_value = 1
    if next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx")) < 13:
        model = version_converter.convert_version(model, 13)
    prepared = f"{arguments.out}.prepared.onnx"
    onnx.save(model, f"{arguments.out}.batch1.onnx")
    quant_pre_process(f"{arguments.out}.batch1.onnx", prepared)
    methods = {
        "minmax": CalibrationMethod.MinMax,
        "percentile": CalibrationMethod.Percentile,
        "entropy": CalibrationMethod.Entropy,
    }
    quantize_static(
        prepared,
        arguments.out,
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        calibrate_method=methods[arguments.method],
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


def simplify(arguments):
    """onnxsim's static quantization with its defaults (uint8, per channel, min-max)."""
    import onnxsim

    name, shape = input_of(arguments.model)
    batches = [
        {name: prepare(read(), arguments.preset, shape)}
        for read, _ in pictures(arguments.pictures, arguments.count)
    ]
    onnx.save(onnxsim.quantize_static(arguments.model, batches, method="minmax"), arguments.out)


def judge(arguments):
    """Each file against the first; no graph optimizations (u8s8 saturates without VNNI)."""
    name, shape = input_of(arguments.model)
    samples = pictures(arguments.eval, arguments.count)
    labels = np.array(
        [label + arguments.class_offset if label >= 0 else -1 for _, label in samples]
    )
    sessions = [session(path, 0, False) for path in [arguments.model, *arguments.quantized]]
    rows = []
    for read, _ in samples:
        batch = prepare(read(), arguments.preset, shape)
        rows.append([s.run(None, {s.get_inputs()[0].name: batch})[0].ravel() for s in sessions])
    outputs = [np.stack(column).astype(np.float64) for column in zip(*rows)]
    classes = [output.argmax(1) for output in outputs]
    labelled = bool((labels >= 0).all())
    result = {"samples": len(samples), "labelled": labelled, "models": []}
    for output, found in zip(outputs, classes):
        noise = ((output - outputs[0]) ** 2).sum()
        row = {"agreement": 100 * float((found == classes[0]).mean())}
        row["sqnr_db"] = float(10 * np.log10((outputs[0] ** 2).sum() / noise)) if noise else None
        if labelled:
            row["top1"] = 100 * float((found == labels).mean())
            right = (found == labels).astype(float)
            difference = right - (classes[-1] == labels)
            # Of the paired difference from the last file.
            row["standard_error"] = 100 * float(difference.std()) / len(labels) ** 0.5
        result["models"].append(row)
    print(json.dumps(result))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function in (
        ("images", images),
        ("infer", infer),
        ("quantize", quantize),
        ("onnxsim", simplify),
        ("judge", judge),
    ):
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        command.add_argument("model")
        if name == "judge":
            command.add_argument("quantized", nargs="+")
            command.add_argument("--eval", required=True)
            command.add_argument("--class-offset", type=int, default=0)
        else:
            command.add_argument("pictures")
        command.add_argument("--preset", choices=sorted(PRESETS), default="imagenet")
        command.add_argument("--count", type=int, default=0, help="0: all")
        command.add_argument("--threads", type=int, default=0)
        command.add_argument("--parallel", action="store_true")
        command.add_argument("--method", default="minmax")
        command.add_argument("--out")
    arguments = parser.parse_args()
    arguments.function(arguments)


if __name__ == "__main__":
    main()
