#!/usr/bin/env bash
# Builds and runs all tests; the last lines are ctest's summary.
#
#   tools/run_tests.sh             units, conformance, sources
#   tools/run_tests.sh --portable  the same without oneDNN too
#   tools/run_tests.sh --sanitize  the same under ASan and UBSan too
#   tools/run_tests.sh --malformed of those under ASan and UBSan, the command's and ONNX's cases:
#                                  broken files, absurd graphs, spoiled cases; half the time
#   tools/run_tests.sh --interop   also against ONNX Runtime, Qualcomm's HTP simulator and TensorRT,
#                                  which are installed from PyPI into build/
#   tools/run_tests.sh --fuzz      also some seconds of each libFuzzer target
#   tools/run_tests.sh ... -- -R x arguments for ctest
set -euo pipefail
cd "$(dirname "$0")/.."

portable=false
sanitize=
fuzz=false
interop=${EDGEOPT_INTEROP:-OFF}
werror=OFF  # as tools/setup.sh builds it: nothing is compiled twice
[ "${CI:-}" != true ] || werror=ON
while [ $# -gt 0 ]; do
  case "$1" in
    --portable) portable=true ;;
    --sanitize) sanitize=ON ;;
    --malformed) sanitize=${sanitize:-OFF} ;;  # ON or OFF: the unit tests too
    --fuzz) fuzz=true ;;
    --interop) interop=ON ;;
    --) shift; break ;;
    -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run_tests.sh: unknown argument $1; see --help" >&2; exit 2 ;;
  esac
  shift
done

tools/setup.sh --packages --tests

# Nothing is written outside build/, whatever compilers and tests take for their own.
mkdir -p build/tmp
export TMPDIR=$PWD/build/tmp CCACHE_DIR=${CCACHE_DIR:-$PWD/build/ccache}

launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
folders=()
build() {
  local preset=$1 folder=$2
  shift 2
  echo "Building $folder (its words go to $folder/build.log)"
  cmake --preset "$preset" "${launcher[@]}" "$@" >/dev/null
  cmake --build "$folder" > "$folder/build.log" || {
    tail -n 60 "$folder/build.log" >&2
    exit 1
  }
  folders+=("$PWD/$folder")
}

build release build -DEDGEOPT_TESTS=ON -DEDGEOPT_BENCHMARKS=ON -DEDGEOPT_WERROR="$werror" \
  -DEDGEOPT_INTEROP="$interop"
if $portable; then build portable build/portable; fi
if [ -n "$sanitize" ]; then build sanitize build/sanitize -DEDGEOPT_UNIT_TESTS="$sanitize"; fi
if $fuzz; then build fuzz build/fuzz; fi

shared=${EDGEOPT_SHARED:-../shared}/data
[ -d "$shared" ] || echo "There is no $shared: the tests on its models and images are skipped"

# One ctest run over all builds.
mkdir -p build/all
printf 'subdirs("%s")\n' "${folders[@]}" > build/all/CTestTestfile.cmake
ctest --test-dir build/all -j "$(nproc)" --output-on-failure --no-tests=error "$@"
