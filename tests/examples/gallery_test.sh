# Runs gallery ($1), small, in the current folder: its output, its files, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

has_lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"; }
lacks() { grep -qF -- "$2" "$1" && fail "$1 contains: $2"; }

small=(--epochs 2 --hidden 4 --lookback 10 --threads 1)
models=(rnn lstm gru "lstm + pooling" "lstm + dot" "lstm + scaled dot" "lstm + general" "lstm + additive"
  "encoder-decoder")

rm -rf outputs results one ./*.csv
succeeds "${small[@]}" --length 300 --seeds 2
contains stdout.txt "No --data: a generated sine wave: 300 rows, 1 column"
contains stdout.txt "  validation  rows 210 to 239"
contains stdout.txt "On 60 windows of the test part:"
contains stdout.txt "MSE +- %"
contains stdout.txt "Best by the validation part: "
for model in "${models[@]}"; do
  [ "$(grep -c "^$model  *seed [12]  epochs" stdout.txt)" -eq 2 ] || fail "$model was not trained twice"
  grep -q "^$model  *0\.[0-9]" stdout.txt || fail "$model is not in the table"
  contains outputs/gallery/metrics.json "\"$model\": {"
done
for baseline in "last value" "drift" "linear regression"; do contains outputs/gallery/metrics.txt "$baseline"; done
contains outputs/gallery/metrics.json '"standard_deviation"'
contains outputs/gallery/metrics.json '"chosen_by": "validation loss"'
[ "$(ls outputs/gallery/logs/*.csv | wc -l)" -eq 18 ] || fail "there are not 18 logs: $(ls outputs/gallery/logs)"
has_lines outputs/gallery/logs/lstm_scaled_dot_seed_2.csv 3
has_lines outputs/gallery/predictions/test_forecasts.csv 61
for picture in comparison training_loss_curve forecast_plot; do
  [ -s outputs/gallery/plots/$picture.gp ] || fail "$picture has no script"
  if command -v gnuplot >/dev/null; then [ -s outputs/gallery/plots/$picture.png ] || fail "$picture is not drawn"; fi
done
# The best weights of all trainings are those the program ends with.
contains outputs/gallery/models/best_model.safetensors '"forecaster"'
cmp -s outputs/gallery/models/best_model.safetensors outputs/gallery/models/final_model.safetensors ||
  fail "the best model is not the final one"

# The same command gives the same numbers, and the first seed is the same alone.
succeeds "${small[@]}" --length 300 --seeds 1 --output one
lacks stdout.txt "MSE +- %"
cut -d, -f1-3 outputs/gallery/logs/gru_seed_1.csv >two.txt
cut -d, -f1-3 one/logs/gru_seed_1.csv | cmp -s - two.txt || fail "the same seed gives other losses"
cut -d, -f1-3 outputs/gallery/logs/gru_seed_2.csv | cmp -s - two.txt && fail "two seeds give the same losses"

# A file: two columns, hours.
{
  echo "date,load,other"
  for ((i = 0; i < 240; ++i)); do
    printf '2020-01-%02d %02d:00:00,%d,%d\n' $((i / 24 + 1)) $((i % 24)) $((i * i % 37)) $((i % 7))
  done
} >hours.csv
succeeds "${small[@]}" --seeds 1 --output results --data hours.csv --target load --features other --time-features hour \
  --horizon 2
contains stdout.txt "hours.csv: 240 rows, 4 columns, a row every 1 hour"
contains stdout.txt "  test        rows 192 to 239 (2020-01-09 00:00:00 to 2020-01-10 23:00:00)"
contains results/metrics.json '"data": "hours.csv"'
contains results/predictions/test_forecasts.csv '"load"'

real=$(dirname "${BASH_SOURCE[0]}")/../../../shared/data/airline-passengers.csv
if [ -f "$real" ]; then
  succeeds "${small[@]}" --seeds 1 --output results --data "$real"
  contains stdout.txt "144 rows, 1 column, a row every 1 month"
else
  echo "Skipped: real data, for there is no ../shared/data"
fi

succeeds --help
contains stdout.txt "--seeds"

# Wrong input. Nothing is written then.
rm -rf wrong
wrong=("${small[@]}" --output wrong)
refuses "--seeds" "${wrong[@]}" --seeds 0
refuses "--target requires --data" "${wrong[@]}" --target load
refuses "--data excludes --length" "${wrong[@]}" --data hours.csv --length 200
refuses "nofile.csv" "${wrong[@]}" --data nofile.csv
: >empty.csv
refuses "empty.csv" "${wrong[@]}" --data empty.csv
echo "date,load" >header.csv
refuses "header.csv" "${wrong[@]}" --data header.csv
sed '9s/,[0-9]*,/,many,/' hours.csv >text.csv
refuses "load" "${wrong[@]}" --data text.csv --target load
refuses '"load" meant?' "${wrong[@]}" --data hours.csv --target lod
{ head -n 1 hours.csv; tail -n +2 hours.csv | tac; } >unsorted.csv
refuses "unsorted.csv" "${wrong[@]}" --data unsorted.csv --target load
sed '9p' hours.csv >twice.csv
refuses "twice.csv" "${wrong[@]}" --data twice.csv --target load
sed 's/,[0-9]*,/,1,/' hours.csv >constant.csv
refuses 'column "load"' "${wrong[@]}" --data constant.csv --target load
refuses "expected a part with room for a window of 10 + 100 steps" "${wrong[@]}" --data hours.csv --target load --horizon 100
refuses "--lookback: expected at least the 11 steps of the horizon, with --time-features, got 10" \
  "${wrong[@]}" --data hours.csv --target load --time-features hour --horizon 11
refuses "expected enough steps for 3 parts" "${wrong[@]}" --length 2
[ -e wrong ] && fail "a run that was refused has written $(find wrong)"
touch a_file
refuses "expected an output folder that can be written, got a_file/logs" "${small[@]}" --length 100 --output a_file

end
