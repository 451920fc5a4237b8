# streaming ($1): its forecasts, its state from one run to the next, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

rm -rf ./*.bin ./*.txt
succeeds --generate 60
[ "$(grep -c -- '->' stdout.txt)" -eq 60 ] || fail "$(grep -c -- '->' stdout.txt) rows instead of 60"
[ "$(grep -c 'more rows are needed' stdout.txt)" -eq 49 ] || fail "forecasts do not begin with row 50"
grep -q '^11 steps: median .* us, 99 % .* us, 99.9 % .* us, worst .* us; the first .* us$' stdout.txt ||
  fail "the last line is: $(tail -1 stdout.txt)"
grep -- '->' stdout.txt >generated.txt

# The same rows from standard input, in one run, and in two of which the second goes on from the first one's state.
sed 's/  ->.*//' generated.txt >rows.txt
"$program" <rows.txt 2>stderr.txt | grep -- '->' >whole.txt || fail "rows from standard input: $(cat stderr.txt)"
# (Numbers of 6 digits went in, so that forecasts differ from those of the wave in their last digits.)
cut -d' ' -f1 generated.txt | diff -q - <(cut -d' ' -f1 whole.txt) >/dev/null || fail "the rows are not those that went in"
head -55 rows.txt | "$program" --state state.bin >first.txt 2>stderr.txt || fail "the first part: $(cat stderr.txt)"
tail -5 rows.txt | "$program" --state state.bin 2>stderr.txt | grep -- '->' >second.txt || fail "the second part: $(cat stderr.txt)"
tail -5 whole.txt | diff -q - second.txt >/dev/null || fail "two runs are not one: $(cat second.txt)"

printf '1,\t\n\n;2 \r\n' | "$program" 2>stderr.txt | grep -c -- '->' | grep -qx 2 || fail "separators and empty lines: $(cat stderr.txt)"
"$program" --quiet </dev/null >stdout.txt 2>stderr.txt && grep -qx 'no steps' stdout.txt || fail "no rows: $(cat stdout.txt stderr.txt)"

# refuses_rows <text> <rows>
refuses_rows() {
  printf '%b' "$2" >rows.txt
  local code=0
  "$program" <rows.txt >stdout.txt 2>stderr.txt || code=$?
  [ "$code" -eq 2 ] && [ "$(wc -l <stderr.txt)" -eq 1 ] && grep -qF -- "$1" stderr.txt || fail "$2: ended with $code and said: $(cat stderr.txt)"
}
refuses_rows 'streaming: standard input: expected finite numbers, got "x" in line 2' '1\nx\n'
refuses_rows 'expected finite numbers, got "1.5.2" in line 1' '1.5.2\n'
refuses_rows 'expected finite numbers, got "nan" in line 1' 'nan\n'
refuses_rows 'expected finite numbers, got "1e999" in line 3' '1\n\n1e999\n'
refuses_rows 'expected 1 number in a line, got 2 in line 1' '1 2\n'
printf 'not a state' >wrong.bin
refuses "ForecastStream::load_state: expected what save_state gives, got 11 other bytes" --generate 1 --state wrong.bin
refuses "ForecastStream::load_state: expected the state of a stream of this forecaster, got that of another" --generate 1 --state state.bin --seed 2
refuses "nowhere" --generate 1 --state nowhere/state.bin
refuses "--model" --model nothing.safetensors
refuses "wrong.bin" --model wrong.bin --generate 1
refuses "--generate" --generate 0
end
