"""What the judges share: the models to judge, seeded inputs, and calls of the program."""

import argparse
import os
import pathlib
import subprocess
import sys

import numpy as np
import onnx

SOURCE = pathlib.Path(__file__).resolve().parents[2]
NUMPY_TYPES = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.INT64: np.int64,
    onnx.TensorProto.INT32: np.int32,
}


def arguments(description, extend=None):
    """`extend` may add arguments to the parser."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--edgeopt", required=True, help="the program")
    parser.add_argument(
        "--work", required=True, type=pathlib.Path, help="folder for files on the way"
    )
    parser.add_argument(
        "--shared",
        type=pathlib.Path,
        default=os.environ.get("EDGEOPT_SHARED", SOURCE.parent / "shared"),
        help="folder with data/models (default: EDGEOPT_SHARED, or beside the checkout)",
    )
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument(
        "models",
        nargs="*",
        type=pathlib.Path,
        help="default: the project's own and the shared ones",
    )
    if extend is not None:
        extend(parser)
    parsed = parser.parse_args()
    parsed.work.mkdir(parents=True, exist_ok=True)
    if not parsed.models:
        parsed.models = sorted((SOURCE / "models").glob("*.onnx"))
        for folder in ("models", "models_random"):
            found = sorted((parsed.shared / "data" / folder).glob("*.onnx"))
            if not found:
                print(f"skipped: there are no models in {parsed.shared / 'data' / folder}")
            parsed.models += found
    return parsed


def feeds_of(model):
    constants = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in constants]


def dimensions(value, batch=1):
    return [d.dim_value if d.dim_value > 0 else batch for d in value.type.tensor_type.shape.dim]


def seeded_inputs(path, count):
    """`count` samples of batch 1: smooth noise, so that layers see more than their mean."""
    model = onnx.load(path, load_external_data=False)
    rng = np.random.default_rng(17)
    samples = []
    for _ in range(count):
        sample = {}
        for value in feeds_of(model):
            noise = rng.normal(0, 1, dimensions(value))
            if noise.ndim == 4:
                for axis in (1, 2, 3):
                    noise = (noise + np.roll(noise, 1, axis)) / 1.5
            sample[value.name] = noise.astype(NUMPY_TYPES[value.type.tensor_type.elem_type])
        samples.append(sample)
    return samples


def edgeopt(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"edgeopt {words[0]}: status {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
        )
    return done.stdout


def run_model(program, model, sample, folder):
    """Outputs by name, as edgeopt computes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.npy"):
        old.unlink()
    words = ["run", model, "-q"]
    for index, (name, value) in enumerate(sample.items()):
        np.save(folder / f"in{index}.npy", value)
        words += ["--input", f"{name}={folder / f'in{index}.npy'}"]
    names = [output.name for output in onnx.load(model, load_external_data=False).graph.output]
    if len(names) == 1:  # names may be longer than a file system takes
        edgeopt(program, *words, "-o", folder / "output.npy")
        return {names[0]: np.load(folder / "output.npy")}
    edgeopt(program, *words, "-o", folder / "out")
    return {name: np.load(folder / "out" / (name.replace("/", "_") + ".npy")) for name in names}


def quantize(program, model, target, folder, *more):
    """Calibrated with the judges' own seeded inputs; the path of the written model."""
    samples = seeded_inputs(model, 8)
    arrays = {name: np.concatenate([sample[name] for sample in samples]) for name in samples[0]}
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "calibration.npz", **arrays)
    edgeopt(
        program,
        "quantize",
        model,
        "--calib",
        folder / "calibration.npz",
        "--target",
        target,
        "-o",
        folder,
        "-q",
        *more,
    )
    return folder / model.name


def cpu_session(model):
    """ONNX Runtime without graph optimizations: u8s8 kernels saturate on CPUs without VNNI."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    data = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def with_outputs(model, names):
    """A copy that gives these values instead of its outputs."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    del copy.graph.output[:]
    copy.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    return copy


def sqnr(reference, value):
    noise = float(np.sum((reference.astype(np.float64) - value) ** 2))
    signal = float(np.sum(reference.astype(np.float64) ** 2))
    return 200.0 if noise == 0 else 10 * np.log10(max(signal, 1e-300) / noise)


def judge(models, check):
    """check(path) returns (good, text). The exit status says whether all were good."""
    bad = 0
    for path in models:
        try:
            good, text = check(path)
        except Exception as error:
            good, text = False, f"{type(error).__name__}: {str(error)[:600]}"
        bad += not good
        print(f"{'ok    ' if good else 'FAILED'} {path.stem}: {text}", flush=True)
    print(f"{len(models) - bad} of {len(models)} good")
    sys.exit(1 if bad or not models else 0)
