"""`--target qnn` on Qualcomm's HTP simulator, without fallback to the CPU.

The file must be taken whole, and what it computes must be right. Node by node: between two layers
of codes, each stretch of the graph is fed ONNX Runtime's own input codes; no code may differ by
more than one step, or, behind Softmax, which the HTP computes to 8 bits whatever the grid, by
1/256. Whole network: the outputs of both.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

import common
from htp_simulator import simulate

ARGUMENTS = common.arguments(__doc__)
# dB. The simulator's own noise leaves 19 and more, an encoding that it misreads less than 0.
LEAST_SQNR = 10.0


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


def node_by_node(quantized, sample, folder):
    """(whether all differences are allowed, the largest one, the share of equal codes)"""
    model = onnx.load(quantized)
    allowed = allowed_steps(model)
    names = list(allowed)
    session = common.cpu_session(common.with_outputs(model, names).SerializeToString())
    codes = dict(zip(names, session.run(names, sample)))
    split = stretches(model, codes)
    onnx.save(split, folder / "stretches.onnx")
    known = {**sample, **codes}
    feeds = {feed.name: known[feed.name] for feed in split.graph.input}
    made, why = simulate(folder / "stretches.onnx", [feeds], folder / "stretches.log", whole=False)
    if made is None:
        raise RuntimeError(f"stretches: {why}")
    steps = [np.abs(a.astype(int) - b) for a, b in zip(codes.values(), made[0])]
    equal = sum(int((s == 0).sum()) for s in steps) / sum(s.size for s in steps)
    worst = [int(s.max(initial=0)) for s in steps]
    return all(w <= a for w, a in zip(worst, allowed.values())), max(worst), equal


def check(path):
    folder = ARGUMENTS.work / path.stem
    quantized = common.quantize(ARGUMENTS.edgeopt, path, "qnn", folder)
    samples = common.seeded_inputs(path, ARGUMENTS.samples)
    outputs, why = simulate(quantized, samples, folder / "htp.log")
    if outputs is None:
        return False, f"refused: {why}"
    session = common.cpu_session(quantized)
    expected = [session.run(None, sample) for sample in samples]
    levels, same = [], []
    for index in range(len(expected[0])):
        a = np.stack([outputs_of[index] for outputs_of in expected])
        b = np.stack([outputs_of[index] for outputs_of in outputs])
        levels.append(common.sqnr(a, b))
        same.append(np.mean([x.argmax() == y.argmax() for x, y in zip(a, b)]))
    right, step, equal = node_by_node(quantized, samples[0], folder)
    good = min(levels) >= LEAST_SQNR and right
    level = f"SQNR against the CPU {min(levels):.1f} dB, same argmax {100 * same[0]:.0f} %"
    nodes = f"node by node {100 * equal:.1f} % of codes equal, none off by more than {step}"
    return good, f"taken whole; {level}; {nodes}"


if __name__ == "__main__":
    common.judge(ARGUMENTS.models, check)
