"""`--target tensorrt` through NVIDIA's parser and engine builder. No GPU needed.

Every quantizer must be read and an engine built.
"""

import collections

import onnx
import tensorrt_rtx_bindings as trt

import common

ARGUMENTS = common.arguments(__doc__)


class Logger(trt.ILogger):
    def __init__(self):
        trt.ILogger.__init__(self)
        self.lines = []

    def log(self, severity, message):
        if severity <= trt.ILogger.Severity.WARNING:
            self.lines.append((severity, message))


def fix_shapes(network):
    for index in range(network.num_inputs):
        tensor = network.get_input(index)
        tensor.shape = [size if size > 0 else 1 for size in tensor.shape]


def check(path):
    quantized = common.quantize(ARGUMENTS.edgeopt, path, "tensorrt", ARGUMENTS.work / path.stem)
    written = collections.Counter(node.op_type for node in onnx.load(quantized).graph.node)
    logger = Logger()
    builder = trt.Builder(logger)
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(quantized)):
        return False, "refused: " + parser.get_error(0).desc()
    read = collections.Counter(
        str(network.get_layer(i).type).split(".")[-1] for i in range(network.num_layers)
    )
    counts = (
        read["QUANTIZE"],
        written["QuantizeLinear"],
        read["DEQUANTIZE"],
        written["DequantizeLinear"],
    )
    text = "Quantize {} of {}, Dequantize {} of {}".format(*counts)
    if counts[0] < counts[1] or counts[2] < counts[3]:
        return False, text
    if any("UINT8" in message for _, message in logger.lines):
        return False, "uint8 was read as int8"
    fix_shapes(network)
    config = builder.create_builder_config()
    config.num_compute_capabilities = 1
    config.set_compute_capability(trt.ComputeCapability.SM86, 0)
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        return (
            False,
            "the builder failed: "
            + "; ".join(
                message
                for severity, message in logger.lines
                if severity <= trt.ILogger.Severity.ERROR
            )[-300:],
        )
    return True, f"{text}, engine of {engine.nbytes} bytes"


common.judge(ARGUMENTS.models, check)
