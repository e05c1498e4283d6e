# Fetches the pinned DuckDB: the library from one npm package, its headers from
# another, both checked by sha512 before anything is unpacked. Raise the version
# of both together: headers of one release abort with the library of the next.
# shellcheck shell=bash

readonly DUCKDB_LIBRARY=@duckdb/node-bindings-linux-x64@1.4.4-r.4
readonly DUCKDB_LIBRARY_SHA512=jBTL/WvfwxLToFa/pVHfT6elMtltJGnc3wSuxZD9OfMltit9YUdVFS37vBFQzXMT1Z8OWjtSjMh+zPKxOwHLHA==
readonly DUCKDB_HEADERS=duckdb@1.4.4
readonly DUCKDB_HEADERS_SHA512=hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog==
readonly DUCKDB_DIRECTORY=.cache/duckdb

fetch_duckdb() {
  local stamp=$DUCKDB_DIRECTORY/stamp
  local wanted="$DUCKDB_LIBRARY_SHA512 $DUCKDB_HEADERS_SHA512"
  if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then return 0; fi
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    fail "the pinned DuckDB is for Linux on x86_64, this machine is $(uname -sm)"
  fi
  # Not by package name: a machine may have npm from Node's own packages.
  if ! command -v npm >/dev/null; then install_packages nodejs npm; fi

  local work=.cache/duckdb.new
  rm -rf "$work"
  mkdir -p "$work/include" "$work/licences"
  fetch_npm_package "$DUCKDB_LIBRARY" "$DUCKDB_LIBRARY_SHA512" "$work/library.tgz"
  fetch_npm_package "$DUCKDB_HEADERS" "$DUCKDB_HEADERS_SHA512" "$work/headers.tgz"
  say "unpacking DuckDB"
  tar -xzf "$work/library.tgz" -C "$work" --no-same-owner --strip-components=1 \
    package/libduckdb.so
  tar -xzf "$work/headers.tgz" -C "$work/include" --no-same-owner --strip-components=5 \
    package/src/duckdb/src/include
  keep_licences "$work/library.tgz" "$work/licences/library"
  keep_licences "$work/headers.tgz" "$work/licences/headers"
  rm "$work/library.tgz" "$work/headers.tgz"
  printf '%s\n' "$wanted" >"$work/stamp"
  rm -rf "$DUCKDB_DIRECTORY"
  mv "$work" "$DUCKDB_DIRECTORY"
}

# fetch_npm_package NAME@VERSION SHA512_BASE64 FILE
fetch_npm_package() {
  local package=$1 sha512=$2 file=$3
  local directory=${file%/*}/download
  rm -rf "$directory"
  mkdir -p "$directory"
  say "fetching $package"
  run_quietly .cache/log/npm.log npm pack "$package" --pack-destination "$directory"
  local tarballs=("$directory"/*.tgz)
  if [[ ! -f ${tarballs[0]} ]]; then
    fail "npm left no tarball of $package" "its output is in .cache/log/npm.log"
  fi
  verify_sha512 "${tarballs[0]}" "$sha512" "$package"
  mv "${tarballs[0]}" "$file"
  rm -rf "$directory"
}

# Compares in hexadecimal: a bare Debian has sha512sum and base64 but no openssl.
verify_sha512() {
  local file=$1 wanted actual
  wanted=$(base64 -d <<<"$2" | od -An -v -tx1 | tr -d ' \n')
  actual=$(sha512sum "$file" | cut -d ' ' -f 1)
  if [[ $actual != "$wanted" ]]; then
    rm -f "$file"
    fail "$3 does not have the pinned sha512 (wanted $wanted, got $actual)" \
      "the registry served something else than what was reviewed: do not use it; check the mirror"
  fi
}

# Licence files of a tarball, for whoever ships the library; a package may have none.
keep_licences() {
  local tarball=$1 directory=$2
  mkdir -p "$directory"
  tar -xzf "$tarball" -C "$directory" --no-same-owner --strip-components=1 --wildcards \
    --no-wildcards-match-slash 'package/LICENSE*' 'package/package.json' 2>/dev/null || true
}
