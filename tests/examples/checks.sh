# What the tests of the example programs share: `program` is the path of the one that is tested.
set -u
program=$1
name=$(basename "$program")
failures=0

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}

# succeeds <arguments>: exit code 0, nothing on standard error
succeeds() {
  "$program" "$@" >stdout.txt 2>stderr.txt || fail "$name $* ended with $?: $(cat stderr.txt)"
  [ ! -s stderr.txt ] || fail "$name $* wrote to standard error: $(cat stderr.txt)"
}

# refuses <text> <arguments>: exit code 2 and one line on standard error that names the program and contains the text
refuses() {
  local text=$1 code=0
  shift
  "$program" "$@" >stdout.txt 2>stderr.txt || code=$?
  [ "$code" -eq 2 ] || fail "$name $* ended with $code instead of 2"
  [ "$(wc -l <stderr.txt)" -eq 1 ] || fail "$name $* wrote $(wc -l <stderr.txt) lines to standard error instead of one"
  grep -qF -- "$name: " stderr.txt || fail "$name $* did not name itself: $(cat stderr.txt)"
  grep -qF -- "$text" stderr.txt || fail "$name $* said: $(cat stderr.txt), without: $text"
}

contains() { grep -qF -- "$2" "$1" || fail "$1 does not contain: $2"; }

end() {
  [ "$failures" -eq 0 ] || exit 1
  echo "all as expected"
}
