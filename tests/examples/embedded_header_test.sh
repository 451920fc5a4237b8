# tsattn_model ($1) exports models as headers, in the current folder: what they compute and need, with the compilers
# and emulators that are there.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

source=$(dirname "${BASH_SOURCE[0]}")/../embedded/exported_header.cpp
strict="-std=c++17 -Wall -Wextra -Wpedantic -Werror -fno-exceptions -fno-rtti"
cortex_m4f="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard"

has() { command -v "$1" >/dev/null || { echo "skipped: there is no $1"; return 1; }; }

# compiles <compiler and options> <output>: exported_header.cpp, with the header of the model in question
compiles() {
  "${@:1:$#-1}" $strict -I . "-DHEADER=\"$model.hpp\"" "-DNAME=$model" "$source" -o "${!#}" >compiler.txt 2>&1 &&
    return
  fail "$* of $model: $(head -5 compiler.txt)"
  return 1
}

# equal <run> <program>: the program equals the library
equal() {
  echo "$model, ${*}: $("$@" check x.npy y.npy 2>&1)" | tee result.txt
  ! grep -q -e FAILED -v -e difference result.txt || fail "$model differs in $*"
}

rm -f ./*.json ./*.npy ./*.hpp ./*.safetensors ./*.o ./host*
# model <name> <layers> <steps> <options>: one model, everywhere
check_model() {
  model=$1
  echo "{\"inputs\": [{\"name\": \"x\", \"features\": $2}], \"layers\": [$3]}" >spec.json
  succeeds create --spec spec.json --out "$model.safetensors" --seed 3
  succeeds export "$model.safetensors" --to header --out "$model.hpp" --name "$model" "${@:5}"
  succeeds export "$model.safetensors" --to header --out again.hpp --name "$model" "${@:5}"
  cmp -s "$model.hpp" again.hpp || fail "two exports of $model differ"

  local host="" compiler
  for compiler in g++ clang++; do
    has $compiler || continue
    compiles $compiler -O2 host || continue
    host=$compiler
    if [ ! -e x.npy ]; then
      ./host series x.npy "$4"
      succeeds predict "$model.safetensors" --input x.npy --output y.npy
    fi
    equal ./host
    compiles $compiler -O3 -march=native -ffast-math host_native && equal ./host_native
  done
  [ -n "$host" ] || return
  compiles $host -O0 host_debug && equal ./host_debug

  if has arm-none-eabi-g++; then
    printf '#include "%s.hpp"\nstatic %s::Model model;\n' "$model" "$model" >mcu.cpp
    printf 'extern "C" void step(const float* x, float* y) { model.step(x, y); }\nextern "C" void reset() { model.reset(); }\n' >>mcu.cpp
    arm-none-eabi-g++ $strict -O2 -ffreestanding $cortex_m4f -fstack-usage -I . -c mcu.cpp -o mcu.o >compiler.txt 2>&1 ||
      fail "$model for a Cortex-M4F: $(head -5 compiler.txt)"
    local needs
    needs=$(arm-none-eabi-nm --undefined-only mcu.o | grep -vE ' (memcpy|memset|__aeabi_memcpy4?|__aeabi_memset4?)$')
    [ -z "$needs" ] || fail "$model for a Cortex-M4F needs $needs"
    # Weights may stay in flash: what is read-only is not in .data.
    echo "$model, Cortex-M4F: $(arm-none-eabi-size -A mcu.o | awk '
      /^\.text/ {code += $2} /^\.rodata/ {constant += $2} /^\.bss/ {state += $2} /^\.data/ {data += $2}
      END {printf "code %d, constant %d, state %d, data %d", code, constant, state, data}'), stack $(
      awk -F'\t' '{if ($2 > most) most = $2} END {print most + 0}' mcu.su)"
  fi
  if has arm-linux-gnueabihf-g++ && has qemu-arm; then
    compiles arm-linux-gnueabihf-g++ -O2 -static arm && equal qemu-arm ./arm
    compiles arm-linux-gnueabihf-g++ -O2 -static $cortex_m4f_as_a arm_fused && equal qemu-arm ./arm_fused
  fi
  if has aarch64-linux-gnu-g++ && has qemu-aarch64; then
    compiles aarch64-linux-gnu-g++ -O2 -static aarch64 && equal qemu-aarch64 ./aarch64
  fi
  mv x.npy "$model.x.npy"
}

# An A-profile processor with what the Cortex-M4F has, fused multiplications, so that Linux programs run on it.
cortex_m4f_as_a="-mcpu=cortex-a7 -mfpu=vfpv4-d16"

lstm='{"kind": "lstm", "name": "lstm", "units": 10}'
pooling='{"kind": "attention_pooling", "name": "attention"}'
tanh_pooling='{"kind": "attention_pooling", "name": "attention", "score": "tanh", "units": 6}'
fc='{"kind": "dense", "name": "fc", "units": 2}'

check_model dense_only 3 "$fc" 500
# The weights have the bits of the model file: Dense<3, 2> is b | the rows of W, and W lies there by rows too.
if [ -e host ]; then
  hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
  ./host weights weights.bin
  w=$(hex weights.bin)
  [[ $(hex dense_only.safetensors) == *"${w:16:48}"* ]] || fail "the weights of dense_only are not those of its file: $w"
fi
check_model lstm_dense 1 "$lstm, $fc" 10000
check_model pooled 2 "$lstm, $tanh_pooling, $fc" 40 --attention-steps 40
check_model stack 3 '{"kind": "gru", "name": "gru", "units": 37}, {"kind": "dropout", "rate": 0.2},
  {"kind": "gru", "name": "before", "units": 9, "reset": "before_product"}, {"kind": "activation", "function": "relu"},
  {"kind": "rnn", "name": "rnn", "units": 6}, {"kind": "dense", "name": "fc", "units": 9},
  {"kind": "activation", "function": "sigmoid"}, {"kind": "dense", "name": "out", "units": 1},
  {"kind": "activation", "function": "tanh"}' 10000
check_model hidden70 2 '{"kind": "lstm", "name": "lstm", "units": 70}, {"kind": "last_step"}, '"$fc" 60

# What the comment at the beginning of a header says.
contains lstm_dense.hpp "from lstm_dense.safetensors; do not edit. Format 2."
contains lstm_dense.hpp "//   lstm: Lstm<1, 10>, 1920, 120"
contains lstm_dense.hpp "//   fc: Dense<10, 2>, 88, 8"
contains lstm_dense.hpp "// Together 2008 bytes of weights, constant, and 128 of state; "
grep -q "$PWD" ./*.hpp && fail "a path is in a header"

# Two headers in one program.
if has g++; then
  printf '#include "pooled.hpp"\n#include "lstm_dense.hpp"\nint main() { return int(sizeof(pooled::Model) < sizeof(lstm_dense::Model)); }\n' >two.cpp
  g++ $strict -I . two.cpp -o two >compiler.txt 2>&1 && ./two || fail "two headers in one program: $(head -5 compiler.txt)"
fi

# What cannot be exported, and wrong arguments. Nothing is written then.
cp pooled.hpp before.hpp
export_pooled="export pooled.safetensors --to header --out pooled.hpp"
refuses "pooled.safetensors: expected the number of steps that the layer attention (attention_pooling) looks back on, for the model takes series of any length; say attention_steps, --attention-steps on the command line" $export_pooled
refuses "--name: expected a name for a C++ namespace (a letter, then letters, digits and single _), got \"a-b\"" $export_pooled --name a-b
refuses "--attention-steps" $export_pooled --attention-steps -1
refuses "nofolder/m.hpp: " export lstm_dense.safetensors --to header --out nofolder/m.hpp

# refused <inputs> <layers> <text>
refused() {
  echo "{\"inputs\": [$1], \"layers\": [$2]}" >spec.json
  succeeds create --spec spec.json --out wrong.safetensors
  refuses "wrong.safetensors: $3" export wrong.safetensors --to header --out pooled.hpp --attention-steps 5
}
x='{"name": "x", "features": 2}'
refused "$x" '{"kind": "bidirectional_lstm", "name": "both", "units": 3}' \
  "expected layers that can be embedded, got the layer both (bidirectional_lstm), which has no member embed (layers/embedded_layer.hpp); run this model in the library"
refused "$x" '{"kind": "lstm", "units": 3}, {"kind": "attention", "inputs": ["lstm", "lstm", "lstm"]}' \
  "expected layers with one input each, got the layer attention (attention) with 3 inputs; run this model in the library"
refused "$x" '{"kind": "lstm", "units": 2}, {"kind": "add", "inputs": ["lstm", "x"]}' \
  "expected layers with one input each, got the layer add (add) with 2 inputs; run this model in the library"
refused "$x, {\"name\": \"h\", \"features\": 3, \"time\": 1}" '{"kind": "rnn", "units": 3, "inputs": ["x", "h"]}' \
  "expected a model with one input, got 2"
refused "$x" "{\"kind\": \"lstm\", \"name\": \"first\", \"units\": 3}, $pooling, $lstm" \
  "expected the layer lstm (lstm) to read a series, got the one step that attention (attention_pooling) gives"
cmp -s pooled.hpp before.hpp || fail "an export that was refused wrote something"

end
