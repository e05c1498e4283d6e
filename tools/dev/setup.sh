# ./dev setup: Debian packages and the pinned DuckDB. Asks dpkg first, so a
# machine that has everything costs a fraction of a second and no network.
# shellcheck shell=bash

readonly SETUP_PACKAGES=(
  clang-19 lld-19 libclang-rt-19-dev clang-format-19 cmake ninja-build ccache pkg-config git
  python3 ca-certificates
  libboost1.81-dev librocksdb-dev libsimdjson-dev libsodium-dev libssl-dev libspdlog-dev
  libfmt-dev libtomlplusplus-dev libcli11-dev libedit-dev libcurl4-openssl-dev zlib1g-dev
  libgtest-dev libgmock-dev libpq-dev)

usage_setup() {
  cat <<'TEXT'
Usage: ./dev setup

Installs the Debian 12 packages that are missing (as root, or through sudo) and
fetches the pinned DuckDB library and headers into .cache/duckdb, checked by
sha512. A second call does nothing and takes less than a second. Every other
verb that needs it calls it first.
TEXT
}

dev_setup() {
  if (($# > 0)); then refuse_option setup "$1"; fi
  install_packages "${SETUP_PACKAGES[@]}"
  fetch_duckdb
}

# The packages of "$@" that dpkg does not have, one per line.
missing_packages() {
  local installed
  # dpkg-query fails when it knows nothing of one package; what it prints is right.
  # shellcheck disable=SC2016
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    if ! grep -qxF "$package installed" <<<"$installed"; then printf '%s\n' "$package"; fi
  done
}

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    fail "this machine has no dpkg" "./dev knows Debian 12; elsewhere install: $*"
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return 0; fi
  say "installing ${missing[*]}"
  local log=$REPOSITORY_ROOT/.cache/log/apt.log
  local apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  run_quietly "$log" as_root "${apt[@]}" update
  run_quietly "$log" as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

as_root() {
  if ((EUID == 0)); then
    DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo DEBIAN_FRONTEND=noninteractive "$@"
  else
    fail "installing packages needs root and there is no sudo" "run as root: ./dev setup"
  fi
}
