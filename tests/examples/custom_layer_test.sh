# custom_layer ($1): that its gradients pass, its forecaster comes back and forecasts alike row by row, and that the header
# that it exports, compiled without the library, forecasts the same.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

rm -rf results ./*.txt ./header
succeeds results
[ "$(grep -c 'gradients agree; the worst is' stdout.txt)" -eq 2 ] || fail "layer and loss do not both pass: $(cat stdout.txt)"
for file in forecaster.safetensors forecaster.hpp pytorch.safetensors; do
  [ -s "results/$file" ] || fail "there is no results/$file"
done
contains results/pytorch.safetensors '"smoothing.logit":{"dtype":"F64","shape":[1]'
! grep -q '#include <tsattn' results/forecaster.hpp || fail "the exported header needs the library"

# value <name>: the number behind it on standard output
value() { sed -n "s/^$1: \([^ ]*\).*/\1/p" stdout.txt; }
# near <value> <value> <difference>
near() { awk -v a="$1" -v b="$2" -v most="$3" 'BEGIN { exit !(a != "" && b != "" && (a - b) ^ 2 <= most ^ 2) }'; }

near "$(value 'below the forecast')" 90 5 || fail "$(value 'below the forecast') % of the values lie below the forecast, not 90"
near "$(value 'row by row')" "$(value forecast)" 1e-5 || fail "row by row $(value 'row by row'), at once $(value forecast)"

# The last rows of the wave, and the forecast of the header for them.
cat >header.cpp <<'END'
#include "results/forecaster.hpp"

#include <cstdio>

int main() {
  static forecaster::Forecaster model;
  float rows[forecaster::Forecaster::kRows][1], forecast[forecaster::Forecaster::kHorizon];
  for (auto& row : rows)
    if (std::scanf("%f", &row[0]) != 1) return 1;
  model.forecast(&rows[0][0], forecast);
  std::printf("%.9g\n", forecast[0]);
}
END
compiler=$(command -v g++ || command -v clang++)
if [ -n "$compiler" ]; then
  "$compiler" -std=c++17 -Wall -Wextra -Werror -O1 header.cpp -o header || fail "the exported header does not compile"
  exported=$(./header <results/last_rows.txt)
  near "$exported" "$(value forecast)" 1e-5 || fail "the header forecasts $exported, the library $(value forecast)"
else
  echo "skipped: there is no compiler for the exported header"
fi

# A folder that cannot be made.
code=0
touch file
"$program" file/results >stdout.txt 2>stderr.txt || code=$?
[ "$code" -eq 1 ] && grep -q '^custom_layer: ' stderr.txt || fail "a folder that cannot be made: $code, $(cat stderr.txt)"
end
