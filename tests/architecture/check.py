"""Checks the project's structure: `python3 check.py ROOT [RULE...]`. Status 1 with findings."""
import pathlib
import sys

from rules import RULES
from source import project_files


def main():
    root = pathlib.Path(sys.argv[1])
    wanted = sys.argv[2:] or [rule.__name__ for rule in RULES]
    unknown = set(wanted) - {rule.__name__ for rule in RULES}
    if unknown:
        sys.exit(f"no such rule: {', '.join(sorted(unknown))}")
    files = project_files(root)
    findings = [(rule.__name__, text) for rule in RULES if rule.__name__ in wanted
                for text in rule(root, files)]
    for rule, text in findings:
        print(f"{text} [{rule}]")
    print(f"{len(findings)} findings of {len(wanted)} rules in {len(files)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
