# ./dev test, fmt, tidy, ci and clean: what keeps the tree in order.
# shellcheck shell=bash

usage_test() {
  cat <<'TEXT'
Usage: ./dev test [--unit] [--asan | --tsan] [-k PATTERN]

Sets up, builds everything and runs the test suite with ctest.

  --unit       only the unit tests
  --asan       unit tests with AddressSanitizer, in build-asan
  --tsan       unit tests with ThreadSanitizer, in build-tsan
  -k PATTERN   only the tests whose name matches the regular expression
TEXT
}

dev_test() {
  local kind=release selection=() targets=() pattern
  while (($# > 0)); do
    case "$1" in
      --unit)
        selection+=(-L '^unit$')
        targets=(mr_unit_tests)
        ;;
      --asan | --tsan)
        kind=${1#--}
        selection+=(-L '^unit$')
        targets=(mr_unit_tests)
        ;;
      -k)
        pattern=$(option_value -k "${2:-}")
        selection+=(-R "$pattern")
        shift
        ;;
      *) refuse_option test "$1" ;;
    esac
    shift
  done
  dev_setup
  build_tree "$kind" "${targets[@]}"
  run_ctest "$(build_directory "$kind")" "${selection[@]}"
}

# Ends with ctest's summary line, and with ctest's own exit code.
run_ctest() {
  local directory=$1 code=0 output
  shift
  output=$directory/test_output.txt
  ctest --test-dir "$directory" --output-on-failure --no-tests=error --no-label-summary \
    -j "${MILLRACE_JOBS:-2}" "$@" </dev/null 2>&1 | tee "$output" || code=$?
  grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$output" | tail -n 1 ||
    echo "no test was run"
  return "$code"
}

usage_fmt() {
  cat <<'TEXT'
Usage: ./dev fmt [--check]

Formats every C++ file of src, tests and tools with clang-format-19. With
--check changes nothing and fails when a file is not formatted.
TEXT
}

dev_fmt() {
  local mode=(-i)
  case "${1:-}" in
    '') ;;
    --check) mode=(--dry-run --Werror) ;;
    *) refuse_option fmt "$1" ;;
  esac
  dev_setup
  local roots=(src tests)
  if [[ -d tools ]]; then roots+=(tools); fi
  find "${roots[@]}" \( -name '*.cc' -o -name '*.h' \) -not -path '*/fixtures/*' -print0 |
    xargs -0 --no-run-if-empty -P "$(job_count)" -n 32 clang-format-19 "${mode[@]}"
}

usage_tidy() {
  cat <<'TEXT'
Usage: ./dev tidy [--headers]

Checks what can be checked of docs/CONVENTIONS: layers, library fences, limits,
names, banned calls, the border between coroutines and blocking code. Prints
`path:line: rule: message` for each finding. Exceptions are written, with their
reason, in tools/tidy/lists. With --headers also compiles each header alone.
TEXT
}

dev_tidy() {
  local headers=no code=0
  case "${1:-}" in
    '') ;;
    --headers) headers=yes ;;
    *) refuse_option tidy "$1" ;;
  esac
  export PYTHONDONTWRITEBYTECODE=1
  if [[ $headers == yes ]]; then
    dev_setup
    if [[ ! -f build/build.ninja ]]; then
      use_ccache
      configure_tree release build
    fi
    python3 tools/tidy/headers.py --root . --build build --jobs "$(job_count)" || code=$?
  elif ! command -v python3 >/dev/null; then
    dev_setup
  fi
  python3 tools/tidy/main.py --root . || code=$?
  return "$code"
}

usage_ci() {
  cat <<'TEXT'
Usage: ./dev ci

Runs .ci/run: what continuous integration runs, non-interactively.
TEXT
}

dev_ci() {
  if (($# > 0)); then refuse_option ci "$1"; fi
  CI=true .ci/run </dev/null
}

usage_clean() {
  cat <<'TEXT'
Usage: ./dev clean [--all]

Removes the build trees. With --all also .cache: the next setup downloads the
pinned DuckDB again. Never touches ./data.
TEXT
}

dev_clean() {
  case "${1:-}" in
    '') ;;
    --all) rm -rf .cache ;;
    *) refuse_option clean "$1" ;;
  esac
  rm -rf build build-asan build-tsan build-gcc build-debug build-fuzz
}
