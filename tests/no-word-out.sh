#!/usr/bin/env bash
# Runs a command line and fails when any process in it, from first to last, sends a word out of this machine:
#
#   tests/no-word-out.sh dotnet tests/Ipo.Tests/bin/Debug/net10.0/Ipo.Tests.dll -class '*CheckpointTests'
#   tests/no-word-out.sh timeout -s INT 300 dotnet run --no-build --project src/Ipo.AppHost
#
# A word is a connection or a datagram to any address but loopback, answered or not, and a question for a name's address, also to
# a resolver on this machine, because that one asks on. Each is listed with the program and the address. docs/privacy.md says why.
#
# The home folder is a fresh one, and the variables that would silence a library without us are taken away. Only
# DOTNET_CLI_TELEMETRY_OPTOUT is left to the caller: it is the SDK's own, for whoever types `dotnet build`.
# SIGTERM and SIGINT go to the command. Exit status: 1 where there was a word, else the command's own; 2 where it cannot be watched.
# Needs Linux, strace 6 and awk.
set -euo pipefail

[ $# -gt 0 ] || { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v strace >/dev/null || { echo 'strace is missing: apt-get install strace' >&2; exit 2; }
if [ -S /var/run/nscd/socket ]; then
  echo 'nscd runs here and asks for names in the place of whoever wants them; stop it first.' >&2
  exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
export NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} # a restore would fetch them all again
export HOME=$work/home
unset CI TF_BUILD GITHUB_ACTIONS ORT_DISABLE_TELEMETRY ORT_RUNNING_UNIT_TESTS TESTINGPLATFORM_TELEMETRY_OPTOUT
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
# Build servers outlive the command that starts them, and what one that runs already does is not seen.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# A group of its own: an interrupt at the terminal comes through the trap, once, and not also past it.
set -m
strace -f -Y -qqq -s 200 --seccomp-bpf -e signal=none \
  -e trace=connect,sendto,sendmsg,sendmmsg,io_uring_setup,execve,clone,clone3,fork,vfork -o "$work/trace" -- "$@" &
strace=$!
set +m
pass() { kill "-$1" $(cat "/proc/$strace/task/$strace/children") 2>/dev/null || true; }
trap 'pass TERM' TERM
trap 'pass INT' INT
status=0
while :; do
  wait "$strace" && status=0 || status=$?
  kill -0 "$strace" 2>/dev/null || break # else a signal woke us, not its end
done
grep -q execve "$work/trace" || { echo 'strace saw nothing: it may not be allowed to trace here.' >&2; exit 2; }

# A system call that another one overtakes stands on two lines; addresses are on the first, results on the second.
awk '
  function program(task) { while (!(task in ran) && task in parent) task = parent[task]; return task in ran ? ran[task] : "?" }
  function report(words) { if (!(words in seen)) { order[++kinds] = words; at[kinds] = task }; seen[words]++ }
  # The first name in a message of RFC 1035, as strace writes bytes: 12 bytes of header, then labels, each behind its length.
  function question(text,   byte, name, left, skip) {
    for (skip = 12; length(text); text = substr(text, length(byte) + 1)) {
      byte = match(text, /^\\([0-7]+|.)/) ? substr(text, 1, RLENGTH) : substr(text, 1, 1)
      if (skip-- > 0) continue
      if (left > 0) { name = name byte; left--; continue }
      left = byte in escaped ? escaped[byte] : octal(substr(byte, 2))
      if (left == 0) break
      name = name (name == "" ? "" : ".")
    }
    return name
  }
  function octal(digits,   value) {
    for (value = 0; length(digits); digits = substr(digits, 2)) value = value * 8 + substr(digits, 1, 1)
    return value
  }
  BEGIN { escaped["\\t"] = 9; escaped["\\n"] = 10; escaped["\\v"] = 11; escaped["\\f"] = 12; escaped["\\r"] = 13 }

  { task = $1; sub(/<.*/, "", task) }
  / execve\("/ {
    match($0, /\[("[^]]*)\]/); text = substr($0, RSTART + 1, RLENGTH - 2); gsub(/"|,/, "", text)
    if (length(text)) ran[task] = substr(text, 1, 100)
    next
  }
  / (<\.\.\. )?(clone3?|v?fork)[( ]/ {
    if (match($0, /= [0-9]+(<.*>)?$/)) { child = substr($0, RSTART + 2); sub(/<.*/, "", child); parent[child] = task }
    next
  }
  / (<\.\.\. )?io_uring_setup[( ]/ { if ($0 ~ /\) += [0-9]+$/) report("io_uring, behind which nothing is seen"); next }
  /sun_path="[^"]*io\.systemd\.Resolve"/ { report("systemd-resolved, for a name"); next }
  # What is sent to a resolver after the connection holds the name.
  / send(to|msg|mmsg)\(/ && (task in asking) {
    if (match($0, /"([^"\\]|\\.)*"/)) report("asks for the address of " question(substr($0, RSTART + 1, RLENGTH - 2)))
    delete asking[task]
  }
  / (connect|send(to|msg|mmsg))\(/ && match($0, /sa_family=AF_[A-Z0-9]+/) {
    family = substr($0, RSTART + 10, RLENGTH - 10)
    if (family ~ /^AF_(UNIX|LOCAL|NETLINK|UNSPEC)$/) next
    address = port = ""
    if (match($0, /inet_addr\("[^"]*"/)) address = substr($0, RSTART + 11, RLENGTH - 12)
    else if (match($0, /inet_pton\(AF_INET6, "[^"]*"/)) address = substr($0, RSTART + 21, RLENGTH - 22)
    if (match($0, /htons\([0-9]+\)/)) port = substr($0, RSTART + 6, RLENGTH - 7)
    local = address ~ /^(::ffff:)?(127\.[0-9.]+|0\.0\.0\.0)$/ || address == "::1" || address == "::"
    if (port == "53") asking[task] = 1
    if (!local || port == "53") report(family " " address " port " port)
  }
  END {
    for (kind = 1; kind <= kinds; kind++)
      printf "%s  (process %s, %s): %d times\n", order[kind], at[kind], program(at[kind]), seen[order[kind]]
  }
' "$work/trace" > "$work/words"

files=$(cd "$HOME" && find . -type f | sort | head -n 20)
[ -z "$files" ] || printf 'Left in the home folder (20 at most are listed):\n%s\n' "$files"
if [ -s "$work/words" ]; then
  printf '\nWords went out of this machine:\n' >&2
  cat "$work/words" >&2
  exit 1
fi
echo "No word went out: $(grep -cE ' (connect|send(to|msg|mmsg))\(' "$work/trace") calls to sockets were watched."
exit "$status"
