"""What the benchmark scripts share: an environment, measured processes, tables in the docs.

Only the standard library, so that this process stays small: a child's peak memory as the kernel
counts it is never less than its parent's was when it started.
"""

import dataclasses
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
PEERS = pathlib.Path(__file__).with_name("peers.py")


@dataclasses.dataclass
class Case:
    """A model and the pictures that it is measured with."""

    model: pathlib.Path
    images: pathlib.Path
    preset: str
    count: int  # pictures for speed
    class_offset: int = 0

    @property
    def name(self):
        return self.model.stem

    def flags(self):
        flags = ["--preset", self.preset]
        if self.class_offset:
            flags += ["--class-offset", str(self.class_offset)]
        return flags


@dataclasses.dataclass
class Run:
    seconds: float  # wall clock, the whole process
    cpu: float  # seconds of all its threads
    mib: float  # peak resident memory
    output: str

    def json(self):
        return json.loads(self.output)


def measure(command, fail=True):
    """Runs a command and waits; raises with its last words when it fails."""
    command = [str(part) for part in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read().decode(errors="replace")
        if child.returncode != 0 and fail:
            words = err.read().decode(errors="replace").strip().splitlines()[-5:]
            shown = " ".join(command)
            raise SystemExit(f"{shown}\n  ended with {child.returncode}: " + "\n  ".join(words))
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def alternate(commands, rounds):
    """Runs the named commands in turn (A B A B ...): name -> list of Run."""
    runs = {name: [] for name in commands}
    for index in range(rounds):
        for name, command in commands.items():
            print(f"  round {index + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            runs[name].append(measure(command))
    return runs


def median(values):
    return statistics.median(list(values))


def ratio(ours, theirs):
    """Median of the ratios of neighbouring runs: what the machine does meanwhile hits both."""
    return median(a / b for a, b in zip(ours, theirs))


class Bench:
    """Where everything is, and what was asked for."""

    def __init__(self, arguments):
        self.build = arguments.build.resolve()
        self.edgeopt = self.build / "edgeopt"
        self.work = self.build / "bench"
        self.work.mkdir(parents=True, exist_ok=True)
        self.data = arguments.data.resolve()
        self.threads = arguments.threads
        self.rounds = arguments.rounds
        self.docs = arguments.docs
        self.python = None
        if not self.edgeopt.exists():
            raise SystemExit(f"{self.edgeopt}: is not built; `cmake --build {self.build}` first")

    def peers(self, *arguments):
        """The command of a peer: peers.py in the environment, made when it is not there."""
        if self.python is None:
            self.python = make_environment(self.work / "venv")
        return [self.python, PEERS, *arguments]

    def tool(self, command, *arguments, threads=None):
        threads = self.threads if threads is None else threads
        return [self.edgeopt, command, *arguments, "--threads", threads, "-q", "--no-progress"]

    def prepared(self, case, count):
        """A .npy of prepared pictures, so that decoding is out of the measurement."""
        path = self.work / f"{case.name}.{count}.npy"
        if not path.exists():
            print(f"  preparing {count} inputs of {case.name}", file=sys.stderr, flush=True)
            measure(
                self.peers(
                    *("images", case.model, case.images, "--preset", case.preset),
                    *("--count", count, "--out", path),
                )
            )
        return path

    def write(self, section, title, lines):
        """Puts a section into docs/benchmarks.md, and shows it."""
        text = "\n".join([f"## {title}", "", *lines, "", self.environment()])
        print("\n" + text)
        if self.docs is not None:
            replace_section(self.docs, section, text)

    def environment(self):
        """One line: when, where, with what."""
        version = measure([self.edgeopt, "--version"]).output.strip()
        packages = ", ".join(REQUIREMENTS.read_text().split()).replace("==", " ")
        words = [os.path.relpath(w, ROOT) if os.path.isabs(w) else w for w in sys.argv[1:]]
        shown = " ".join(["tools/bench/" + pathlib.Path(sys.argv[0]).name, *words])
        return (
            f"*{machine()}; {self.threads} threads; {version}; {packages}; "
            f"{time.strftime('%Y-%m-%d')}.* Command: `{shown}`"
        )


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", info)
    flags = re.search(r"flags\s*: (.*)", info)
    wide = [f for f in ("avx512_vnni", "avx512f", "avx2") if flags and f in flags[1].split()]
    name = model[1] if model else platform.machine()
    return f"{name} ({wide[0] if wide else 'no AVX2'}), {os.cpu_count()} cores"


def make_environment(folder):
    """A virtual environment with requirements.txt; returns its python."""
    python = folder / "bin" / "python"
    stamp = folder / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"  installing {', '.join(wanted.split())}", file=sys.stderr, flush=True)
    measure([sys.executable, "-m", "venv", "--clear", folder])
    measure([python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS])
    stamp.write_text(wanted)
    return python


def table(header, rows):
    """Markdown; columns after the first are aligned right."""
    lines = ["| " + " | ".join(header) + " |"]
    lines.append("|---|" + "---:|" * (len(header) - 1))
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return lines


def replace_section(path, name, text):
    """Replaces what stands between the section's markers, or appends it with markers."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    block = f"{begin}\n{text}\n{end}"
    old = path.read_text() if path.exists() else "# Benchmarks\n"
    if begin in old and end in old:
        head, rest = old.split(begin, 1)
        new = head + block + rest.split(end, 1)[1]
    else:
        new = old.rstrip("\n") + "\n\n" + block + "\n"
    temporary = path.with_suffix(".part")
    temporary.write_text(new)
    temporary.replace(path)


def add_common_arguments(parser):
    parser.add_argument(
        "--build", type=pathlib.Path, default=ROOT / "build", help="build folder (default build)"
    )
    parser.add_argument(
        "--data",
        type=pathlib.Path,
        default=ROOT.parent / "shared" / "data",
        help="folder of models/ and images (default ../shared/data)",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for all (default all)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, in turn (default 5)")
    parser.add_argument("--model", type=pathlib.Path, help="measure this model instead")
    parser.add_argument("--images", type=pathlib.Path, help="with these pictures")
    parser.add_argument("--preset", default="imagenet", help="prepared like this (with --model)")
    parser.add_argument("--count", type=int, help="number of pictures (default: by the model)")
    parser.add_argument(
        "--docs",
        type=pathlib.Path,
        default=ROOT / "docs" / "benchmarks.md",
        help="file whose sections are replaced (default docs/benchmarks.md)",
    )
    parser.add_argument(
        "--no-docs", dest="docs", action="store_const", const=None, help="only print"
    )
