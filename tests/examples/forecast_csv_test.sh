# Runs forecast_csv ($1), small, in the current folder: fit, evaluate and forecast, their files, and wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
data=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/shared/data

rm -rf fitted again later outputs
# 240 hours of a wave with a day of 24 steps, and its double; with a text that is not read.
awk 'BEGIN { print "date,load,twice,place"
  for (t = 0; t < 240; ++t)
    printf "2020-01-%02d %02d:00:00,%.6f,%.6f,here\n", 1 + int(t / 24), t % 24, sin(t * 0.2617993878) + t % 7 / 20,
      2 * sin((t + 3) * 0.2617993878) + t % 5 / 30 }' >waves.csv
short=(--target load --horizon 4 --epochs 2 --hidden 4)
small=(--data waves.csv --lookback 12 "${short[@]}")

succeeds fit "${small[@]}" --time-features hour --output fitted
contains stdout.txt "waves.csv: 240 rows, 1 column, a row every 1 hour"
contains stdout.txt "training    rows 0 to 167 (2020-01-01 00:00:00 to 2020-01-07 23:00:00)"
contains stdout.txt "epoch 2/2  loss "
contains stdout.txt "On 45 windows of the test part"
for row in model "last value" "seasonal naive" drift "linear regression"; do contains stdout.txt "$row"; done
contains fitted/metrics.json '"season": 24'
contains fitted/metrics.json '"mae_by_step"'
contains fitted/logs/history.csv "epoch,loss,validation_loss"
contains fitted/predictions/test_forecasts.csv 'time,steps_ahead,target,actual,forecast'
for file in models/best_model.safetensors models/final_model.safetensors metrics.txt plots/forecast_plot.gp \
  plots/last_forecast.gp plots/error_by_step.gp plots/attention_map.gp plots/training_loss_curve.gp; do
  [ -s "fitted/$file" ] || fail "there is no fitted/$file"
done

# The saved model scores the same, and goes on from the end of the file.
forecaster=fitted/models/final_model.safetensors
succeeds evaluate --forecaster $forecaster --data waves.csv --output again
for part in metrics metrics_of_scaled_values mae_by_step; do
  sed -n "/\"$part\"/,/}/p" fitted/metrics.json >expected.txt
  sed -n "/\"$part\"/,/}/p" again/metrics.json | cmp -s - expected.txt || fail "evaluate gives other $part than fit"
done
succeeds forecast --forecaster $forecaster --data waves.csv --output later
contains later/predictions/forecast.csv 'time,"load"'
contains later/predictions/forecast.csv "2020-01-11 00:00:00,"
[ "$(wc -l <later/predictions/forecast.csv)" -eq 5 ] || fail "forecast.csv does not have 4 rows"
[ -s later/plots/forecast.gp ] || fail "there is no picture of the forecast"

# The same command gives the same numbers, whatever the number of threads; the seed does not.
succeeds fit "${small[@]}" --time-features hour --output again --threads 1
cmp -s again/models/final_model.safetensors $forecaster || fail "one thread gives another model"
succeeds fit "${small[@]}" --time-features hour --output again --seed 2
cmp -s again/models/final_model.safetensors $forecaster && fail "another seed gives the same model"

# Every way to forecast.
succeeds fit "${small[@]}" --features twice --output again
succeeds fit "${small[@]}" --strategy recursive --output again
succeeds fit "${short[@]}" --data waves.csv --lookback 3 --strategy recursive --time-features hour --output again
succeeds forecast --forecaster again/models/final_model.safetensors --data waves.csv --output later
[ "$(wc -l <later/predictions/forecast.csv)" -eq 5 ] || fail "a recursive forecast does not have 4 rows"
succeeds fit "${small[@]}" --channels independent --segment 3 --model gru --normalization standard --output again
succeeds fit "${small[@]}" --borders 150,180,230 --sampling-step 2 --stride 3 --scaling robust --output again
succeeds fit "${small[@]}" --model attention-rnn --attention additive --layers 2 --dropout 0.2 --loss huber \
  --optimizer adamw --schedule cosine --tensorboard --output again
ls again/logs/events.out.tfevents.* >/dev/null || fail "there is no event file"
printf '[fit]\nlookback = 9\nhorizon = 2\nepochs = 1\nhidden = 3\n' >few.toml
succeeds fit --config few.toml --data waves.csv --target load --output again
contains stdout.txt "[time=9, features=1]"

succeeds --help
succeeds fit --help
contains stdout.txt "--lookback"

refuses "No such file" fit --data nowhere.csv
: >empty.csv
refuses "expected a table, got an empty text" fit --data empty.csv
echo "date,load" >header.csv
refuses "header.csv" fit --data header.csv
sed '5s/,-*[0-9.]*,/,much,/' waves.csv >text.csv
refuses 'much' fit --data text.csv --target load
refuses 'is "load" meant?' fit --data waves.csv --target Loat
(head -n 1 waves.csv && tail -n +2 waves.csv | tac) >backwards.csv
refuses "backwards.csv" fit --data backwards.csv --target load
sed '9p' waves.csv >twice.csv
refuses "twice.csv" fit --data twice.csv --target load
succeeds fit "${short[@]}" --lookback 12 --data twice.csv --any-sampling --output again
sed 's/,-*[0-9.]*,/,3,/' waves.csv >constant.csv
refuses 'column "load": expected values that vary, got 3 in all 240 rows' fit --data constant.csv --target load
sed '7s/,-*[0-9.]*,/,,/' waves.csv >missing.csv
refuses "missing" fit --data missing.csv --target load
succeeds fit "${short[@]}" --lookback 12 --data missing.csv --missing-values linear --output again
refuses "expected a part with room for a window of 300 + 4 steps" fit "${short[@]}" --data waves.csv --lookback 300
rm -rf wrong
refuses "expected a lookback of at least the horizon 4 to read features that are known in advance, got 3" \
  fit "${short[@]}" --data waves.csv --time-features hour --lookback 3 --output wrong
[ -e wrong ] && fail "a run that was refused has written $(find wrong)"
refuses "expected every input to be a target or known in advance, for forecasts become inputs; got 2 inputs for 1" \
  fit "${small[@]}" --features twice --strategy recursive
grep -q "^epoch" stdout.txt && fail "what cannot be forecast was trained"
refuses "expected borders in their order" fit "${small[@]}" --borders 20,10,30
refuses "--split" fit "${small[@]}" --split 0.5,0.5
refuses "--model" fit "${small[@]}" --model transformer
refuses "expected an output folder that can be written" fit "${small[@]}" --output /proc/results
refuses "cannot open the file" evaluate --forecaster nowhere --data waves.csv

# The published numbers of the naive forecasts of ETTh1, on all 2,785 windows.
if [ -f "$data/ETTh1.csv" ]; then
  succeeds fit --data "$data/ETTh1.csv" --lookback 96 --horizon 96 --borders 8640,11520,14400 --channels independent \
    --model gru --hidden 2 --segment 48 --epochs 1 --stride 1 --batch-size 512 --output again
  contains stdout.txt "On 2785 windows of the test part"
  for metric in '"mse": 1.2943' '"mae": 0.7131' '"mse": 0.5122' '"mae": 0.4333'; do
    contains again/metrics.json "$metric"
  done
else
  echo "Skipped: ETTh1, for there is no $data/ETTh1.csv"
fi

end
