"""Qualcomm's HTP simulator through ONNX Runtime, without fallback to the CPU unless asked.

It runs in a child process, because it writes to the console and may not come back.
"""

import multiprocessing
import os
import re

PROVIDER = "QNNExecutionProvider"


def work(model, samples, log, whole, reply):
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
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1" if whole else "0")
        options.add_provider_for_devices(
            devices,
            {
                "backend_path": onnxruntime_qnn.get_qnn_htp_path(),
                "offload_graph_io_quantization": "0",
            },
        )
        session = onnxruntime.InferenceSession(str(model), options)
        os.truncate(log, 0)  # a refusal stands above; runs would write gigabytes
        onnxruntime.set_default_logger_severity(3)
        quiet = onnxruntime.RunOptions()
        quiet.log_severity_level = 3
        reply.send([session.run(None, sample, quiet) for sample in samples])
    except Exception as error:
        reply.send(str(error))
    os._exit(0)


def refused_nodes(log):
    """Nodes whose validation failed, with the reason where the log has one."""
    text = log.read_text(errors="replace")
    found = []
    for nodes, reason in re.findall(
        r"Validation FAILED for .*?:\s*\n((?:\s+Operator type: .*\n)+)(?:\s+REASON : (.*))?", text
    ):
        names = re.findall(r"Operator type: (\S+) Node name: (.*?) Node index", nodes)
        found += [
            f"{kind} {name} ({reason.strip() or 'no reason given'})"
            for kind, name in names
            if kind not in ("QuantizeLinear", "DequantizeLinear")
        ]
    shown = sorted(set(found))
    more = f"; and {len(shown) - 2} more" if len(shown) > 2 else ""
    return "; ".join(shown[:2]) + more


def simulate(model, samples, log, whole=True):
    """(outputs of each sample, "") or (None, why the file is refused).

    Not `whole`: what is refused runs on the CPU.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=work, args=(model, samples, log, whole, theirs))
    process.start()
    theirs.close()
    try:
        outputs = mine.recv()
    except EOFError:
        outputs = "the simulator ended without an answer"
    process.join()
    if not isinstance(outputs, str):
        return outputs, ""
    words = (outputs.splitlines() or [""])[0].split("] : ", 1)[-1][:200]
    return None, refused_nodes(log) or words
