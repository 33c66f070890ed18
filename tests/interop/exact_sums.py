"""The network that ONNX Runtime computes, but for the rounding of its sums.

Each Conv, Gemm, MatMul, ReduceMean and mean over a plane is computed in double and rounded to
float32 once; a Conv becomes one MatMul of its input's shifted copies, for ONNX Runtime has none in
double. Everything else stays. What is left between this network and ONNX Runtime's own is
ONNX Runtime's rounding.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def attributes_of(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


class Rewriting:
    """`codes`: a Conv between quantizers is the sum of products of codes, times the float32 product
    of the scales, as docs/numerics.md has it; else of the float32 numbers that DequantizeLinear
    gives."""

    def __init__(self, model, sample, codes):
        self.model = onnx.ModelProto.FromString(model.SerializeToString())
        self.codes = codes
        for value in self.model.graph.input:
            shape = helper.make_tensor_type_proto(1, sample[value.name].shape).tensor_type.shape
            value.type.tensor_type.shape.CopyFrom(shape)
        graph = onnx.shape_inference.infer_shapes(self.model, data_prop=True).graph
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

    def wide(self, name):
        """The value in double."""
        return self.add("Cast", [name], to=TensorProto.DOUBLE)

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

    def scales(self, node):
        """Of a Conv's input and weights; nothing: it does not multiply codes."""
        made_by = [self.producer.get(name) for name in node.input[:2]]
        if not self.codes or any(n is None or n.op_type != "DequantizeLinear" for n in made_by):
            return None
        return [n.input[1] for n in made_by]

    def centred(self, name):
        """Codes less their zero point, in double."""
        codes, _, *zero_point = self.producer[name].input
        value = self.wide(codes)
        if not zero_point:
            return value
        by_channel = [-1] + [1] * (len(self.shapes[codes]) - 1)  # of weights; else it is one number
        return self.add("Sub", [value, self.reshaped(self.wide(zero_point[0]), by_channel)])

    def columns(self, node, x, attributes):
        """[1, groups, taps * channels of a group, positions]"""
        channels, *kernel = self.shapes[node.input[1]][1:]
        rank = len(kernel)
        out = self.shapes[node.output[0]][2:]
        pads = attributes.get("pads", [0] * 2 * rank)
        strides = attributes.get("strides", [1] * rank)
        dilations = attributes.get("dilations", [1] * rank)
        if min(out) <= 0 or attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
            raise ValueError(f"{node.name}: auto_pad or unknown shape")
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
        scales = self.scales(node)
        x, weights = [(self.centred if scales else self.wide)(name) for name in node.input[:2]]
        by_tap = self.add("Transpose", [weights], perm=[0, *range(2, 2 + rank), 1])
        depth = channels * int(np.prod(kernel))
        rows = self.reshaped(by_tap, [groups, outputs // groups, depth])
        y = self.add("MatMul", [rows, self.columns(node, x, attributes)])
        y = self.reshaped(y, [1, outputs, *self.shapes[node.output[0]][2:]])
        by_channel = [1, -1] + [1] * rank
        if scales:
            scale = self.wide(self.add("Mul", scales))
            y = self.add("Mul", [y, self.reshaped(scale, by_channel)])
        if len(node.input) > 2 and node.input[2]:
            y = self.add("Add", [y, self.reshaped(self.wide(node.input[2]), by_channel)])
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


def with_exact_sums(model, sample, codes=False):
    """For inputs as `sample` is; a ConvTranspose stays as it is."""
    return Rewriting(model, sample, codes).run()
