"""The installed program is small, stripped, and uses the system's libraries."""
import pathlib
import subprocess
import sys

MAX_BYTES = 10_000_000
SHARED = ("libonnx_proto", "libprotobuf", "libjpeg", "libpng", "libarchive", "libspdlog", "libfmt")

program = pathlib.Path(sys.argv[1])
size = program.stat().st_size


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


needed = output_of("readelf", "-d", program)
version = output_of(program, "--version")
problems = []
if size > MAX_BYTES:
    problems.append(f"{size} bytes, at most {MAX_BYTES}")
if ".symtab" in output_of("readelf", "-S", "-W", program):
    problems.append("is not stripped")
problems += [f"does not link {name} dynamically" for name in SHARED if name not in needed]
if not version.startswith("edgeopt "):
    problems.append(f"--version prints {version!r}")
print(f"{program.name}: {size} bytes, {version.strip()}")
sys.exit("\n".join(problems) or 0)
