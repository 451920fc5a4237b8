# Runs sine_wave ($1) as it is and holds its validation metrics against what it promises.
set -eu
"$1" --output outputs | tail -n 7
log=outputs/logs/training_log.json

# metric <row> <name>: a number of the log's validation_metrics
metric() { sed -n "/\"$1\": {/,/}/s/.*\"$2\": \([-0-9.e]*\).*/\1/p" $log; }
holds() { awk "BEGIN { exit !($1) }" </dev/null || { echo "FAILED: $1"; exit 1; }; }

mse=$(metric "lstm, attention pooling" mse)
holds "$mse <= 0.0030"
holds "$(metric "lstm, attention pooling" r2) >= 0.994"
holds "$mse < $(metric "last value" mse)"
holds "$mse < $(metric "seasonal naive" mse)"
