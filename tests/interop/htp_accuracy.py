"""What Qualcomm's HTP simulator makes of `--target qnn`, as a Markdown table for the documents.

For each model: is ONNX Runtime's own configuration for Qualcomm taken whole, is edgeopt's file,
which nodes are refused. Classifiers: top-1 in float, in edgeopt's simulation, in ONNX Runtime on
the CPU and on the HTP, on --pictures pictures (at most --large of 224 and more). All others: how
near the outputs are, on --samples samples. Both are calibrated with the same other inputs. --rows
keeps the rows of models that were measured before.
"""

import json
import pathlib
import sys

import numpy as np
import onnx

import common
from htp_simulator import simulate
from pictures import CALIBRATION, data_of, save

MOST_CLASSES = 10000
HEADER = ["model", "samples", "ORT's own", "edgeopt's", "float", "simulation", "CPU", "HTP"]
HEADER += ["same class", "HTP to CPU", "CPU to float", "HTP to float"]


def extend(parser):
    parser.set_defaults(samples=50)
    parser.add_argument("--pictures", type=int, default=500, help="of classifiers (default 500)")
    parser.add_argument("--large", type=int, default=100, help="of 224 and more (default 100)")
    parser.add_argument("--rows", type=pathlib.Path, help="folder of a JSON file for each model")


def fixed_model(path):
    """Batch 1, opset 13 at least, weights no graph inputs: what ONNX Runtime's quantizer needs."""
    model = onnx.load(path)
    feeds = common.feeds_of(model)
    del model.graph.input[:]
    model.graph.input.extend(feeds)
    for feed in model.graph.input:
        for axis, size in zip(feed.type.tensor_type.shape.dim, common.dimensions(feed)):
            axis.dim_value = size
    model.ir_version = max(model.ir_version, 8)
    if next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx")) < 13:
        model = onnx.version_converter.convert_version(model, 13)
    return model


def quantize_with_ort(path, samples, folder):
    """As ONNX Runtime's guide for Qualcomm says."""
    import onnxruntime
    from onnxruntime import quantization
    from onnxruntime.quantization.execution_providers import qnn

    onnxruntime.set_default_logger_severity(3)
    fixed, ready, special = (folder / f"ort.{step}.onnx" for step in ("fixed", "ready", "qnn"))
    onnx.save(fixed_model(path), fixed)
    quantization.quant_pre_process(fixed, ready)
    model = onnx.load(ready)
    del model.metadata_props[:]  # qnn_preprocess_model of 1.32 fails on any
    onnx.save(model, ready)
    source = special if qnn.qnn_preprocess_model(ready, special) else ready

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.rest = iter(samples)

        def get_next(self):
            return next(self.rest, None)

    config = qnn.get_qnn_qdq_config(
        source,
        Reader(),
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        per_channel=True,
    )
    quantization.quantize(source, folder / "ort.onnx", config)
    return folder / "ort.onnx"


def ort_is_taken(path, samples, folder):
    try:
        quantized = quantize_with_ort(path, samples, folder)
    except Exception as error:
        return f"not made: {type(error).__name__}"
    outputs, why = simulate(quantized, samples[:1], folder / "ort.log")
    return "whole" if outputs is not None else f"refused: {why}"


def distances(judged, classes, inputs):
    """Figures of the outputs of `judged`: name -> list of outputs for each sample.

    The largest of the outputs is a class where they are few, and fewer than the `inputs`.
    """
    row = {}
    stacked = {
        name: [np.stack(column).astype(np.float64) for column in zip(*outputs)]
        for name, outputs in judged.items()
    }
    size = sum(output[0].size for output in stacked["cpu"])
    found = {n: a[0].reshape(len(a[0]), -1).argmax(1) for n, a in stacked.items()}
    for first, second in (("cpu", "htp"), ("float", "cpu"), ("float", "htp")):
        levels = [common.sqnr(a, b) for a, b in zip(stacked[first], stacked[second])]
        row[f"{second}_to_{first}"] = min(levels)
    if classes is not None:
        row["top1"] = {name: 100 * float((f == classes).mean()) for name, f in found.items()}
    if size < min(MOST_CLASSES, inputs):
        row["agreement"] = 100 * float((found["cpu"] == found["htp"]).mean())
    return row


def measure(path):
    folder = ARGUMENTS.work / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    first, samples, classes = data_of(path, ARGUMENTS, ARGUMENTS.large)
    row = {"samples": len(samples), "ort": ort_is_taken(path, first, folder)}
    calibration = save(folder / "calibration.npz", first)
    evaluation = save(folder / "evaluation.npz", samples, classes)
    words = [path, "--calib", calibration, "--eval", evaluation, "--samples", 0, "--target", "qnn"]
    report = common.edgeopt(ARGUMENTS.edgeopt, "quantize", *words, "-o", folder, "-q", "--json")
    quantized = folder / path.name
    outputs, why = simulate(quantized, samples, folder / "htp.log")
    row["edgeopt"] = "whole" if outputs is not None else f"refused: {why}"
    if outputs is None:
        return row
    judged = {"htp": outputs}
    for name, file in (("cpu", quantized), ("float", path)):
        session = common.cpu_session(fixed_model(file).SerializeToString())
        judged[name] = [session.run(None, sample) for sample in samples]
    inputs = sum(value.size for value in samples[0].values())
    row.update(distances(judged, classes, inputs))
    if classes is not None:
        row["top1"]["simulation"] = json.loads(report)["accuracy"]["top1_quantized"]
    return row


def cells(name, row):
    top1 = row.get("top1", {})
    shown = [f"{top1[n]:.1f}" if n in top1 else "" for n in ("float", "simulation", "cpu", "htp")]
    shown.append(f"{row['agreement']:.1f} %" if "agreement" in row else "")
    for key in ("htp_to_cpu", "cpu_to_float", "htp_to_float"):
        shown.append(f"{row[key]:.1f} dB" if key in row else "")
    return [name, str(row["samples"]), row["ort"], row["edgeopt"], *shown]


def main():
    rows = ARGUMENTS.rows or ARGUMENTS.work / "rows"
    rows.mkdir(parents=True, exist_ok=True)
    print("| " + " | ".join(HEADER) + " |")
    print("|---|---:|---|---|" + "---:|" * (len(HEADER) - 4), flush=True)
    for path in ARGUMENTS.models:
        kept = rows / f"{path.stem}.json"
        if not (ARGUMENTS.rows and kept.exists()):
            kept.write_text(json.dumps(measure(path)))
        print("| " + " | ".join(cells(path.stem, json.loads(kept.read_text()))) + " |", flush=True)


if __name__ == "__main__":
    ARGUMENTS = common.arguments(__doc__, extend)
    main()
