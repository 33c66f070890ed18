"""The exported QDQ file in ONNX Runtime against edgeopt's simulation of it.

Node by node: between two layers of codes, each stretch of the graph is fed ONNX Runtime's own
input codes. No code may differ by more than one step, and 99.9 % must be equal. Whole network:
the mean difference of the outputs and the number of other labels may be at most 1.5 times those
of ONNX Runtime against itself with every Conv, Gemm and MatMul output times 1 + 2^-23. With less
than 100 samples chance decides whether any code rounds the other way: the figures are printed, not
judged. --pictures N calibrates and compares
with real pictures where there are any, N for classifiers, and with --samples inputs elsewhere.

--exact also compares ONNX Runtime with networks whose sums are exact (exact_sums.py), of its own
floats and of codes: how near to it any other order of sums comes.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

import common
import pictures
from exact_sums import with_exact_sums


def extend(parser):
    parser.add_argument("--pictures", type=int, default=0, help="0: only seeded noise (default)")
    parser.add_argument("--exact", action="store_true", help="compare with exact sums, too")


ARGUMENTS = common.arguments(__doc__, extend)
EQUAL_SHARE = 0.999
FACTOR = 1.5
LEAST_SAMPLES = 4
# With fewer, one code that rounds the other way decides.
JUDGED_SAMPLES = 100
AT_ONCE = 50  # samples of one run of edgeopt


def stretch_before(model, quantizer, codes, types):
    """What makes `quantizer`'s codes from other codes: a model whose inputs are these codes."""
    producer = {output: node for node in model.graph.node for output in node.output}
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes, inputs, used, open_names = {}, {}, {}, [quantizer.output[0]]
    while open_names:
        name = open_names.pop()
        if name in constants:
            used[name] = constants[name]
        elif name and name != quantizer.output[0] and name in codes:
            inputs[name] = codes[name]
        elif name and id(producer[name]) not in nodes:
            nodes[id(producer[name])] = producer[name]
            open_names += producer[name].input
    ordered = [node for node in model.graph.node if id(node) in nodes]
    declared = [
        helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
        )
        for name, value in inputs.items()
    ]
    output = helper.make_tensor_value_info(quantizer.output[0], types[quantizer.output[0]], None)
    graph = helper.make_graph(ordered, "stretch", declared, [output], list(used.values()))
    return (
        helper.make_model(
            graph, opset_imports=list(model.opset_import), ir_version=model.ir_version
        ),
        inputs,
    )


def node_by_node(path, model, folder):
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    names = [node.output[0] for node in quantizers]
    sample = common.seeded_inputs(path, 1)[0]
    session = common.cpu_session(common.with_outputs(model, names).SerializeToString())
    codes = dict(zip(names, session.run(names, sample)))
    types = {name: helper.np_dtype_to_tensor_dtype(value.dtype) for name, value in codes.items()}
    known = {**codes, **sample}
    total = equal = 0
    for quantizer in quantizers:
        name = quantizer.output[0]
        stretch, inputs = stretch_before(model, quantizer, known, types)
        onnx.save(stretch, folder / "stretch.onnx")
        got = common.run_model(
            ARGUMENTS.edgeopt, folder / "stretch.onnx", inputs, folder / "stretch"
        )[name]
        steps = np.abs(got.astype(np.int64) - codes[name].astype(np.int64))
        if steps.max(initial=0) > 1:
            return False, f"{name}: codes differ by {steps.max()} steps"
        total, equal = total + steps.size, equal + int((steps == 0).sum())
    share = equal / max(total, 1)
    return (
        share >= EQUAL_SHARE,
        f"{len(quantizers)} stretches, {100 * share:.4f} % of codes equal, none off by more than 1",
    )


def perturbed(model):
    """Every product's output times 1 + 2^-23: what a last bit does to the network."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    factor = "one_and_a_bit"
    copy.graph.initializer.append(numpy_helper.from_array(np.float32(1 + 2.0**-23), factor))
    nodes = []
    for node in copy.graph.node:
        nodes.append(node)
        if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
            name = node.output[0]
            node.output[0] = name + "_exact"
            nodes.append(
                helper.make_node("Mul", [node.output[0], factor], [name], name=name + "_perturb")
            )
    del copy.graph.node[:]
    copy.graph.node.extend(nodes)
    return copy.SerializeToString()


def outputs_of(quantized, model, samples, folder):
    """For each sample, what edgeopt and each of ONNX Runtime's sessions make of it, by name."""
    sessions = {"own": common.cpu_session(quantized), "noisy": common.cpu_session(perturbed(model))}
    if ARGUMENTS.exact:
        for key in ("floats", "codes"):
            sessions[key] = common.cpu_session(with_exact_sums(model, samples[0], key == "codes"))
    name = sessions["own"].get_outputs()[0].name
    for first in range(0, len(samples), AT_ONCE):
        some = samples[first : first + AT_ONCE]
        stacked = {key: np.concatenate([sample[key] for sample in some]) for key in some[0]}
        simulated = common.run_model(ARGUMENTS.edgeopt, quantized, stacked, folder / "whole")[name]
        for sample, output in zip(some, np.split(simulated, len(some))):
            made = {key: session.run([name], sample)[0] for key, session in sessions.items()}
            yield {"edgeopt": output, **made}


class Differences:
    """Of two of the named outputs, over all samples."""

    def __init__(self, a, b):
        self.a, self.b = a, b
        self.means, self.labels = [], 0

    def add(self, outputs):
        a, b = outputs[self.a], outputs[self.b]
        self.means.append(float(np.abs(a - b).mean()))
        self.labels += int(a.argmax() != b.argmax())

    def ratio(self, to):
        """Of the mean differences, with its standard error."""
        ours, theirs = np.array(self.means), np.array(to.means)
        ratio = ours.mean() / max(theirs.mean(), 1e-30)
        spread = (ours - ratio * theirs).std() / max(theirs.mean(), 1e-30)
        return f"ratio {ratio:.2f} +- {spread / np.sqrt(len(ours)):.2f}, other labels {self.labels}"


def whole_network(quantized, model, samples, folder):
    ours, theirs = Differences("own", "edgeopt"), Differences("own", "noisy")
    more = {}
    if ARGUMENTS.exact:
        more["exact sums of floats"] = Differences("own", "floats")
        more["exact sums of codes"] = Differences("own", "codes")
        more["edgeopt to exact sums of codes"] = Differences("codes", "edgeopt")
    for outputs in outputs_of(quantized, model, samples, folder):
        for differences in (ours, theirs, *more.values()):
            differences.add(outputs)
    mean, bar = np.mean(ours.means), np.mean(theirs.means)
    good = len(samples) < JUDGED_SAMPLES
    good |= bool(mean <= FACTOR * bar and ours.labels <= FACTOR * theirs.labels)
    text = f"{len(samples)} samples: mean difference {mean:.2e} (ONNX Runtime's own {bar:.2e}), "
    text += f"{ours.ratio(theirs)} ({theirs.labels})"
    for name, differences in more.items():
        text += f"; {name}: {differences.ratio(theirs)}"
    return good, text


def prepare(path, folder):
    """(quantized file, samples to compare with)"""
    if not ARGUMENTS.pictures:
        quantized = common.quantize(ARGUMENTS.edgeopt, path, "onnxruntime", folder)
        return quantized, common.seeded_inputs(path, max(ARGUMENTS.samples, LEAST_SAMPLES))
    folder.mkdir(parents=True, exist_ok=True)
    calibration, samples, _ = pictures.data_of(path, ARGUMENTS)
    data = pictures.save(folder / "calibration.npz", calibration)
    words = ["--calib", data, "--target", "onnxruntime", "-o", folder, "-q"]
    common.edgeopt(ARGUMENTS.edgeopt, "quantize", path, *words)
    return folder / path.name, samples


def check(path):
    folder = ARGUMENTS.work / path.stem
    quantized, samples = prepare(path, folder)
    model = onnx.load(quantized)
    good, text = node_by_node(path, model, folder)
    if not good:
        return good, text
    good, more = whole_network(quantized, model, samples, folder)
    return good, f"{text}; {more}"


common.judge(ARGUMENTS.models, check)
