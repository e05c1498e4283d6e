# ./dev build: configures a tree when needed and builds it with ninja and ccache.
# Each kind of build has its own tree, so switching never rebuilds.
# shellcheck shell=bash

usage_build() {
  cat <<'TEXT'
Usage: ./dev build [--asan | --tsan | --gcc | --debug] [TARGET...]

Builds everything, or the named ninja targets. The program is build/millrace.

  --asan    with AddressSanitizer and UndefinedBehaviorSanitizer, in build-asan
  --tsan    with ThreadSanitizer, in build-tsan
  --gcc     with g++, in build-gcc
  --debug   without optimization, in build-debug

MILLRACE_JOBS=N builds and tests with N jobs (default: one per processor).
TEXT
}

dev_build() {
  local kind=release targets=()
  while (($# > 0)); do
    case "$1" in
      --asan | --tsan | --gcc | --debug) kind=${1#--} ;;
      -*) refuse_option build "$1" ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  dev_setup
  build_tree "$kind" "${targets[@]}"
  say "built $(build_directory "$kind")/${targets[*]:-millrace and everything else}"
}

# The build tree of a kind: release, asan, tsan, gcc, debug or fuzz.
build_directory() {
  if [[ $1 == release ]]; then printf 'build'; else printf 'build-%s' "$1"; fi
}

job_count() { printf '%s' "${MILLRACE_JOBS:-$(nproc)}"; }

# build_tree KIND [TARGET...]: needs dev_setup to have run.
build_tree() {
  local kind=$1
  shift
  local directory
  directory=$(build_directory "$kind")
  use_ccache
  if [[ $kind == gcc ]]; then install_packages g++; fi
  if [[ ! -f $directory/build.ninja ]]; then configure_tree "$kind" "$directory"; fi
  say "building $directory${*:+ ($*)}"
  # Ninja reads CMake's dependencies itself and configures again when one changed.
  if ! NINJA_STATUS='[%f/%t] ' ninja -C "$directory" --quiet -j "$(job_count)" "$@"; then
    fail "the build in $directory failed" "the errors are above"
  fi
}

configure_tree() {
  local kind=$1 directory=$2 compiler=clang++-19
  local options=(-DCMAKE_BUILD_TYPE=Release)
  case "$kind" in
    release) ;;
    asan) options+=(-DMILLRACE_SANITIZE=address) ;;
    tsan) options+=(-DMILLRACE_SANITIZE=thread) ;;
    gcc) compiler=$(gcc_compiler) ;;
    debug) options=(-DCMAKE_BUILD_TYPE=Debug) ;;
    fuzz) options+=(-DMILLRACE_SANITIZE=address -DMILLRACE_FUZZ=ON) ;;
  esac
  say "configuring $directory"
  run_quietly ".cache/log/configure-$kind.log" cmake -S . -B "$directory" -G Ninja \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "${options[@]}"
}

# The user's own CXX when that is a g++, so that a newer one can be tried.
gcc_compiler() {
  case "${CXX:-}" in
    *clang* | '') printf 'g++' ;;
    *) printf '%s' "$CXX" ;;
  esac
}

# Only by environment, so that the user's own ccache configuration stays as it is.
use_ccache() {
  export CCACHE_BASEDIR=$REPOSITORY_ROOT
  export CCACHE_NOHASHDIR=true
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
  if [[ -z ${CCACHE_DIR:-} && -z ${HOME:-} ]]; then
    export CCACHE_DIR=$REPOSITORY_ROOT/.cache/ccache
  fi
  # What a user exports for other projects must not slip into this build.
  unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
}
