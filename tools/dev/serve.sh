# ./dev run: a development server with a known root password, and a SQL shell on
# it. The server gets its own process group, so that Ctrl-C in the shell ends a
# statement and not the server; it is stopped by its process id, and only that.
# shellcheck shell=bash

readonly DEVELOPMENT_PASSWORD=millrace-dev
readonly SERVER_START_SECONDS_MAX=60
readonly SERVER_STOP_SECONDS_MAX=30
server_pid=

usage_run() {
  cat <<'TEXT'
Usage: ./dev run [--server-only] [--port PORT] [--data DIRECTORY]

Sets up, builds build/millrace and starts a server on 127.0.0.1 with the user
root and a development password (MILLRACE_ROOT_PASSWORD, default millrace-dev).
On a terminal it opens the SQL shell; leaving the shell stops the server.
Without a terminal it runs until it is interrupted.

  --server-only      run only the server, in the foreground
  --port PORT        default 7400
  --data DIRECTORY   default ./data
TEXT
}

dev_run() {
  local port=7400 data=./data server_only=no
  while (($# > 0)); do
    case "$1" in
      --server-only) server_only=yes ;;
      --port)
        port=$(option_value --port "${2:-}")
        shift
        ;;
      --data)
        data=$(option_value --data "${2:-}")
        shift
        ;;
      *) refuse_option run "$1" ;;
    esac
    shift
  done
  if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then
    fail "\"$port\" is not a port" "choose one from 1 to 65535"
  fi
  dev_setup
  build_tree release millrace
  refuse_taken_port "$port"
  export MILLRACE_ROOT_PASSWORD=${MILLRACE_ROOT_PASSWORD:-$DEVELOPMENT_PASSWORD}
  mkdir -p "$data"
  local command=(build/millrace serve --data "$data" --http "127.0.0.1:$port")
  if [[ $server_only == yes ]]; then
    print_connection "$port"
    exec "${command[@]}"
  fi
  serve_with_shell "$port" "${command[@]}"
}

refuse_taken_port() {
  if port_is_open "$1"; then
    fail "port $1 of 127.0.0.1 is taken, perhaps by another ./dev run" \
      "stop that program, or choose another port: ./dev run --port $(($1 + 1))"
  fi
}

port_is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

serve_with_shell() {
  local port=$1 log=.cache/log/server-$1.log
  shift
  mkdir -p .cache/log
  trap stop_server EXIT
  trap 'exit 130' INT TERM HUP
  setsid "$@" >"$log" 2>&1 </dev/null &
  server_pid=$!
  wait_until_healthy "$port" "$log"
  print_connection "$port"
  say "the server's log is in $log"
  if [[ -t 0 && -t 1 ]]; then
    # The shell handles Ctrl-C itself; this script must outlive it to stop the server.
    trap : INT
    MILLRACE_PASSWORD=$MILLRACE_ROOT_PASSWORD \
      build/millrace sql --url "http://127.0.0.1:$port" --user root || true
  else
    say "no terminal: serving until interrupted"
    local code=0
    wait "$server_pid" || code=$?
    server_pid=
    if ((code != 0)); then
      tail -n 20 "$log" >&2
      fail "the server ended with code $code" "its log is in $log"
    fi
  fi
}

wait_until_healthy() {
  local port=$1 log=$2 deadline=$((SECONDS + SERVER_START_SECONDS_MAX))
  until health_answers "$port"; do
    if ! kill -0 "$server_pid" 2>/dev/null; then
      server_pid=
      tail -n 20 "$log" >&2
      fail "the server ended before it was ready" "its log is in $log"
    fi
    if ((SECONDS >= deadline)); then
      tail -n 20 "$log" >&2
      fail "the server did not answer /health within $SERVER_START_SECONDS_MAX s" \
        "its log is in $log"
    fi
    sleep 0.1
  done
}

# Speaks HTTP through bash itself: a bare machine has no curl.
health_answers() {
  local line
  line=$(
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET /health HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
    IFS= read -r -t 5 line <&3 || exit 1
    printf '%s' "$line"
    # To the end: closing with bytes unread would reset the connection.
    timeout 5 cat <&3 >/dev/null || true
  ) || return 1
  [[ $line == "HTTP/1.1 200"* ]]
}

stop_server() {
  if [[ -z $server_pid ]]; then return 0; fi
  local pid=$server_pid deadline=$((SECONDS + SERVER_STOP_SECONDS_MAX))
  server_pid=
  say "stopping the server"
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      say "the server did not stop within $SERVER_STOP_SECONDS_MAX s: killing process $pid"
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}

print_connection() {
  local url=http://127.0.0.1:$1 password=$DEVELOPMENT_PASSWORD note='(for development only)'
  if [[ $MILLRACE_ROOT_PASSWORD != "$DEVELOPMENT_PASSWORD" ]]; then
    # One that somebody chose is a secret.
    password='...' note='(yours, from MILLRACE_ROOT_PASSWORD)'
  fi
  cat >&2 <<TEXT

  Millrace    $url
  user        root
  password    $password      $note

  SQL shell   build/millrace sql --url $url --user root
  HTTP        curl -s $url/v1/api/auth/login -H 'content-type: application/json' \\
                -d '{"user":"root","password":"$password"}'       # answers access_token
              curl -s $url/v1/api/sql -H "authorization: Bearer \$TOKEN" \\
                -H 'content-type: application/json' -d '{"sql":"SELECT 1"}'

TEXT
}
