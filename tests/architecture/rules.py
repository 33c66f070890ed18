"""What the architecture promises (docs/architecture.md), as rules that can fail.

Each rule takes the project's root and its files and yields "path:line: what is wrong".
"""
import ast
import re

from source import functions, includes, read, root_entries

# A folder includes only what stands to its left.
ORDER = ["base", "tensor", "kernels", "quant", "ir", "ops", "exec", "data", "train", "onnx",
         "targets", "passes", "pipeline", "report"]
# Third-party headers, and the only folders (or files) that see them. Tests see all of them.
THIRD_PARTY = {
    r"spdlog/.*": ["src/base/"],
    r"fmt/.*": ["src/base/format.h"],
    r"nlohmann/.*": ["src/base/json.h", "src/base/json_fwd.h"],
    r"Eigen/.*|unsupported/Eigen/.*": ["src/tensor/", "src/kernels/"],
    r"(oneapi/dnnl/)?dnnl.*": ["src/kernels/", "tools/bench/"],
    r"omp\.h": ["src/kernels/onednn/"],
    r"google/protobuf/.*|onnx/.*": ["src/onnx/"],
    r"jpeglib\.h|jerror\.h|turbojpeg\.h|png\.h|archive.*\.h": ["src/data/"],
    r"toml\+\+/.*": ["src/pipeline/", "tools/edgeopt/"],
    r"CLI/.*": ["tools/edgeopt/"],
    r"benchmark/.*": ["tools/bench/"],
    r"gtest/.*|gmock/.*": [],
}
POSIX = {"unistd.h", "fcntl.h", "glob.h", "fnmatch.h", "dlfcn.h", "pthread.h", "poll.h",
         "termios.h", "sched.h", "malloc.h", "immintrin.h", "emmintrin.h", "arm_neon.h",
         "setjmp.h"}
ROOT = {"CMakeLists.txt", "CMakePresets.json", "include", "src", "tools", "tests", "models", "docs",
        "README.md", "LICENSE"}
TEST_FOLDERS = {"support", "reference", "sweeps", "conformance", "cli", "fuzz", "interop",
                "architecture", "consumer", "robustness", "tools"}
CODE = {".cpp", ".h"}
NARROW = CODE | {".def", ".py", ".sh", ".cmake", ".in"}
MAX_COLUMNS, MAX_FILE, MAX_TEST_FILE, MAX_FUNCTION, MAX_HEADERS = 100, 500, 600, 80, 10
# kind -> list, folder of the definitions, the record's type, folder of the tests
REGISTRIES = {
    "pass": ("src/passes/passes.def", "src/passes", "Pass", "tests/passes"),
    "target": ("src/targets/targets.def", "src/targets", "Target", "tests/targets"),
    "calibrator": ("src/quant/calibrators.def", "src/quant/calibrators", "Calibrator",
                   "tests/quant/calibrators"),
    "op": ("src/ops/ops.def", "src/ops", "Operator", "tests/ops"),
    "command": ("tools/edgeopt/commands.def", "tools/edgeopt", "Command", None),
}
# A path into one machine's folders. Written apart, so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.~*\])}>-])/(?:" + "home|Users|root|work|mnt" + r")/[\w.-]+")


def of_kind(files, suffixes, *folders):
    """The files with one of the suffixes, in one of the top folders where some are named."""
    return [f for f in files if f.suffix in suffixes and (not folders or f.parts[0] in folders)]


def narrow(files):
    return [f for f in files if f.suffix in NARROW or f.name in ("CMakeLists.txt", "run")]


def folder_of(path):
    parts = path.as_posix().split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def include_order(root, files):
    for path in (f for f in of_kind(files, CODE) if folder_of(f)):
        own = folder_of(path)
        if own not in ORDER:
            yield f"{path}:1: folder src/{own} is not in the order of folders"
            continue
        for line, quoted, name in includes(read(root, path)):
            other = name.split("/")[0]
            if quoted and other in ORDER and ORDER.index(other) > ORDER.index(own):
                yield f"{path}:{line}: src/{own} may not include {name}, which stands to its right"


def resolved_includes(root, files):
    """path -> [(line, included project file or None, name)] of quoted includes."""
    known = {f.as_posix() for f in files}
    for path in of_kind(files, CODE, "src", "tools", "include", "tests"):
        rows = []
        for line, quoted, name in includes(read(root, path)):
            if quoted:
                folders = ("src", "include", path.parent.as_posix(), "tests")
                places = [f"{folder}/{name}" for folder in folders]
                rows.append((line, next((p for p in places if p in known), None), name))
        yield path, rows


def includes_exist(root, files):
    for path, rows in resolved_includes(root, files):
        for line, found, name in rows:
            if found is None:
                yield f"{path}:{line}: \"{name}\" is no file of the project; others stand in <>"


def include_cycles(root, files):
    graph = {path.as_posix(): [f for _, f, _ in rows if f]
             for path, rows in resolved_includes(root, files)}
    done = set()

    def visit(name, trail):
        if name in trail:
            yield f"{name}:1: include cycle: {' -> '.join([*trail[trail.index(name):], name])}"
        elif name not in done:
            for other in graph.get(name, []):
                yield from visit(other, trail + [name])
            done.add(name)

    for name in sorted(graph):
        yield from visit(name, [])


def third_party(root, files):
    for path in of_kind(files, CODE, "src", "tools", "include"):
        for line, quoted, name in includes(read(root, path)):
            if quoted or name in POSIX or re.fullmatch(r"[a-z_0-9]+|sys/.*", name):
                continue
            places = [where for header, where in THIRD_PARTY.items() if re.fullmatch(header, name)]
            if not places:
                yield f"{path}:{line}: <{name}> belongs to no library that edgeopt uses"
            elif not any(path.as_posix().startswith(place) for place in places[0]):
                only = ", ".join(places[0]) or "tests"
                yield f"{path}:{line}: <{name}> may be included only in {only}"


def public_headers(root, files):
    headers = [f for f in files if f.as_posix().startswith("include/")]
    if len(headers) > MAX_HEADERS:
        yield f"include/edgeopt:1: {len(headers)} public headers, at most {MAX_HEADERS}"
    for path in headers:
        for line, quoted, name in includes(read(root, path)):
            own = quoted and name.startswith("edgeopt/")
            if not own and (quoted or not re.fullmatch(r"[a-z_0-9]+", name)):
                yield f"{path}:{line}: a public header includes only std and edgeopt/: {name}"


def header_form(root, files):
    for path in of_kind(files, {".h"}):
        lines = read(root, path).splitlines()
        if not lines or not lines[0].startswith("// "):
            yield f"{path}:1: a header begins with a comment: its contract"
        if "#pragma once" not in lines:
            yield f"{path}:1: no #pragma once"


def file_sizes(root, files):
    for path in narrow(files):
        limit = MAX_TEST_FILE if path.parts[0] == "tests" else MAX_FILE
        lines = len(read(root, path).splitlines())
        if lines > limit:
            yield f"{path}:{lines}: {lines} lines, at most {limit}"


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def function_sizes(root, files):
    for path in of_kind(files, CODE | {".py"}):
        measure = python_functions if path.suffix == ".py" else functions
        for line, length in measure(read(root, path)):
            if length > MAX_FUNCTION:
                yield f"{path}:{line}: a function of {length} lines, at most {MAX_FUNCTION}"


def columns(root, files):
    for path in narrow(files):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            if len(line) > MAX_COLUMNS:
                yield f"{path}:{number}: {len(line)} columns, at most {MAX_COLUMNS}"


def registry(kind, root, files):
    """Every line of a .def list has its definition and test, and every definition its line."""
    listing, folder, record, tests = REGISTRIES[kind]
    known = {f.as_posix() for f in files}
    if listing not in known:
        yield f"{listing}:1: the list is missing"
        return
    text = re.sub(r"//.*", "", read(root, listing))
    names = re.findall(rf"^EDGEOPT_{kind.upper()}\((\w+)\)", text, re.MULTILINE)
    defined = {}
    definition = re.compile(rf"^extern const {record} {kind}_(\w+)\b(?!;)", re.MULTILINE)
    for path in (f for f in of_kind(files, {".cpp"}) if f.parent.as_posix() == folder):
        defined.update((name, path) for name in definition.findall(read(root, path)))
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield f"{listing}:1: {name} is listed twice"
    for name in names:
        if name not in defined:
            yield f"{listing}:1: {name} is listed but not defined in {folder}"
    for name, path in defined.items():
        if name not in names:
            yield f"{path}:1: {kind}_{name} has no line in {listing}"
        if kind != "op" and path.stem != name:
            yield f"{path}:1: {kind}_{name} must be defined in {name}.cpp"
        spelled = name.replace("_", "-")
        if kind != "op" and f'"{spelled}"' not in read(root, path):
            yield f"{path}:1: the record of {kind}_{name} is not named \"{spelled}\""
    for path in sorted(set(defined.values())):
        test = f"{tests}/{path.stem}_test.cpp"
        if kind not in ("op", "command") and test not in known:
            yield f"{path}:1: has no test {test}"


def passes(root, files):
    yield from registry("pass", root, files)


def targets(root, files):
    yield from registry("target", root, files)


def calibrators(root, files):
    yield from registry("calibrator", root, files)


def operators(root, files):
    """Operators of a family share files: a test is one that names the operator."""
    yield from registry("op", root, files)
    definition = re.compile(r"^extern const Operator op_(\w+)\b(?!;)", re.MULTILINE)
    tests = "".join(read(root, f) for f in of_kind(files, {".cpp"}, "tests")
                    if f.parts[1] == "ops")
    for path in (f for f in of_kind(files, {".cpp"}) if f.parent.as_posix() == "src/ops"):
        for name in definition.findall(read(root, path)):
            if f'"{name}"' not in tests:
                yield f"{path}:1: no test in tests/ops names \"{name}\""


def commands(root, files):
    yield from registry("command", root, files)


def tests_mirror_sources(root, files):
    for path in (f for f in files if f.parts[0] == "tests" and len(f.parts) > 2):
        if path.parts[1] not in ORDER and path.parts[1] not in TEST_FOLDERS:
            yield f"{path}:1: tests/{path.parts[1]} mirrors no folder of src"


def root_layout(root, files):
    for name in root_entries(root):
        if not name.startswith(".") and name not in ROOT:
            yield f"{name}:1: does not belong at the root"


def names_of_files(root, files):
    for path in of_kind(files, CODE | {".py", ".sh", ".def"}):
        if not re.fullmatch(r"[a-z0-9_]+", path.stem):
            yield f"{path}:1: names of files are snake_case"


def loose_ends(root, files):
    # Written apart, so that this file does not match itself.
    word = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|DISABLED_\w+)\b")
    for path in narrow(files):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            if word.search(line):
                yield f"{path}:{number}: {word.search(line).group(0)}: finish it or write an issue"


def machine_paths(root, files):
    text = NARROW | {".md", ".txt", ".json", ".toml", ".yml", ""}
    for path in (f for f in files if f.suffix in text and f.name != "LICENSE"):
        for number, line in enumerate(read(root, path).splitlines(), 1):
            match = MACHINE_PATH.search(line)
            if match:
                yield f"{path}:{number}: a path of one machine: {match.group(0)}"


RULES = [include_order, includes_exist, include_cycles, third_party, public_headers, header_form,
         file_sizes, function_sizes, columns, passes, targets, calibrators, operators, commands,
         tests_mirror_sources, root_layout, names_of_files, loose_ends, machine_paths]
