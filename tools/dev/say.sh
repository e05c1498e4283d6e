# Messages of ./dev: progress on standard error, so that a program's own output
# stays clean; an error says what was wrong and what to do. Sourced by ./dev.
# shellcheck shell=bash

say() { printf '==> %s\n' "$*" >&2; }

# fail WHAT_WAS_WRONG [WHAT_TO_DO]: prints both and ends the script.
fail() {
  printf 'dev: error: %s\n' "$1" >&2
  if [[ -n ${2:-} ]]; then printf 'dev: %s\n' "$2" >&2; fi
  exit 1
}

# refuse_option VERB OPTION: for the default branch of an option loop.
refuse_option() { fail "\"$2\" is not an option of ./dev $1" "see: ./dev $1 --help"; }

# option_value OPTION [VALUE]: the value of an option, or an error when none follows.
option_value() {
  if [[ -z ${2:-} ]]; then fail "$1 needs a value"; fi
  printf '%s' "$2"
}

# run_quietly LOG COMMAND...: keeps the output in LOG and shows its end only on failure.
run_quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    fail "\"$*\" failed" "the whole output is in $log"
  fi
}
