#!/usr/bin/env bash
# COMMAND 2>&1 | progress.sh: what a long command prints, made short and never silent.
# Lines that count become one line that moves on a terminal, and one line every PROGRESS_EVERY seconds elsewhere:
#   [12/340] Building x.o                     ninja, k8s/cluster/programs.sh
#   12/45 Test #12: name ....   Passed        ctest
#   tests/test_x.py::test_y PASSED  [ 12%]    pytest -v
# All other lines pass: errors, failed tests, summaries. When nothing comes, the time alone is shown.
set -u
trap '' INT   # the command ends, and with it this
every=${PROGRESS_EVERY:-8}   # counted in whole seconds: no gap reaches 10
columns=$( (stty size </dev/tty) 2>/dev/null | cut -d' ' -f2)
[ "${columns:-0}" -ge 20 ] || columns=80
count='' what='' line='' partial='' said=$SECONDS

show() {
  local text
  printf -v text '    %s%d:%02d%s' "${count:+$count, }" $((SECONDS / 60)) $((SECONDS % 60)) "${what:+, $what}"
  if [ -t 1 ]; then
    printf '\r\e[K%s' "${text:0:columns-1}"
  elif [ $((SECONDS - said)) -ge "$every" ]; then
    printf '%s\n' "$text"
    said=$SECONDS
  fi
}
clear_line() { if [ -t 1 ]; then printf '\r\e[K'; fi; }

take() { # LINE
  if [[ $1 =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]]; then
    count="${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}" what=${BASH_REMATCH[3]/CMakeFiles\/*.dir\//}
  elif [[ $1 =~ ^\ *([0-9]+)/([0-9]+)\ Test\ +#[0-9]+:\ ([^ ]+)\ .*\ Passed\  ]]; then
    count="${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}" what=${BASH_REMATCH[3]}
  elif [[ $1 =~ ^(.+)\ (PASSED|SKIPPED)\ .*\[\ *([0-9]+)%\]$ ]]; then
    count="${BASH_REMATCH[3]} %" what=${BASH_REMATCH[1]}
  elif [[ $1 =~ ^\ +Start\ +[0-9]+: || $1 == 'ninja: no work to do.' ]]; then
    return
  else
    clear_line
    printf '%s\n' "$1"
    said=$SECONDS
    return
  fi
  show
}

while true; do
  if IFS= read -r -t 1 line; then
    take "$partial$line"
    partial=''
  elif [ $? -gt 128 ]; then   # a second without a whole line
    partial+=$line
    show
  else
    [ -z "$partial$line" ] || take "$partial$line"
    break
  fi
done
clear_line
