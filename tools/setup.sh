#!/usr/bin/env bash
# Installs the Debian packages that edgeopt needs, then builds it into build/. Running it again is
# quick: what is there stays. Works on Debian 12 or later and on derivatives.
#
#   tools/setup.sh                     packages and the program build/edgeopt
#   tools/setup.sh --packages          packages only
#   tools/setup.sh --packages --tests  packages, those of the tests included
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0"; }

packages_only=false
tests=false
for argument in "$@"; do
  case "$argument" in
    --packages) packages_only=true ;;
    --tests) tests=true ;;
    -h | --help) usage; exit 0 ;;
    *) echo "setup.sh: unknown argument $argument; see --help" >&2; exit 2 ;;
  esac
done

packages=(
  g++ cmake ninja-build ccache
  libonnx-dev libprotobuf-dev protobuf-compiler libeigen3-dev
  libdnnl-dev ocl-icd-opencl-dev  # oneDNN's CMake package looks for OpenCL
  libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev
  libjpeg62-turbo-dev libpng-dev libarchive-dev
)
if $tests; then
  packages+=(
    libgtest-dev libbenchmark-dev libonnx-testdata
    clang libclang-rt-dev libomp-dev clang-format clang-tidy  # clang-tidy reads omp.h
    python3 python3-venv python3-pip git
  )
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "setup.sh: neither root nor sudo is here; as root, run: apt-get update &&" \
        "apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    }
    as_root=(sudo)
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "All ${#packages[@]} Debian packages are there"
fi
$packages_only && exit 0

export CCACHE_DIR=${CCACHE_DIR:-$PWD/build/ccache}  # as tools/run_tests.sh does
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
echo "Building build/edgeopt (some minutes the first time)"
[ -f build/build.ninja ] || cmake --preset release -DEDGEOPT_TESTS=OFF "${launcher[@]}" >/dev/null
cmake --build build --target edgeopt
build/edgeopt --version
