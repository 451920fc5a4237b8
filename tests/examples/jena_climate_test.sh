# Runs jena_climate ($1), small, in the current folder: both protocols, what it does about faults of a file, wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
data=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/shared/data

rm -rf outputs generated results
small=(--epochs 2 --hidden 3 --output results)
short=(--lookback 4 "${small[@]}")

# Without a file.
succeeds --rows 2400 --lookback 12 --epochs 2 --hidden 3 --output generated
contains stdout.txt "Generated weather (--data reads a file): 2400 rows, a row every 10 minutes, 2009-01-01 00:10:00 to "
contains stdout.txt "7 inputs: p (mbar), T (degC), Tdew (degC), rh (%), wv (m/s), wv (m/s) x, wv (m/s) y"
# 12 + 23 hours of 6 rows before the first of 1200 targets, every sixth of which trains.
contains stdout.txt "training    165 windows with targets from 2009-01-01 00:10:00 to 2009-01-09 08:00:00"
contains stdout.txt "validation  100 windows"
contains stdout.txt "test        600 windows"
contains stdout.txt "epoch 2/2  loss "
contains stdout.txt "On 600 windows of the test part, in degC:"
for row in gru "24 hours before" drift "linear regression"; do contains stdout.txt "$row"; done
contains generated/metrics.json '"protocol": "day-ahead"'
contains generated/metrics.json '"gap": 23'
contains generated/metrics.json '"validation_mae"'
contains generated/logs/history.csv "epoch,loss,validation_loss"
contains generated/predictions/test_forecasts.csv 'time,steps_ahead,target,actual,forecast'
contains generated/predictions/test_forecasts.csv ',24,"T (degC)",'
for file in models/best_model.safetensors models/final_model.safetensors metrics.txt plots/forecast_plot.gp \
  plots/training_loss_curve.gp; do
  [ -s "generated/$file" ] || fail "there is no generated/$file"
done

# The same command gives the same numbers, whatever the number of threads; the seed does not.
model=models/final_model.safetensors
succeeds --rows 2400 --lookback 12 "${small[@]}" --threads 1
cmp -s results/$model generated/$model || fail "one thread gives another model"
succeeds --rows 2400 --lookback 12 "${small[@]}" --seed 2
cmp -s results/$model generated/$model && fail "another seed gives the same model"

# Every kind of model; the next row.
succeeds --rows 2000 "${short[@]}" --model lstm --layers 2 --dropout 0.3
succeeds --rows 2000 "${short[@]}" --model attention-lstm --stride 1 --normalization none
[ -s results/plots/attention_map.gp ] || fail "there is no picture of the attention"
succeeds --rows 400 "${short[@]}" --protocol next-step
contains stdout.txt "last value"
contains stdout.txt "seasonal naive"
contains results/metrics.json '"normalization": "standard"'

# weather <minutes between rows> <rows> <header> <values>: a file, days apart from the start as the Jena data write them
weather() {
  awk -v minutes="$1" -v rows="$2" -v header="$3" -v values="$4" 'BEGIN { print header; for (t = 0; t < rows; ++t) {
      passed = 10 + t * minutes; day = int(passed / 1440); hour = int(passed / 60) % 24
      printf "%02d.%02d.2009 %02d:%02d:00,%.3f", 1 + day % 28, 1 + int(day / 28), hour, passed % 60,
        5 - 4 * cos(passed / 1440 * 6.283185307) + t % 7 / 9
      if (values == "wind") printf ",%.2f,%.1f,0", 1 + t % 5 / 3, (t * 37) % 360
      print "" } }'
}
weather 10 1600 "Date Time,T (degC)" none >ten.csv
weather 60 400 'Date Time,T (degC),wv (m/s),wd (deg),rain' wind >hourly.csv

succeeds --data ten.csv "${short[@]}"
contains stdout.txt "ten.csv: 1600 rows, a row every 10 minutes"
contains stdout.txt "1 input: T (degC)"
# Hourly rows are found by their times: 4 + 23 rows before the first of 200 targets.
succeeds --data hourly.csv "${short[@]}" --stride 1
contains stdout.txt "hourly.csv: 400 rows, a row every 1 hour"
contains stdout.txt 'The column "wd (deg)" became the two parts of the wind'"'"'s vector.'
contains stdout.txt 'Left out the column "rain", which has one value alone in the training part.'
contains stdout.txt "4 inputs: T (degC), wv (m/s), wv (m/s) x, wv (m/s) y"
contains stdout.txt "training    173 windows"

# A row that is there twice, wherever, a missing row, and a missing value: mended, and said.
awk 'NR == 500 { next } NR == 100 { sub(/,.*/, ",-9999.00") } { print } NR == 300 || NR == 301 { kept[NR] = $0 }
  NR == 310 { print kept[300]; print kept[301] }' ten.csv >faults.csv
succeeds --data faults.csv "${short[@]}"
contains stdout.txt "faults.csv: 1600 rows"
contains stdout.txt "Dropped 2 rows that had been there before."
contains stdout.txt "Inserted 1 row that was missing in 1 gap."
contains stdout.txt "Filled 2 missing values with the last known ones."
# Row 1400, in the test part, gets the value of row 1399.
awk 'NR == 1402 { sub(/,.*/, ",NA") } { print }' ten.csv >unknown.csv
succeeds --data unknown.csv --protocol next-step --stride 9 "${short[@]}"
filled=$(sed -n 's/^2009-01-10 17:30:00,1,"T (degC)",\([-0-9.]*\),.*/\1/p' results/predictions/test_forecasts.csv)
known=$(sed -n '1401s/.*,//p' ten.csv)
awk "BEGIN { difference = ${filled:-1000} - $known; exit !(difference < 1e-4 && difference > -1e-4) }" ||
  fail "row 1400 has the value $filled instead of $known"
succeeds --data faults.csv --any-sampling "${short[@]}"
contains stdout.txt "faults.csv: 1601 rows"

succeeds --help
contains stdout.txt "--protocol"

rm -rf results
touch a_file empty.csv
refuses '"no.csv": cannot read the file' --data no.csv "${short[@]}"
refuses '"empty.csv": expected a table, got an empty text' --data empty.csv "${short[@]}"
head -n 1 ten.csv >header.csv
refuses '"header.csv": expected rows behind the header, got none' --data header.csv "${short[@]}"
head -n 2 ten.csv >one.csv
refuses "one.csv: expected at least two rows, got 1" --data one.csv "${short[@]}"
sed '5s/,.*/,warm/' ten.csv >text.csv
refuses 'expected a number in line 5 (row 3, counted from 0), column "T (degC)", got "warm"' --data text.csv "${short[@]}"
sed '1s/T (degC)/T (degF)/' ten.csv >unit.csv
refuses 'unit.csv: expected a column, got "T (degC)"; is "T (degF)" meant?' --data unit.csv "${short[@]}"
cut -d, -f2 ten.csv >timeless.csv
refuses "timeless.csv: expected a column of time stamps such as 01.01.2009 00:10:00, got none" --data timeless.csv "${short[@]}"
awk 'NR == 7 { held = $0; next } { print } NR == 8 { print held }' ten.csv >unsorted.csv
refuses "unsorted.csv: expected rows in the order of time, got 2009-01-01 01:00:00 in row 6" --data unsorted.csv "${short[@]}"
awk '{ print } NR == 7 { print $0 "1" }' ten.csv >twice.csv
refuses "twice.csv: expected every time once, got 2009-01-01 01:00:00 in row 6" --data twice.csv "${short[@]}"
sed 's/,[-0-9.]*$/,4.5/' ten.csv >constant.csv
refuses 'column "T (degC)": expected temperatures that vary, got one alone in the 800 rows' --data constant.csv "${short[@]}"
weather 7 1600 "Date Time,T (degC)" none >seven.csv
refuses "--protocol day-ahead: expected rows of which a whole number make an hour, got a row every 7 minutes" --data seven.csv "${short[@]}"
refuses "expected a part with room for a window of 200 + 1 steps" --data ten.csv "${small[@]}" --lookback 200
refuses "expected an output folder that can be written, got a_file/logs" --data ten.csv --lookback 4 --epochs 1 --output a_file
refuses "--protocol" --protocol tomorrow
refuses "--stride" --stride 0
[ ! -e results ] || fail "a run that was refused left a folder"

# The real data.
if [ -e "$data/jena_climate_jan2009.csv" ]; then
  succeeds --data "$data/jena_climate_jan2009.csv" "${short[@]}"
  contains stdout.txt "jena_climate_jan2009.csv: 4000 rows, a row every 10 minutes, 2009-01-01 00:10:00 to 2009-01-28 18:40:00"
  contains stdout.txt "11 inputs: p (mbar), T (degC), "
else
  echo "Skipped: January 2009, for there is no $data/jena_climate_jan2009.csv"
fi
if [ -e "$data/weather.csv.gz" ]; then
  # A program that was built without zlib says so.
  if "$program" --data "$data/weather.csv.gz" --stride 300 "${short[@]}" >stdout.txt 2>stderr.txt; then
    contains stdout.txt "Dropped 1 row that had been there before."
    contains stdout.txt "Inserted 9 rows that were missing in 1 gap."
    contains stdout.txt "weather.csv.gz: 52704 rows"
    contains results/metrics.json '"mae": 2.08688'  # of the value 24 hours before, by NumPy
  else
    contains stderr.txt "gzip"
  fi
else
  echo "Skipped: the weather of 2020, for there is no $data/weather.csv.gz"
fi

end
