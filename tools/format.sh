#!/usr/bin/env bash
# Formats all C++ files by .clang-format. --check changes nothing and fails where one is not.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t files < <(find src include tools tests -name '*.cpp' -o -name '*.h' | sort)
if [ "${1:-}" = --check ]; then
  clang-format --dry-run -Werror "${files[@]}"
  echo "${#files[@]} files are formatted"
else
  clang-format -i "${files[@]}"
fi
