"""The files of the project, and C++ text taken apart as far as the rules need it."""
import pathlib
import re
import subprocess

SKIPPED = {".git", "build", ".cache", "__pycache__"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)"'
    r"|\"(?:\\.|[^\"\\\n])*\"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)
BRACE = re.compile(r"[{}]")
ACCESS = re.compile(r"\b(public|private|protected)\s*$")
MEMBER_INITIALIZER = re.compile(r"\)[^:]*:[^:].*\w$", re.DOTALL)
NOT_A_FUNCTION = re.compile(r"^(extern\s+\"|namespace\b|enum\b|union\b|=)|[=,(]\s*$")
TYPE = re.compile(
    r"(template\s*<.*>\s*)?(class|struct|union)\s+[\w:<>, ]+(final\s*)?(:[^:].*)?$", re.DOTALL)


def project_files(root):
    """Files under `root`, build folders left out; paths relative to it."""
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(p in SKIPPED or p.startswith("build-") for p in parts) or not path.is_file():
            continue
        found.append(path.relative_to(root))
    return found


def root_entries(root):
    """Top-level names under version control; where there is none, all that lie there."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True,
                            check=False)
    if listed.returncode == 0 and listed.stdout:
        return sorted({line.strip('"').split("/")[0] for line in listed.stdout.splitlines()})
    return sorted(p.name for p in root.iterdir() if p.name not in SKIPPED)


def includes(text):
    """(line number, is quoted, name) of every #include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def without_text(code):
    """`code` with comments and literals blanked; line numbers stay."""
    def blank(match):
        whole = match.group(0)
        kept = "" if whole.startswith("/") else '""'
        return kept + "\n" * whole.count("\n")
    return TOKENS.sub(blank, code)


def without_preprocessor(code):
    lines, continued = [], False
    for line in code.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        lines.append("" if directive else line)
    return "\n".join(lines)


def functions(code):
    """(first line, lines) of each function, by matching braces at namespace and class scope.

    Lambdas and local types count to the function that holds them. Tables of data do not count.
    """
    code = without_preprocessor(without_text(code))
    head_start = position = 0
    while position < len(code):
        character = code[position]
        if character == "{":
            head = code[head_start:position]
            end = closing_brace(code, position)
            if is_initializer(head):
                position = end
            elif is_function(head.strip()):
                first = head_start + len(head) - len(head.lstrip())
                yield code.count("\n", 0, first) + 1, code.count("\n", first, end) + 1
                position, head_start = end, end + 1
            else:
                head_start = position + 1
        elif character in "};" or (character == ":" and ACCESS.search(code[head_start:position])):
            head_start = position + 1
        position += 1


def closing_brace(code, start):
    depth = 0
    for match in BRACE.finditer(code, start):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.start()
    return len(code)


def is_initializer(head):
    """The braces of `f(X x = {})` and of `A() : x{1} {}`, which no scope begins with."""
    return head.count("(") > head.count(")") or bool(MEMBER_INITIALIZER.search(head))


def is_function(head):
    return ")" in head and not NOT_A_FUNCTION.search(head) and not TYPE.match(head)


def read(root, path):
    return (pathlib.Path(root) / path).read_text(encoding="utf-8", errors="replace")
