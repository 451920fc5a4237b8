# Runs series_classification ($1), small, in the current folder: its output, its files, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

has_lines() { [ "$(wc -l <"$1")" -eq "$2" ] || fail "$1 has $(wc -l <"$1") lines instead of $2"; }

small=(--epochs 2 --hidden 4)  # with one thread, the default

rm -rf outputs results
succeeds "${small[@]}"
contains stdout.txt "made-up waves: 90 training and 150 test series, 60 steps, 1 variable, 3 classes"
contains stdout.txt "  sawtooth: 30 and 50"
contains stdout.txt "These series are made up"
contains stdout.txt "softmax head; the epoch is chosen by the training loss"
contains stdout.txt "Total parameters: "
contains stdout.txt "epoch 2/2  loss "
contains stdout.txt "Precision"
contains stdout.txt "actual \\ predicted"
contains stdout.txt "nearest series"
contains stdout.txt "most frequent class            0.3333"
folder=outputs/series_classification
has_lines $folder/predictions/test_predictions.csv 151
[ "$(head -n 1 $folder/predictions/test_predictions.csv)" = \
  'series,actual,predicted,"probability of sine","probability of sawtooth","probability of square"' ] ||
  fail "the header of test_predictions.csv"
has_lines $folder/logs/history.csv 3
contains $folder/metrics.json '"predicted_as"'
contains $folder/metrics.json '"epoch_chosen_by": "training loss"'
contains $folder/metrics.txt "Macro F1"
for file in best_model final_model; do
  grep -aqF '\"classes\":[\"sine\",\"sawtooth\",\"square\"]' $folder/models/$file.safetensors || fail "$file without the names of the classes"
  grep -aqF 'tsattn.scaler' $folder/models/$file.safetensors || fail "$file without a scaler"
done
for picture in training_loss_curve confusion_matrix attention_by_class; do
  [ -s $folder/plots/$picture.gp ] && [ -s $folder/plots/$picture.dat ] || fail "$picture has no script or data"
done

# It learns: 30 epochs find more than twice as many as guessing would.
succeeds --epochs 30 --output results
accuracy=$(sed -n 's/^  "metrics": {//; s/^    "accuracy": \([0-9.]*\),.*/\1/p' results/metrics.json | head -n 1)
[ "$(awk -v a="$accuracy" 'BEGIN { print (a > 0.67) }')" = 1 ] || fail "30 epochs give the accuracy $accuracy"

# The same command gives the same numbers; the number of threads does not matter; the seed does. Seeds are trainings of
# their own: the second of two is the first of another run, but for the made-up series, so these come from a file.
awk 'BEGIN { srand(3); print "kind,a,b,c,d,e,f,g,h"; for (i = 0; i < 40; ++i) { k = i % 2; printf "%s", k ? "up, fast" : "down";
  for (t = 0; t < 8; ++t) printf ",%.3f", (k ? 1 : -1) * t / 8 + rand() - 0.5; print "" } }' |
  sed 's/^up, fast/"up, fast"/' >rows.csv
rows=(--data rows.csv --label kind "${small[@]}")
predictions=results/predictions/test_predictions.csv
succeeds "${rows[@]}" --output results
contains stdout.txt "rows.csv: 28 training and 12 test series, 8 steps, 1 variable, 2 classes"
contains stdout.txt "sigmoid head"
contains $predictions '"up, fast"'
cp $predictions first.csv
awk -F, 'NR > 1 { p = $(NF - 1); q = $NF; says_up = /"up, fast",[^"]*$/; if (p + q < 0.99999 || p + q > 1.00001 || says_up != (q > p)) exit 1 }' first.csv ||
  fail "the probabilities are none, or the predicted class is not the likeliest"
succeeds "${rows[@]}" --threads 2 --output results
cmp -s $predictions first.csv || fail "two threads give other predictions"
succeeds "${rows[@]}" --seed 2 --output results
cmp -s $predictions first.csv && fail "another seed gives the same predictions"
succeeds "${rows[@]}" --test-share 0.5 --output results
contains stdout.txt "20 training and 20 test series"

# Every head, cell and way to weigh, stop and shape.
for options in "--head softmax" "--class-weights balanced" "--head softmax --class-weights balanced" "--validation 0.25" \
  "--no-differences --one-direction" "--model lstm" "--model gru --one-direction" "--model attention-lstm --attention additive" \
  "--segment 3 --dropout 0.2" "--tensorboard"; do
  succeeds "${rows[@]}" $options --output results
done
succeeds "${rows[@]}" --validation 0.25 --output results
contains stdout.txt "the epoch is chosen by the loss of 8 training series set apart"
contains stdout.txt "val_loss"

# Files of series: classes in another order, lengths of their own, two variables.
cat >train.ts <<'TS'
@problemName tiny
@timeStamps false
@univariate false
@equalLength false
@classLabel true a b c
@data
1,2,3,4:1,1,2,1:a
1,2,4:2,1,1:a
1,2,3,5,6:1,2,1,1,1:a
4,3,2,1:1,1,1,2:b
4,2,1:1,2,1:b
6,5,3,2,1:1,1,2,1,2:b
TS
sed -e 's/true a b c/true b a/' train.ts >test.ts
echo '1,2,3,4,5,6,7,8:1,1,1,1,1,1,1,2:a' >>test.ts
files=(--train train.ts --test test.ts --segment 2 "${small[@]}")
succeeds "${files[@]}" --seeds 3 --output results
contains stdout.txt "train.ts, test.ts: 6 training and 7 test series, 3 to 5 steps, 2 variables, 2 classes"
contains stdout.txt "  a: 3 and 4"
contains stdout.txt "mean of 3 seeds  accuracy "
cp stdout.txt three.txt
succeeds "${files[@]}" --seed 3 --output results
[ "$(sed -n 's/^Accuracy *\([0-9.]*\) .*/\1/p' stdout.txt)" = "$(sed -n 's/^seed 3  accuracy \([0-9.]*\) .*/\1/p' three.txt)" ] ||
  fail "the third seed is not the run with that seed"

# Cross-validation sees nothing of the test series.
rm -rf results
succeeds "${files[@]}" --folds 3 --seeds 2 --output results
contains stdout.txt "3-fold cross-validation on the training series"
contains results/metrics.json '"cross_validation"'
[ ! -e results/predictions/test_predictions.csv ] || fail "cross-validation predicted test series"
cp results/metrics.json cross.json
sed -e 's/^1,2,3,4:/9,9,9,9:/' test.ts >other.ts
succeeds --train train.ts --test other.ts --segment 2 "${small[@]}" --folds 3 --seeds 2 --output results
diff <(grep -v '"data"' cross.json) <(grep -v '"data"' results/metrics.json) >/dev/null || fail "the test series changed a cross-validation"

succeeds --help
contains stdout.txt "--class-weights"

# changed <sed expression> <file>: a copy of the file, changed, as bad.<its ending>
changed() { sed -e "$1" "$2" >changed.txt && mv changed.txt "bad.${2##*.}"; }
refuses_train() { refuses "$1" --train bad.ts --test test.ts --segment 2 "${small[@]}" --output bad; }
refuses_test() { refuses "$1" --train train.ts --test bad.ts --segment 2 "${small[@]}" --output bad; }
refuses_rows() { refuses "$1" --data bad.csv --label kind "${small[@]}" --output bad; }

rm -rf bad
refuses 'cannot read "none.ts": No such file' --train none.ts --test test.ts --output bad
: >bad.ts && refuses_train 'cannot read "bad.ts"'
changed '/^[0-9]/d' train.ts && refuses_train "expected at least one series after @data, got none"
changed '/:b$/d' train.ts && refuses_train 'bad.ts: expected training series of at least two classes, got 1: "a"'
changed 's/,2,4:/,x,4:/' train.ts && refuses_train 'line 8: expected a finite number, got "x"'
changed 's/,2,4:/,?,4:/' train.ts && refuses_train "a missing value"
changed 's/true a b c/false/; s/:[ab]$//' train.ts && refuses_train "bad.ts: expected series with classes, got @classLabel false"
changed 's/^\(.*\):.*:\([ab]\)$/\1:\2/' train.ts &&
  refuses_train "test.ts: expected series of 1 variables, as the training series, got 2"
changed 's/:[0-9,]*:\([ab]\)$/:7:\1/; s/^\([0-9]\)[0-9,]*:7/\1:7/' train.ts &&
  refuses_train "bad.ts: expected values that vary, got 7 in all training series for variable 2"
changed 's/:7:a$/:8:a/' bad.ts && refuses_train "expected at most 1, the steps of the longest training series, got 2"
refuses "--no-differences" --train bad.ts --test test.ts --segment 1 --output bad
changed 's/true b a/true b a d/; s/^6.*:b$/6:1:d/' test.ts &&
  refuses_test 'bad.ts: expected classes of which there are training series, got class "d" for series 6'
changed 's/true b a/true b a c/; s/^6.*:b$/6:1:c/' test.ts && refuses_test 'got class "c" for series 6'

refuses '"none.csv"' --data none.csv --label kind --output bad
: >bad.csv && refuses_rows "bad.csv"
head -n 1 rows.csv >bad.csv && refuses_rows "bad.csv"
changed '3s/,[^,]*$/,high/' rows.csv && refuses_rows '"high"'
changed '3s/,[^,]*$/,/' rows.csv && refuses_rows 'bad.csv: expected a number in every cell, got a missing value in row 2, column "h"'
changed '2s/^down,/,/' rows.csv && refuses_rows 'bad.csv: expected a class in column "kind", got an empty cell in row 1'
changed '/up/d' rows.csv && refuses_rows 'bad.csv: expected training series of at least two classes, got 1: "down"'
changed '2s/^down/once/' rows.csv && refuses_rows 'expected at least 2 of every class, got 1 of class "once"'
changed '2,$s/,-*0\.[0-9,.-]*$/,1,1,1,1,1,1,1,1/' rows.csv && refuses_rows "expected values that vary, got 1 in all training series"
refuses 'is "kind" meant?' --data rows.csv --label kinds --output bad

refuses "--train requires --test" --train train.ts
refuses "--data requires --label" --data rows.csv
refuses "--label requires --data" --label kind
refuses "excludes" --train train.ts --test test.ts --data rows.csv --label kind
refuses "expected softmax or auto for 3 classes, got sigmoid" "${small[@]}" --head sigmoid --output bad
refuses "expected at most as many as training series, 6, got 7" "${files[@]}" --folds 7 --output bad
refuses "--folds" --folds 1
refuses "--seeds" --seeds 0
refuses "--head" --head tanh
refuses "--loss" --loss mse
refuses "--segment" "${small[@]}" --segment 61 --output bad
[ -z "$(find bad -type f 2>/dev/null)" ] || fail "files were left in bad: $(find bad -type f)"
touch a_file
refuses "expected an output folder that can be written, got a_file/logs" "${small[@]}" --output a_file

# The published sets, where they are.
data=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/../shared/data
if [ -e "$data/ItalyPowerDemand_TRAIN.ts" ]; then
  succeeds --train "$data/ItalyPowerDemand_TRAIN.ts" --test "$data/ItalyPowerDemand_TEST.ts" "${small[@]}" --output results
  contains stdout.txt "67 training and 1029 test series, 24 steps"
  contains stdout.txt "nearest series                 0.9553" # as published: 1-NN, Euclidean distance, error 0.0447
else
  echo "Skipped: the published sets, which are not in $data"
fi

end
