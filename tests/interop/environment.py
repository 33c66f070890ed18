"""Makes a virtual environment from a requirements file, or leaves one that is already complete.

python3 environment.py build/judge-tensorrt requirements-tensorrt.txt
"""

import pathlib
import subprocess
import sys


def main():
    folder, requirements = map(pathlib.Path, sys.argv[1:3])
    done = folder / "requirements.done"
    wanted = requirements.read_text()
    if done.exists() and done.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "pip", "--disable-pip-version-check", "--quiet"]
    install = ["install", "--no-cache-dir", "-r", requirements]
    subprocess.run([*pip, *install], check=True)
    done.write_text(wanted)


main()
