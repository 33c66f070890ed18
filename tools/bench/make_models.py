#!/usr/bin/env python3
"""Writes models that are large in one respect, for measuring time and memory.

    make_models.py chain NODES OUT.onnx      Conv, Add and Relu in a row, NODES nodes
    make_models.py weights GIGABYTES OUT.onnx  MatMuls whose weights are external data of that size

Random weights from a fixed seed; the outputs mean nothing. Needs numpy and onnx.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS, SIDE, WIDTH = 4, 8, 4096


def finish(nodes, weights, shape, out, last):
    graph = helper.make_graph(
        nodes,
        "large",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, out)


def chain(count, out):
    """Blocks of Conv, Relu, Add of the block's input; small weights keep values small."""
    random = np.random.default_rng(1)
    nodes, weights, last = [], [], "x"
    while len(nodes) + 3 <= count:
        i = len(nodes) // 3
        values = random.normal(0, 0.003, (CHANNELS, CHANNELS, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"w{i}"))
        nodes += [
            helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], name=f"conv{i}", pads=[1] * 4),
            helper.make_node("Relu", [f"c{i}"], [f"r{i}"], name=f"relu{i}"),
            helper.make_node("Add", [f"r{i}", last], [f"a{i}"], name=f"add{i}"),
        ]
        last = f"a{i}"
    finish(nodes, weights, [1, CHANNELS, SIDE, SIDE], out, last)


def external(gigabytes, out):
    """The data file is written a matrix at a time, so that this needs little memory itself."""
    random = np.random.default_rng(2)
    count = max(1, round(gigabytes * 1e9 / (WIDTH * WIDTH * 4)))
    nodes, weights, last = [], [], "x"
    data = out + ".data"
    name = data.rsplit("/", 1)[-1]
    with open(data, "wb") as file:
        for i in range(count):
            offset = file.tell()
            matrix = random.standard_normal((WIDTH, WIDTH), np.float32) / np.float32(WIDTH**0.5)
            file.write(matrix.tobytes())
            tensor = TensorProto(name=f"w{i}", data_type=TensorProto.FLOAT, dims=[WIDTH, WIDTH])
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", name), ("offset", offset), ("length", matrix.nbytes)):
                tensor.external_data.add(key=key, value=str(value))
            weights.append(tensor)
            nodes.append(helper.make_node("MatMul", [last, f"w{i}"], [f"m{i}"], name=f"matmul{i}"))
            last = f"m{i}"
    finish(nodes, weights, [1, WIDTH], out, last)


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("chain", "weights"):
        sys.exit(__doc__)
    if sys.argv[1] == "chain":
        chain(int(sys.argv[2]), sys.argv[3])
    else:
        external(float(sys.argv[2]), sys.argv[3])


if __name__ == "__main__":
    main()
