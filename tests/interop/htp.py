"""`--target qnn` on Qualcomm's HTP simulator, without fallback to the CPU.

The file must be taken whole, and what it computes must be right. Node by node: between two layers
of codes, each stretch of the graph is fed ONNX Runtime's own input codes; no code may differ by
more than one step, or, behind Softmax, which the HTP computes to 8 bits whatever the grid, by
1/256. Whole network: the outputs of both. Where 8 bits cost so much that one other code is carried
through the whole network, the measure is what these very differences do on the CPU.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

import common
from htp_simulator import simulate

ARGUMENTS = common.arguments(__doc__)
# dB. The simulator's own noise leaves 19 and more, an encoding that it misreads less than 0.
LEAST_SQNR = 10.0
FACTOR = 1.5  # as in simulation.py: the difference against that of the CPU with other codes


def typed(name, value):
    return helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
    )


def stretches(model, codes):
    """One graph of them all: every layer of codes goes in, and comes out under another name."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    graph = copy.graph
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            node.output[0] += "_made"
    producer = {output: node for node in graph.node for output in node.output}
    needed, wanted = set(), [f"{name}_made" for name in codes]
    del graph.output[:], graph.value_info[:]
    graph.output.extend(typed(f"{name}_made", value) for name, value in codes.items())
    while wanted:
        node = producer.get(wanted.pop())
        if node is not None and id(node) not in needed:
            needed.add(id(node))
            wanted += node.input
    nodes = [node for node in graph.node if id(node) in needed]
    used = {name for node in nodes for name in node.input}
    constants = [tensor for tensor in graph.initializer if tensor.name in used]
    feeds = [feed for feed in graph.input if feed.name in used]
    feeds += [typed(name, value) for name, value in codes.items() if name in used]
    for field, values in ((graph.node, nodes), (graph.initializer, constants)):
        del field[:]
        field.extend(values)
    del graph.input[:]
    graph.input.extend(feeds)
    return copy


def allowed_steps(model):
    """By the name of a layer of codes."""
    maker = {output: node.op_type for node in model.graph.node for output in node.output}
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    steps = {}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear":
            scale = float(numpy_helper.to_array(constants[node.input[1]]))
            softmax = maker.get(node.input[0]) == "Softmax"
            steps[node.output[0]] = max(1, int(1 / 256 / scale)) if softmax else 1
    return steps


def node_by_node(model, sample, folder):
    """Each layer's codes on the HTP minus those on the CPU, and the codes on the CPU."""
    names = list(allowed_steps(model))
    session = common.cpu_session(common.with_outputs(model, names).SerializeToString())
    codes = dict(zip(names, session.run(names, sample)))
    split = stretches(model, codes)
    onnx.save(split, folder / "stretches.onnx")
    known = {**sample, **codes}
    feeds = {feed.name: known[feed.name] for feed in split.graph.input}
    made, why = simulate(folder / "stretches.onnx", [feeds], folder / "stretches.log", whole=False)
    if made is None:
        raise RuntimeError(f"stretches: {why}")
    return {name: m.astype(int) - codes[name] for name, m in zip(names, made[0])}


def with_other_codes(model, steps):
    """A copy in which each layer of codes is off by `steps`."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    constants = {tensor.name: tensor for tensor in copy.graph.initializer}
    nodes = []
    for node in copy.graph.node:
        nodes.append(node)
        if node.op_type == "DequantizeLinear" and node.input[0] in steps:
            scale = numpy_helper.to_array(constants[node.input[1]])
            name, exact = node.output[0], node.output[0] + "_exact"
            offset = (steps[node.input[0]] * scale).astype(scale.dtype)
            copy.graph.initializer.append(numpy_helper.from_array(offset, name + "_offset"))
            node.output[0] = exact
            nodes.append(helper.make_node("Add", [exact, name + "_offset"], [name]))
    del copy.graph.node[:]
    copy.graph.node.extend(nodes)
    return copy


def least_sqnr(expected, outputs):
    """Over the outputs; both are lists of the outputs of each sample."""
    return min(common.sqnr(np.stack(a), np.stack(b)) for a, b in zip(zip(*expected), zip(*outputs)))


def run_on_cpu(model, samples):
    session = common.cpu_session(model)
    return [session.run(None, sample) for sample in samples]


def check(path):
    folder = ARGUMENTS.work / path.stem
    quantized = common.quantize(ARGUMENTS.edgeopt, path, "qnn", folder)
    samples = common.seeded_inputs(path, ARGUMENTS.samples)
    outputs, why = simulate(quantized, samples, folder / "htp.log")
    if outputs is None:
        return False, f"refused: {why}"
    expected = run_on_cpu(quantized, samples)
    level = least_sqnr(expected, outputs)
    same = np.mean([a[0].argmax() == b[0].argmax() for a, b in zip(expected, outputs)])
    model = onnx.load(quantized)
    steps = node_by_node(model, samples[0], folder)
    other = run_on_cpu(with_other_codes(model, steps).SerializeToString(), samples)
    level_of_steps = least_sqnr(expected, other)
    allowed = allowed_steps(model)
    worst = {name: int(np.abs(s).max(initial=0)) for name, s in steps.items()}
    equal = sum(int((s == 0).sum()) for s in steps.values()) / sum(s.size for s in steps.values())
    good = level >= min(LEAST_SQNR, level_of_steps - 20 * np.log10(FACTOR))
    good = good and all(w <= allowed[name] for name, w in worst.items())
    text = f"SQNR against the CPU {level:.1f} dB (the differences of the nodes on the CPU "
    text += f"{level_of_steps:.1f} dB), same argmax {100 * same:.0f} %; node by node "
    text += f"{100 * equal:.1f} % of codes equal, none off by more than {max(worst.values())}"
    return good, f"taken whole; {text}"


if __name__ == "__main__":
    common.judge(ARGUMENTS.models, check)
