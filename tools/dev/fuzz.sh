# ./dev fuzz: the fuzz targets beside the code, built with libFuzzer.
# shellcheck shell=bash

usage_fuzz() {
  cat <<'TEXT'
Usage: ./dev fuzz [TARGET...] [--seconds N]

Builds the fuzz targets (src/**/*_fuzz.cc) with libFuzzer and AddressSanitizer in
build-fuzz and runs each for N seconds (default 60). The corpus of each target
grows in .cache/fuzz/TARGET; an input that fails is left in .cache/fuzz/failures.
TEXT
}

dev_fuzz() {
  local seconds=60 wanted=()
  while (($# > 0)); do
    case "$1" in
      --seconds)
        seconds=$(option_value --seconds "${2:-}")
        shift
        ;;
      -*) refuse_option fuzz "$1" ;;
      *) wanted+=("$1") ;;
    esac
    shift
  done
  if ! [[ $seconds =~ ^[0-9]+$ ]]; then fail "\"$seconds\" is not a number of seconds"; fi
  local targets
  mapfile -t targets < <(find src -name '*_fuzz.cc' -printf '%f\n' | sed 's/\.cc$//' | sort)
  if ((${#wanted[@]} > 0)); then
    local target
    for target in "${wanted[@]}"; do
      if [[ " ${targets[*]} " != *" $target "* ]]; then
        fail "there is no fuzz target \"$target\"" "choose one of: ${targets[*]}"
      fi
    done
    targets=("${wanted[@]}")
  fi
  if ((${#targets[@]} == 0)); then fail "no source under src is named *_fuzz.cc"; fi
  dev_setup
  build_tree fuzz "${targets[@]}"
  run_fuzz_targets "$seconds" "${targets[@]}"
}

run_fuzz_targets() {
  local seconds=$1 target failed=()
  shift
  mkdir -p .cache/fuzz/failures
  for target in "$@"; do
    say "fuzzing $target for $seconds s"
    mkdir -p ".cache/fuzz/$target"
    if ! MILLRACE_FUZZ_SEEDS=.cache/fuzz/$target "build-fuzz/$target" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=4096 \
      -artifact_prefix=".cache/fuzz/failures/$target-" ".cache/fuzz/$target"; then
      failed+=("$target")
    fi
  done
  if ((${#failed[@]} > 0)); then
    fail "failed: ${failed[*]}" "the inputs are in .cache/fuzz/failures; run one by: build-fuzz/TARGET FILE"
  fi
}
