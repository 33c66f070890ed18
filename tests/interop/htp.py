"""`--target qnn` on Qualcomm's HTP simulator, without fallback to the CPU.

The file must be taken whole, and what it computes must be right.
"""

import multiprocessing
import os
import re

import numpy as np

import common

ARGUMENTS = common.arguments(__doc__)
# dB. The simulator's own noise leaves 19 and more, an encoding that it misreads less than 0.
LEAST_SQNR = 10.0
PROVIDER = "QNNExecutionProvider"


def simulate(model, samples, log, reply):
    """In a child process, because the simulator writes to the console and may not come back."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(target, 1)
    os.dup2(target, 2)
    try:
        import onnxruntime
        import onnxruntime_qnn

        onnxruntime.register_execution_provider_library(
            PROVIDER, onnxruntime_qnn.get_library_path()
        )
        devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == PROVIDER]
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 0
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
        options.add_provider_for_devices(
            devices,
            {
                "backend_path": onnxruntime_qnn.get_qnn_htp_path(),
                "offload_graph_io_quantization": "0",
            },
        )
        session = onnxruntime.InferenceSession(str(model), options)
        reply.send([session.run(None, sample) for sample in samples])
    except Exception as error:
        reply.send(str(error))
    os._exit(0)


def refused_nodes(log):
    text = log.read_text(errors="replace")
    nodes = re.findall(r"Operator type: (\S+) Node name: (.*?) Node index", text)
    return "; ".join(sorted({f"{kind} {name}" for kind, name in nodes})[:4])


def check(path):
    folder = ARGUMENTS.work / path.stem
    quantized = common.quantize(ARGUMENTS.edgeopt, path, "qnn", folder)
    samples = common.seeded_inputs(path, ARGUMENTS.samples)
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=simulate, args=(quantized, samples, folder / "htp.log", theirs)
    )
    process.start()
    theirs.close()
    try:
        outputs = mine.recv()
    except EOFError:
        outputs = "the simulator ended without an answer"
    process.join()
    if isinstance(outputs, str):
        return (
            False,
            f"refused: {refused_nodes(folder / 'htp.log') or outputs.splitlines()[0][:200]}",
        )
    session = common.cpu_session(quantized)
    expected = [session.run(None, sample) for sample in samples]
    levels, same = [], []
    for index in range(len(expected[0])):
        a = np.stack([outputs_of[index] for outputs_of in expected])
        b = np.stack([outputs_of[index] for outputs_of in outputs])
        levels.append(common.sqnr(a, b))
        same.append(np.mean([x.argmax() == y.argmax() for x, y in zip(a, b)]))
    good = min(levels) >= LEAST_SQNR
    level = f"SQNR against the CPU {min(levels):.1f} dB"
    return good, f"taken whole; {level}, same argmax {100 * same[0]:.0f} %"


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    common.judge(ARGUMENTS.models, check)
