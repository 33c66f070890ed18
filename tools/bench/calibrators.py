#!/usr/bin/env python3
"""Accuracy kept with each calibrator, and with equalization: two tables in docs/benchmarks.md.

    tools/bench/calibrators.py [options]

For each classifier of accuracy.py: what edgeopt itself reports, `top-1 / agreement with float /
SQNR of the outputs`, simulated, per channel, everything else at its default.
"""

import argparse

import accuracy
import harness
from harness import measure, table

EQUALIZED = [[], ["--equalize"], ["--per-tensor"], ["--per-tensor", "--equalize"]]


def names_of_calibrators(bench):
    """First words of the rows that are not indented (those are options); the first is the head."""
    lines = measure([bench.edgeopt, "list", "calibrators"]).output.splitlines()[1:]
    return [line.split()[0] for line in lines if line[:1].strip()]


def figures(bench, case, judged, flags):
    """(float top-1 or nothing, the cell)."""
    words = ["--calib", case.images, "--eval", judged, "--output", bench.work / "calibrators"]
    run = measure(bench.tool("quantize", case.model, *words, *case.flags(), "--json", *flags))
    kept = run.json()["accuracy"]
    cell = f"{kept['agreement']:.1f} / {kept['sqnr_db']:.1f}"
    if not kept["labelled"]:
        return None, cell
    return kept["top1_float"], f"{kept['top1_quantized']:.2f} / {cell}"


def rows_of(bench, cases, choices):
    rows = []
    for case, judged in cases:
        cells = [figures(bench, case, judged, flags) for flags in choices]
        rows.append([case.name, accuracy.number(cells[0][0], 2), *(cell for _, cell in cells)])
        print("  " + " | ".join(rows[-1]), flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    accuracy.add_arguments(parser)
    arguments = parser.parse_args()
    bench = harness.Bench(arguments)
    cases = accuracy.known_cases(bench, arguments)
    names = names_of_calibrators(bench)
    rows = rows_of(bench, cases, [["--calibrator", name] for name in names])
    note = "Top-1 / agreement with float (both in per cent) / SQNR of the outputs in dB, simulated."
    lines = [note, "", *table(["model", "float", *names], rows)]
    bench.write("calibrators", "Calibrators", lines)
    rows = rows_of(bench, cases, EQUALIZED)
    header = ["model", "float", *(" ".join(flags) or "defaults" for flags in EQUALIZED)]
    bench.write("equalization", "Equalization", [note, "", *table(header, rows)])


if __name__ == "__main__":
    main()
