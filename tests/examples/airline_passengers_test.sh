# airline_passengers ($1), small, in the current folder: its output, its files, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
data=$(dirname "${BASH_SOURCE[0]}")/../../../shared/data

has_lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"; }

small=(--epochs 3 --hidden 4)

rm -rf outputs results ./*.csv
succeeds "${small[@]}"
contains stdout.txt "Box & Jenkins, series G: 144 months, 1949-01 to 1960-12"
contains stdout.txt "training    96 months, 1949-01 to 1956-12"
contains stdout.txt "validation  12 months, 1957-01 to 1957-12"
contains stdout.txt "test        36 months, 1958-01 to 1960-12"
contains stdout.txt "epoch 3/3  loss "
contains stdout.txt "All 36 months, 1958-01 to 1960-12, forecast from 1957-12:"
contains stdout.txt "Published MAPE %"
contains stdout.txt "linear autoregression"
# The seasonal naive forecast of these months: MAPE 13.19 %, RMSE 73.61 (sktime, notebook 01_forecasting).
grep -q '^seasonal naive  *13.189  *73.61 ' stdout.txt ||
  fail "the seasonal naive forecast: $(grep 'seasonal naive' stdout.txt)"
folder=outputs/airline_passengers
contains $folder/metrics.json '"mape": 13.189432'
contains $folder/metrics.json '"origin": "1957-12"'
contains $folder/metrics.json '"metrics_one_step_ahead"'
contains $folder/metrics.json '"AutoARIMA": 4.15'
contains $folder/metrics.txt "seasonal naive"
has_lines $folder/predictions/test_forecasts.csv 37
[ "$(sed -n 2p $folder/predictions/test_forecasts.csv | cut -d, -f1,2)" = "1958-01,340" ] || fail "the first forecast"
for file in models/best_model models/final_model; do [ -s $folder/$file.safetensors ] || fail "there is no $file"; done
for picture in training_loss_curve forecast_plot one_step_ahead; do
  [ -s $folder/plots/$picture.gp ] && [ -s $folder/plots/$picture.dat ] || fail "$picture has no script or data"
done

succeeds "${small[@]}" --test-months 24 --output results
contains results/metrics.json '"mape": 15.52'
contains results/metrics.json '"origin": "1958-12"'
grep -q "Published" stdout.txt && fail "published figures of other months were shown"

# The same command gives the same numbers, a file with the same months too; the seed does not.
forecasts=predictions/test_forecasts.csv
succeeds "${small[@]}" --output results --threads 2
cmp -s results/$forecasts $folder/$forecasts || fail "two threads give other forecasts"
succeeds "${small[@]}" --output results --seed 2
cmp -s results/$forecasts $folder/$forecasts && fail "another seed gives the same forecasts"
if [ -e "$data/airline-passengers.csv" ]; then
  succeeds "${small[@]}" --output results --data "$data/airline-passengers.csv"
  cmp -s results/$forecasts $folder/$forecasts || fail "the file gives other forecasts"
  contains stdout.txt "Published MAPE %"
  # The 46 months that Brownlee's tutorials test, the last left out: 48.66 with the last value, 42.32 a year ago.
  head -n 144 "$data/airline-passengers.csv" >without_last.csv
  succeeds "${small[@]}" --output results --data without_last.csv --test-months 46
  contains results/metrics.json '"rmse": 48.664'
  contains results/metrics.json '"rmse": 42.322'
else
  echo "Skipped: the file of the series, for it is not there"
fi

for transform in none cube-root log; do
  for difference in none month year; do
    succeeds "${small[@]}" --transform $transform --difference $difference --output results
    contains results/metrics.json "\"transform\": \"$transform\""
    contains results/metrics.json '"mape": 13.189432'
  done
done
for option in "--scaling min_max" "--normalization none" "--model gru" "--lookback 12 --month" "--attention pooling" \
  "--train-once"; do
  succeeds "${small[@]}" $option --output results
done

# A file of three years that rise by 1 a month.
months() {
  echo "Month,Riders"
  for ((i = $1; i < $2; ++i)); do printf '%d-%02d,%d\n' $((2000 + i / 12)) $((i % 12 + 1)) $((10 + i)); done
}
months 0 60 >rising.csv
file=(--test-months 12 --lookback 12 --output results)
succeeds "${small[@]}" --data rising.csv --column Riders "${file[@]}"
contains stdout.txt "rising.csv: 60 months, 2000-01 to 2004-12"

# 84 months have 36 windows of 36 differences from year to year, and no 37 weights follow from them.
succeeds "${small[@]}" --test-months 60 --lookback 36 --output results
contains stdout.txt "linear autoregression is left out: its forecast of 1956-03 has run away."
contains results/metrics.json '"left_out"'
grep -q "linear autoregression" results/predictions/test_forecasts.csv && fail "a forecast that ran away was written"

# One step as long as this gives the model a bias whose exponential is 0.
refuses "attention-lstm (additive): expected finite forecasts above 0, to take logarithms of, got none for 2004-01" \
  --data rising.csv --column Riders "${file[@]}" --hidden 4 --epochs 1 --train-once --optimizer sgd \
  --learning-rate 10 --clip-norm 0 --scaling none --normalization none --difference none

succeeds --help
contains stdout.txt "--transform"

rm -rf results
refuses 'nofile.csv": cannot read the file' --data nofile.csv --column Riders "${file[@]}"
: >empty.csv
refuses 'empty.csv": expected a table, got an empty text' --data empty.csv --column Riders "${file[@]}"
echo "Month,Riders" >header.csv
refuses 'header.csv": expected rows behind the header' --data header.csv --column Riders "${file[@]}"
sed '5s/,.*/,many/' rising.csv >text.csv
refuses 'text.csv": expected a number' --data text.csv --column Riders "${file[@]}"
refuses 'got "Rider"; is "Riders" meant?' --data rising.csv --column Rider "${file[@]}"
(months 0 10; months 5 60 | tail -n +2) >unsorted.csv
refuses "unsorted.csv: expected rows in the order of time" --data unsorted.csv --column Riders "${file[@]}"
(months 0 10; months 9 60 | tail -n +2) >repeated.csv
refuses "repeated.csv: expected every time once" --data repeated.csv --column Riders "${file[@]}"
(months 0 10; months 12 60 | tail -n +2) >gap.csv
refuses "gap.csv: expected rows 1 month apart" --data gap.csv --column Riders "${file[@]}"
sed 's/,.*/,7/; 1s/.*/Month,Riders/' rising.csv >constant.csv
refuses 'column "Riders": expected values that vary' --data constant.csv --column Riders "${file[@]}"
(echo "Day,Riders"; for ((i = 1; i < 29; ++i)); do printf '2000-01-%02d,%d\n' $i $i; done) >days.csv
refuses "days.csv: expected a time column and rows 1 month apart, got rows 1 day apart" \
  --data days.csv --column Riders "${file[@]}"
(echo "Riders"; seq 60) >notime.csv
refuses "notime.csv: expected a time column" --data notime.csv --column Riders "${file[@]}"
sed '5s/,.*/,-4/' rising.csv >negative.csv
refuses "expected values above 0 to take logarithms of, got -4 in row 3" \
  --data negative.csv --column Riders "${file[@]}"
refuses "--test-months: expected a series of more than 132 + 12 months" --test-months 132 --output results
refuses "--lookback: expected more than 108 months to train on" --lookback 96 --output results
refuses "--transform" --transform sqrt
refuses "--epochs" --epochs 0
[ ! -e results ] || fail "wrong input has left something in the output folder"
touch a_file
refuses "expected an output folder that can be written, got a_file/logs" "${small[@]}" --output a_file

end
