"""The network that ONNX Runtime computes, but for the rounding of its sums.

Each Conv, Gemm, MatMul, ReduceMean and pooling over whole planes is computed in double and rounded
to float32 once; a Conv becomes one MatMul of its input's shifted copies, for ONNX Runtime has none
in double. Everything else stays. What is left between this network and ONNX Runtime's own is
ONNX Runtime's rounding.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def attributes_of(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


class Rewriting:
    """`codes`: dequantized inputs are taken as codes times scales, as integer arithmetic has them,
    else as the float32 numbers that DequantizeLinear gives."""

    def __init__(self, model, codes):
        self.model = onnx.ModelProto.FromString(model.SerializeToString())
        self.codes = codes
        graph = onnx.shape_inference.infer_shapes(self.model).graph
        self.shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
        for value in [*graph.value_info, *graph.input, *graph.output]:
            self.shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
        self.producer = {name: node for node in graph.node for name in node.output}
        self.opset = next(o.version for o in self.model.opset_import if not o.domain)
        self.nodes = []

    def add(self, op_type, inputs, output=None, **attributes):
        output = output or f"exact_{len(self.nodes)}"
        name = f"exact_node_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op_type, inputs, [output], name=name, **attributes))
        return output

    def integers(self, values):
        name = f"exact_{len(self.nodes)}_{len(self.model.graph.initializer)}"
        tensor = numpy_helper.from_array(np.array(values, np.int64), name)
        self.model.graph.initializer.append(tensor)
        return name

    def reshaped(self, name, shape):
        return self.add("Reshape", [name, self.integers(shape)])

    def cast(self, name):
        return self.add("Cast", [name], to=TensorProto.DOUBLE)

    def wide(self, name):
        """The value in double."""
        node = self.producer.get(name)
        if not self.codes or node is None or node.op_type != "DequantizeLinear":
            return self.cast(name)
        codes, *parameters = node.input
        shape = [1] * len(self.shapes[codes])
        if int(np.prod(self.shapes[parameters[0]])) != 1:
            shape[attributes_of(node).get("axis", 1)] = -1
        scale, *zero_point = [self.reshaped(self.cast(p), shape) for p in parameters if p]
        value = self.cast(codes)
        if zero_point:
            value = self.add("Sub", [value, zero_point[0]])
        return self.add("Mul", [value, scale])

    def narrow(self, name, node):
        self.add("Cast", [name], node.output[0], to=TensorProto.FLOAT)

    def in_double(self, node, inputs):
        """The same node on these inputs."""
        self.narrow(self.add(node.op_type, inputs, **attributes_of(node)), node)

    def mean(self, node):
        """Of each channel's plane."""
        axes = list(range(2, len(self.shapes[node.input[0]])))
        wide = self.wide(node.input[0])
        if self.opset >= 18:
            result = self.add("ReduceMean", [wide, self.integers(axes)])
        else:
            result = self.add("ReduceMean", [wide], axes=axes)
        self.narrow(result, node)

    def columns(self, node, attributes):
        """[1, groups, taps * channels of a group, positions]"""
        channels, *kernel = self.shapes[node.input[1]][1:]
        rank = len(kernel)
        out = self.shapes[node.output[0]][2:]
        pads = attributes.get("pads", [0] * 2 * rank)
        strides = attributes.get("strides", [1] * rank)
        dilations = attributes.get("dilations", [1] * rank)
        if min(out) <= 0 or attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
            raise ValueError(f"{node.name}: auto_pad or unknown shape")
        x = self.wide(node.input[0])
        if any(pads):
            ends = self.integers([0, 0, *pads[:rank], 0, 0, *pads[rank:]])
            x = self.add("Pad", [x, ends])
        taps = []
        for tap in np.ndindex(*kernel):
            first = [t * d for t, d in zip(tap, dilations)]
            last = [f + (o - 1) * s + 1 for f, o, s in zip(first, out, strides)]
            ranges = [first, last, range(2, 2 + rank), strides]
            shifted = self.add("Slice", [x, *(self.integers(list(r)) for r in ranges)])
            groups = attributes.get("group", 1)
            taps.append(self.reshaped(shifted, [1, groups, channels, int(np.prod(out))]))
        return self.add("Concat", taps, axis=2)

    def convolution(self, node):
        attributes = attributes_of(node)
        outputs, channels, *kernel = self.shapes[node.input[1]]
        rank, groups = len(kernel), attributes.get("group", 1)
        columns = self.columns(node, attributes)
        by_tap = self.add(
            "Transpose", [self.wide(node.input[1])], perm=[0, *range(2, 2 + rank), 1]
        )
        depth = channels * int(np.prod(kernel))
        rows = self.reshaped(by_tap, [groups, outputs // groups, depth])
        y = self.add("MatMul", [rows, columns])
        y = self.reshaped(y, [1, outputs, *self.shapes[node.output[0]][2:]])
        if len(node.input) > 2 and node.input[2]:
            bias = self.reshaped(self.wide(node.input[2]), [1, outputs] + [1] * rank)
            y = self.add("Add", [y, bias])
        self.narrow(y, node)

    def pools_planes(self, node):
        attributes = attributes_of(node)
        whole = list(attributes.get("kernel_shape", [])) == self.shapes[node.input[0]][2:]
        return whole and not any(attributes.get("pads", [0]))

    def rewrite(self, node):
        if node.op_type == "Conv":
            self.convolution(node)
        elif node.op_type in ("Gemm", "MatMul"):
            self.in_double(node, [self.wide(name) for name in node.input])
        elif node.op_type == "ReduceMean":
            self.in_double(node, [self.wide(node.input[0]), *node.input[1:]])
        elif node.op_type == "GlobalAveragePool":
            self.mean(node)
        elif node.op_type == "AveragePool" and self.pools_planes(node):
            self.mean(node)
        else:
            self.nodes.append(node)

    def run(self):
        for node in list(self.model.graph.node):
            self.rewrite(node)
        del self.model.graph.node[:]
        self.model.graph.node.extend(self.nodes)
        return self.model.SerializeToString()


def with_exact_sums(model, codes=False):
    """Of batch 1; a ConvTranspose stays as it is."""
    return Rewriting(model, codes).run()
