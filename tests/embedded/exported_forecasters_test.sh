# write_forecasters ($1) exports forecasters as headers, in the current folder: what they forecast, with the compilers
# that are there. tsattn_model ($2), if it is built, exports the same from files.
. "$(dirname "${BASH_SOURCE[0]}")/../examples/checks.sh"

source=$(dirname "${BASH_SOURCE[0]}")/exported_forecaster.cpp
strict="-std=c++17 -Wall -Wextra -Wpedantic -Werror -fno-exceptions -fno-rtti"
cortex_m4f="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard"

has() { command -v "$1" >/dev/null || { echo "skipped: there is no $1"; return 1; }; }

# forecasts_well <compiler and options>: compiled so, the header $header gives what the library forecasts
forecasts_well() {
  local program=./forecaster
  if ! "$@" $strict $known -I . "-DHEADER=\"$header.hpp\"" "-DVALUES=\"${header}_values.hpp\"" "-DNAME=$header" \
    "$source" -o "$program" >compiler.txt 2>&1; then
    fail "$* of $header: $(head -5 compiler.txt)"
    return
  fi
  echo "$header, $*: $("$program")" | tee result.txt
  ! grep -q -e FAILED -v -e tolerance result.txt || fail "$header differs with $*"
}

rm -f ./*.hpp ./*.cpp ./*.o ./*.safetensors
"$program" >headers.txt || fail "$program ended with $?"
[ "$(wc -l <headers.txt)" -eq 9 ] || fail "expected 9 headers, got $(wc -l <headers.txt)"

while read -r header how; do
  known=""
  [[ "$how" != *known* ]] || known=-DKNOWN
  if has g++; then
    forecasts_well g++ -O2
    forecasts_well g++ -O3 -march=native -ffast-math
  fi
  if has clang++; then
    forecasts_well clang++ -O1
  fi
  if has arm-none-eabi-g++; then
    ahead=$([ -z "$known" ] || echo ", ahead")
    printf '#include "%s.hpp"\nstatic %s::Forecaster forecaster;\n' "$header" "$header" >mcu.cpp
    printf 'extern "C" void forecast(const float* rows, [[maybe_unused]] const float* ahead, float* y) {\n' >>mcu.cpp
    printf '  forecaster.forecast(rows%s, y);\n}\n' "$ahead" >>mcu.cpp
    arm-none-eabi-g++ $strict -O2 -ffreestanding $cortex_m4f -fstack-usage -c mcu.cpp -o mcu.o >compiler.txt 2>&1 ||
      fail "$header for a Cortex-M4F: $(head -5 compiler.txt)"
    needs=$(arm-none-eabi-nm --undefined-only mcu.o | grep -vE ' (memcpy|memset|__aeabi_memcpy4?|__aeabi_memset4?)$')
    [ -z "$needs" ] || fail "$header for a Cortex-M4F needs $needs"
    echo "$header, Cortex-M4F: $(arm-none-eabi-size -A mcu.o | awk '
      /^\.text/ {code += $2} /^\.rodata/ {constant += $2} /^\.bss/ {state += $2} /^\.data/ {data += $2}
      END {printf "code %d, constant %d, state %d, data %d", code, constant, state, data}'), stack $(
      awk -F'\t' '{if ($2 > most) most = $2} END {print most + 0}' mcu.su)"
  fi
done <headers.txt

# Forecasters and models in one program, and what they say at their beginning.
if has g++; then
  printf '#include "plain.hpp"\n#include "channels.hpp"\n#include "own_layer.hpp"\n' >together.cpp
  printf 'int main() { return int(sizeof(plain::Forecaster) + sizeof(own_layer::Model) > 1000000); }\n' >>together.cpp
  g++ $strict -I . together.cpp -o together >compiler.txt 2>&1 && ./together ||
    fail "three headers in one program: $(head -5 compiler.txt)"
fi
contains recursive.hpp "Lookback 5, sampling step 1, gap 0, scaling min_max, normalization standard,"
contains recursive.hpp "// channels together, strategy recursive, known in advance 3."
contains gaps.hpp "// A forecast of 4 steps of the features 2, 0 is made from the last 28 rows of 4 numbers"

# From a file: the same header, but for its name; the model alone, and a model with a scaler, where one says so.
if [ $# -gt 1 ]; then
  program=$2
  name=$(basename "$program")
  for header in plain channels; do
    succeeds export $header.safetensors --to header --out from_file.hpp --name $header
    contains from_file.hpp "// Made by tsattn's write_embedded_header from $header.safetensors; do not edit. Format 2."
    cmp <(tail -n +2 from_file.hpp) <(tail -n +2 $header.hpp) || fail "$header.hpp is another one from its file"
  done
  succeeds export plain.safetensors --to header --out alone.hpp --model-alone
  ! grep -q Forecaster alone.hpp || fail "there is a forecaster around the model alone"
  cp alone.hpp before.hpp
  refuses "with_scaler.safetensors: expected a model without a scaler, or a forecaster, got a model that was trained on scaled values; --model-alone exports it" \
    export with_scaler.safetensors --to header --out alone.hpp
  refuses "plain.safetensors: expected attention_steps of 0 or the lookback 12" \
    export plain.safetensors --to header --out alone.hpp --attention-steps 5
  cmp -s alone.hpp before.hpp || fail "an export that was refused wrote something"
  succeeds export with_scaler.safetensors --to header --out with_scaler.hpp --model-alone
fi

end
