#!/usr/bin/env bash
# Runs clang-tidy by .clang-tidy over src/: tools/tidy.sh [BUILD_FOLDER [FILE...]]. Fails with any
# finding. A file that was clean is passed over until it, a header of it or a rule changes.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath "${1:-build}")
shift || true
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(find src -name '*.cpp' | sort); fi
export work=$build/tidy
mkdir -p "$work"
# g++'s commands, without what clang does not know.
sed -e 's/-fvect-cost-model=[a-z]*//; s/-Wno-restrict/-Wno-unknown-pragmas/' \
  -e 's/-Wno-maybe-uninitialized//; s/-Wunused-const-variable=1//' \
  -e 's/"command": "[^ ]*ccache /"command": "/' \
  "$build/compile_commands.json" > "$work/compile_commands.json"

check() {
  local file=$1 stamp key
  stamp=$work/$(echo "$file" | tr / _).clean
  # The file, .clang-tidy and every project header: a change of any header checks all again.
  key=$(cat "$file" "$work/headers" | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && return 0
  if clang-tidy -quiet -p "$work" "$file" 2> "$work/$$.log"; then
    echo "$key" > "$stamp"
  else
    grep -v ' warnings\? generated' "$work/$$.log" >&2 || true
    return 1
  fi
}
export -f check
cat .clang-tidy $(find include src -name '*.h' | sort) > "$work/headers"
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I{} bash -c 'check {}'
echo "clang-tidy has nothing to say about ${#files[@]} files"
