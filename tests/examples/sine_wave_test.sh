# Runs sine_wave ($1), small, in the current folder: its output, its files, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

has_lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"; }

small=(--epochs 2 --length 400 --hidden 4)

rm -rf outputs results wrong
succeeds "${small[@]}"
contains stdout.txt "epoch 1/2  loss "
contains stdout.txt "epoch 2/2  loss "
contains stdout.txt "val_loss"
contains stdout.txt "last value"
contains stdout.txt "seasonal naive"
contains stdout.txt "270 windows to train on, 80 to validate with"
contains outputs/logs/training_log.json '"validation_loss"'
has_lines outputs/predictions/dataset_preview.csv 401
has_lines outputs/predictions/val_predictions.csv 81
[ "$(head -n 1 outputs/predictions/val_predictions.csv)" = "index,actual,predicted" ] || fail "the header of val_predictions.csv"
[ "$(sed -n 2p outputs/predictions/val_predictions.csv | cut -d, -f1)" = 320 ] || fail "the first index of val_predictions.csv"
for picture in training_loss_curve forecast_plot attention_sample0; do
  [ -s outputs/plots/$picture.gp ] && [ -s outputs/plots/$picture.dat ] || fail "$picture has no script or data"
  if command -v gnuplot >/dev/null; then
    [ "$(head -c 4 outputs/plots/$picture.png | tail -c 3)" = PNG ] || fail "$picture.png is no picture"
  fi
done
# What the program ends with are the weights of the best epoch.
for model in best_model final_model; do
  contains outputs/models/$model.safetensors '"forecaster"'
  contains outputs/models/$model.safetensors '"lstm, attention pooling"'
done
cmp -s outputs/models/best_model.safetensors outputs/models/final_model.safetensors || fail "the final model is not the best"
contains outputs/metrics.txt "$(grep '^lstm, attention pooling' stdout.txt)"
contains outputs/metrics.json '"parameters": 106,'
contains outputs/metrics.json '"seasonal naive": {'
python=$(command -v /usr/bin/python3 || command -v python3)
if [ -n "$python" ] && "$python" -c 'import numpy' 2>/dev/null; then
  "$python" - <<'PYTHON' || fail "attention_weights.npy"
import numpy
weights = numpy.load("outputs/predictions/attention_weights.npy")
assert weights.shape == (80, 50), weights.shape
assert abs(weights.sum(axis=1) - 1).max() < 1e-5, weights.sum(axis=1)
PYTHON
else
  echo "Skipped: reading attention_weights.npy, for there is no NumPy"
fi

# The same command gives the same numbers; the number of threads does not matter; the seed does.
predictions=results/predictions/val_predictions.csv
succeeds "${small[@]}" --output results --threads 1
cmp -s $predictions outputs/predictions/val_predictions.csv || fail "one thread gives other predictions"
succeeds "${small[@]}" --output results --seed 2
cmp -s $predictions outputs/predictions/val_predictions.csv && fail "another seed gives the same predictions"

# The default model has 17,026 parameters.
succeeds --epochs 1 --length 300 --output results
contains stdout.txt "Total parameters: 17,026"

for cell in lstm gru rnn; do
  for attention in pooling pooling-tanh dot scaled_dot general additive none; do
    succeeds "${small[@]}" --cell $cell --attention $attention --output results
    contains stdout.txt "$cell, attention $attention"
  done
done

# Without gnuplot: a note that says how to draw the pictures later.
mkdir -p empty
PATH=$PWD/empty "$program" "${small[@]}" --output results >stdout.txt 2>stderr.txt || fail "without gnuplot it ended with $?"
contains stdout.txt "gnuplot"

succeeds --help
contains stdout.txt "--attention"

refuses "--epochs" --epochs 0
refuses "--epochs" --epochs -3
refuses "--hidden" --hidden none
refuses "--cell" --cell transformer
refuses "--attention" --attention magic
refuses "--noise" --noise -0.1
refuses "--threads" --threads -1
refuses "--seed" --seed minus
refuses "--frequency" --frequency 3
refuses "expected a part with room for a window of 50 + 1 steps" --length 40 --output wrong
refuses "expected enough steps for 2 parts" --length 1 --output wrong
[ -e wrong ] && fail "a run that was refused has written $(find wrong)"
touch a_file
refuses "expected an output folder that can be written, got a_file/logs" "${small[@]}" --output a_file
refuses "expected an output folder that can be written" "${small[@]}" --output /proc/results

end
