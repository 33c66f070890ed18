"""Float execution: edgeopt's outputs are those of ONNX Runtime.

To 1e-4 of the largest element, 1e-3 behind more than 50 layers.
"""

import numpy as np
import onnx

import common

ARGUMENTS = common.arguments(__doc__)
DEEP = 50


def check(path):
    layers = sum(
        node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul")
        for node in onnx.load(path).graph.node
    )
    limit = 1e-3 if layers > DEEP else 1e-4
    session = common.cpu_session(path)
    worst = 0.0
    for sample in common.seeded_inputs(path, ARGUMENTS.samples):
        ours = common.run_model(ARGUMENTS.edgeopt, path, sample, ARGUMENTS.work / path.stem)
        for output, expected in zip(session.get_outputs(), session.run(None, sample)):
            got = ours[output.name]
            if got.shape != expected.shape:
                return False, f"{output.name} has shape {got.shape}, not {expected.shape}"
            scale = max(float(np.abs(expected).max()), 1e-6)
            worst = max(worst, float(np.abs(got - expected).max()) / scale)
    return worst <= limit, f"largest relative difference {worst:.1e} of {limit:.0e}"


common.judge(ARGUMENTS.models, check)
