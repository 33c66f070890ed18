"""`--target qnn` on Qualcomm's HTP simulator, without fallback to the CPU.

The file must be taken whole, and what it computes must be right.
"""

import numpy as np

import common
from htp_simulator import simulate

ARGUMENTS = common.arguments(__doc__)
# dB. The simulator's own noise leaves 19 and more, an encoding that it misreads less than 0.
LEAST_SQNR = 10.0


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
    good = min(levels) >= LEAST_SQNR
    level = f"SQNR against the CPU {min(levels):.1f} dB"
    return good, f"taken whole; {level}, same argmax {100 * same[0]:.0f} %"


if __name__ == "__main__":
    common.judge(ARGUMENTS.models, check)
