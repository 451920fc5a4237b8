# stock_prices ($1), small, in the current folder: its output, its files, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
data=$(dirname "${BASH_SOURCE[0]}")/../../../shared/data

has_lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"; }

small=(--epochs 2 --hidden 4 --sequence-length 8)

rm -rf outputs results ./*.csv
succeeds "${small[@]}" --days 300
contains stdout.txt "Generated random walk (--data reads files): 300 days, 2000-01-03 to "
contains stdout.txt "test        60 windows"
contains stdout.txt "epoch 2/2  loss "
contains stdout.txt 'attention-lstm does not beat "same as today": RMSE '
folder=outputs/stock_prices
contains $folder/metrics.json '"beats_same_as_today": false'
contains $folder/metrics.json '"same as today"'
contains $folder/metrics.json '"validation_metrics"'
contains $folder/metrics.txt 'does not beat "same as today"'
has_lines $folder/predictions/test_forecasts.csv 61
for file in models/best_model models/final_model; do [ -s $folder/$file.safetensors ] || fail "there is no $file"; done
for picture in training_loss_curve forecast_plot; do
  [ -s $folder/plots/$picture.gp ] && [ -s $folder/plots/$picture.dat ] || fail "$picture has no script or data"
done

# The same command gives the same numbers; the number of threads does not matter; the seed does.
forecasts=predictions/test_forecasts.csv
succeeds "${small[@]}" --days 300 --threads 2 --output results
cmp -s results/$forecasts $folder/$forecasts || fail "two threads give other forecasts"
succeeds "${small[@]}" --days 300 --seed 2 --output results
cmp -s results/$forecasts $folder/$forecasts && fail "another seed gives the same forecasts"

succeeds "${small[@]}" --days 300 --future-time-steps 3 --include-input --prices plain --tensorboard --output results
contains results/metrics.json '"include_input": true'
contains stdout.txt "58 forecasts of 3 days in the test part"
has_lines results/$forecasts $((58 * 3 + 1))
[ -s results/plots/error_by_step.dat ] || fail "error_by_step has no data"
ls results/logs/*tfevents* >/dev/null 2>&1 || fail "there is no event file"
for normalization in none standard; do
  succeeds "${small[@]}" --days 200 --normalization $normalization --output results
done
succeeds "${small[@]}" --days 200 --split 0.8,0,0.2 --output results

# days <first> <end>: of trading days, without Saturdays and Sundays; the price goes up and down
days() {
  echo "Date,Open,Close"
  for ((i = $1; i < $2; ++i)); do
    day=$(date -u -d "2001-01-01 + $((i / 5 * 7 + i % 5)) days" +%F)
    printf '%s,%d,%d.5\n' "$day" $((i + 1)) $((50 + i * 37 % 17))
  done
}
days 0 60 >a.csv
days 60 80 >b.csv
days 80 100 >c.csv
succeeds "${small[@]}" --data a.csv,b.csv,c.csv --output results
contains stdout.txt "a.csv, b.csv, c.csv: 100 days, 2001-01-01 to 2001-05-18, column Close"
contains results/metrics.json '"from": "2001-04-23"'
succeeds "${small[@]}" --data a.csv,b.csv,c.csv --split 0.5,0.25,0.25 --output results
contains stdout.txt "test        25 windows"
succeeds "${small[@]}" --data a.csv --output results --column Open
contains stdout.txt "test        12 windows"

# A price that swings between two values is easy: the model beats today's.
(echo "Date,Close"; days 0 300 | tail -n +2 | awk -F, '{ print $1 "," 10 + NR % 2 }') >swing.csv
succeeds --data swing.csv --epochs 20 --hidden 8 --sequence-length 8 --learning-rate 0.01 --output results
contains stdout.txt 'attention-lstm beats "same as today"'
contains results/metrics.json '"beats_same_as_today": true'

# The closing prices of Amazon.
if [ -e "$data/AMZN_test.csv" ]; then
  succeeds --data "$data/AMZN_train.csv,$data/AMZN_val.csv,$data/AMZN_test.csv" --epochs 1 --hidden 2 \
    --sequence-length 2 --batch-size 512 --threads 1 --output results
  contains stdout.txt "5788 days, 1997-05-15 to 2020-05-14"
  contains results/metrics.json '"rmse": 37.651089'  # of 504 days; of the last 503 it is 37.67
  contains results/metrics.json '"mape": 1.4321478'
  grep -q '^same as today  *37.65 ' stdout.txt || fail "today's price: $(grep '^same' stdout.txt)"
else
  echo "Skipped: the prices of Amazon, for they are not there"
fi

succeeds --help
contains stdout.txt "--future-time-steps"

rm -rf results
refuses 'nofile.csv": cannot read the file' --data nofile.csv --output results
: >empty.csv
refuses 'empty.csv": expected a table, got an empty text' --data empty.csv --output results
echo "Date,Close" >header.csv
refuses 'header.csv": expected rows behind the header' --data header.csv --output results
sed '5s/,[^,]*$/,much/' a.csv >text.csv
refuses 'text.csv": expected a number' --data text.csv --output results
sed '5s/,[^,]*$/,/' a.csv >missing.csv
refuses "missing" --data missing.csv --output results
refuses 'got "Closed"; is "Close" meant?' --data a.csv --column Closed --output results
(cat a.csv; sed -n 7p a.csv) >unsorted.csv
refuses "unsorted.csv: expected " --data unsorted.csv --output results
(cat a.csv; tail -n 1 a.csv) >repeated.csv
refuses "repeated.csv: expected every day later than the one before it, got 2001-03-23" \
  --data repeated.csv --output results
refuses "a.csv: expected every day later than the one before it, got 2001-01-01 00:00:00 in row 0" \
  --data b.csv,a.csv --output results
sed '5s/,[^,]*$/,-3/' a.csv >negative.csv
refuses "negative.csv: expected prices above 0, got -3 in row 3" --data negative.csv --output results
sed '2,$s/,[^,]*$/,7/' a.csv >constant.csv
refuses 'column "Close": expected values that vary' --data constant.csv --output results
(echo "Close"; seq 60) >nodate.csv
refuses "nodate.csv: expected a column of dates" --data nodate.csv --output results
refuses "expected a part with room for a window of 90 + 1 steps" --days 100 --sequence-length 90 --output results
refuses "expected a part with room for a window of 8 + 30 steps" --days 100 --sequence-length 8 --future-time-steps 30 \
  --output results
refuses "--split: expected a test part" --split 0.9,0.1,0 --output results
refuses "expected fractions that sum to 1" --split 0.9,0.1,0.1 --output results
refuses "--prices" --prices cheap
[ ! -e results ] || fail "wrong input has left something in the output folder"
touch a_file
refuses "expected an output folder that can be written, got a_file/logs" "${small[@]}" --days 200 --output a_file

end
