# ./dev slt, crash and bench: build one test program and pass the arguments on.
# shellcheck shell=bash

usage_slt() {
  cat <<'TEXT'
Usage: ./dev slt [ARGUMENTS...]

Runs build/millrace_slt on tests/slt. Arguments go to the program; --update
rewrites the expected results, a path runs only that file or folder.
TEXT
}

dev_slt() {
  local argument
  # A file or folder named by the user takes the place of the whole suite.
  for argument in "$@"; do
    if [[ -e $argument ]]; then
      run_program slt "$@"
      return
    fi
  done
  run_program slt "$@" tests/slt
}

usage_crash() {
  cat <<'TEXT'
Usage: ./dev crash [ARGUMENTS...]

Runs build/millrace_crash: kills the server at its crash points, restarts it and
checks what it acknowledged. Arguments go to the program (see its --help).
TEXT
}

dev_crash() { run_program crash "$@"; }

usage_bench() {
  cat <<'TEXT'
Usage: ./dev bench db [--quick] [--json FILE] [ARGUMENTS...]

Runs build/millrace_bench. `db` compares with PostgreSQL 15, whose programs are
installed when missing; no cluster of the system is created or started.
TEXT
}

dev_bench() {
  if [[ ${1:-} == db ]]; then install_postgresql; fi
  run_program bench "$@"
}

# Debian's package creates and starts a cluster unless it is told not to first.
install_postgresql() {
  if [[ -x /usr/lib/postgresql/15/bin/postgres ]]; then return 0; fi
  local config=/etc/postgresql-common/createcluster.conf
  if [[ ! -e $config ]]; then
    as_root mkdir -p /etc/postgresql-common
    as_root sh -c "echo 'create_main_cluster = false' > $config"
  fi
  install_packages postgresql-15
}

# run_program NAME ARGUMENTS...: builds build/millrace and build/millrace_NAME, runs the latter.
run_program() {
  local program=millrace_$1
  shift
  dev_setup
  if ! has_target release "$program"; then
    fail "there is no program $program" "its sources belong in tests/${program#millrace_}/*.cc"
  fi
  build_tree release millrace "$program"
  exec "build/$program" "$@"
}

# has_target KIND TARGET: whether the (configured) tree knows the ninja target.
has_target() {
  local directory
  directory=$(build_directory "$1")
  use_ccache
  if [[ ! -f $directory/build.ninja ]]; then configure_tree "$1" "$directory"; fi
  # Building build.ninja configures again when a source was added since.
  ninja -C "$directory" --quiet build.ninja >&2
  ninja -C "$directory" -t query "$2" >/dev/null 2>&1
}
