# tsattn_model ($1) in the current folder: every subcommand, what it writes, and every kind of wrong input.
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

# npy <file> <shape> <count>: float32 numbers 0.00, 0.01, 0.02, ... as a .npy file of version 1
npy() {
  local header="{'descr': '<f4', 'fortran_order': False, 'shape': ($2), }"
  header=$(printf '%-117s' "$header")
  {
    printf '\x93NUMPY\x01\x00\x76\x00%s\n' "$header"
    # the little-endian bytes of 1.0, 0.5, 0.25, 0.0 by turns
    for ((i = 0; i < $3; i += 4)); do printf '\x00\x00\x80\x3f\x00\x00\x00\x3f\x00\x00\x80\x3e\x00\x00\x00\x00'; done
  } >"$1"
}

rm -f ./*.json ./*.npy ./*.npz ./*.safetensors
cat >spec.json <<'JSON'
{"inputs": [{"name": "x", "features": 2}],
 "layers": [{"kind": "bidirectional_lstm", "name": "rnn", "units": 3},
            {"kind": "attention_pooling", "name": "attention"},
            {"kind": "dense", "name": "fc", "units": 1}]}
JSON
npy x.npy "8, 5, 2" 80
npy y.npy "8, 1" 8

succeeds create --spec spec.json --out model.safetensors --seed 7
contains stdout.txt "Total parameters: 158"
succeeds create --spec spec.json --out same.safetensors --seed 7
same model.safetensors same.safetensors
succeeds create --spec spec.json --out other.safetensors --seed 8
cmp -s model.safetensors other.safetensors && fail "two seeds gave the same weights"

succeeds info model.safetensors
contains stdout.txt "rnn (bidirectional_lstm)"
contains stdout.txt "tsattn.format_version: 1"
contains stdout.txt "rnn.forward.w_x F32 (12, 2) "

succeeds predict model.safetensors --input x.npy --output p.npy --weights-out w.npy
contains p.npy "'shape': (8, 1)"
contains w.npy "'shape': (8, 5)"
succeeds predict model.safetensors --input x.npy --output d.npy --double
contains d.npy "'descr': '<f8'"

succeeds gradients model.safetensors --input x.npy --target y.npy --out g.safetensors --input-gradient dx.npy
contains stdout.txt "loss 0."
contains g.safetensors '"fc.w"'
contains dx.npy "'shape': (8, 5, 2)"

succeeds fit model.safetensors --input x.npy --target y.npy --out fitted.safetensors --epochs 3 --batch-size 4 \
  --validation-split 0.25 --history h.json --learning-rate 0.01 --optimizer rmsprop
contains stdout.txt "epoch 3/3"
contains h.json '"batch_losses"'
contains h.json '"validation_loss"'
# Half of a training, and the other half from its checkpoint, are the whole.
fit="fit model.safetensors --input x.npy --target y.npy --batch-size 4"
succeeds $fit --out whole.safetensors --epochs 4 --history whole.json
succeeds $fit --out half.safetensors --epochs 2 --checkpoint run.safetensors
succeeds $fit --out resumed.safetensors --epochs 4 --checkpoint run.safetensors --history resumed.json
same whole.safetensors resumed.safetensors
for history in whole resumed; do grep -v '"seconds"' $history.json >$history.txt; done
same whole.txt resumed.txt  # with the losses of all batches
[ "$(grep -c '"batch_losses"' whole.txt)" -eq 4 ] || fail "the history is not of 4 epochs: $(cat whole.txt)"

succeeds export fitted.safetensors --to torch --out state.safetensors
contains stdout.txt "rnn.weight_ih_l0_reverse (12, 2)"
succeeds import --spec spec.json --weights state.safetensors --from torch --out back.safetensors
succeeds predict fitted.safetensors --input x.npy --output p1.npy
succeeds predict back.safetensors --input x.npy --output p2.npy
same p1.npy p2.npy
succeeds export fitted.safetensors --to npz --out weights.npz
contains stdout.txt "rnn.backward.w_h (12, 3)"
refuses "fitted.safetensors: expected layers that can be embedded, got the layer rnn (bidirectional_lstm), which has no member embed" \
  export fitted.safetensors --to header --out model.hpp --attention-steps 5
[ ! -e model.hpp ] || fail "a header that was refused is there"

# Wrong input. Nothing is written then.
cp fitted.safetensors before.safetensors
refuses "A subcommand is required"
refuses "--target is required" fit model.safetensors --input x.npy --out fitted.safetensors
refuses "nofile: cannot open the file: there is none" info nofile
refuses "spec.json: expected a header of at most" info spec.json
refuses "x.safetensors: " predict x.safetensors --input x.npy --output p.npy
refuses "spec.json: " predict model.safetensors --input spec.json --output p.npy
refuses "y.npy: expected" predict model.safetensors --input y.npy --output p.npy
refuses "nofolder/p.npy: " predict model.safetensors --input x.npy --output nofolder/p.npy
refuses "model.safetensors: expected one of the nodes x, rnn, attention, fc, got \"other\"" \
  predict model.safetensors --input x.npy --output p.npy --weights-out w.npy --attention other
refuses "x.npy: expected a target = [time=1, batch=8, features=1], got [time=5, batch=8, features=2]" \
  gradients model.safetensors --input x.npy --target x.npy --out fitted.safetensors
refuses "model.safetensors: " import --spec spec.json --weights model.safetensors --from torch --out fitted.safetensors
refuses "--from: other not in" import --spec spec.json --weights state.safetensors --from other --out fitted.safetensors
npy few.npy "4, 1" 4
refuses "few.npy: expected 8 samples, as many as inputs, got 4" \
  fit model.safetensors --input x.npy --target few.npy --out fitted.safetensors
printf '{"inputs": [{"features": 2}], "layers": [{"kind": "lstn", "units": 3}]}' >wrong.json
refuses "wrong.json: expected one of the kinds " create --spec wrong.json --out fitted.safetensors
printf '{"inputs": [{"features": 2}], "layers": [{"kind": "lstm", "unit": 3}]}' >wrong.json
refuses "wrong.json: expected one of the options units, returns, bias, recurrent_dropout, got \"unit\"" create --spec wrong.json --out fitted.safetensors
printf '{"inputs": [' >wrong.json
refuses "wrong.json: expected JSON, got text that is none" create --spec wrong.json --out fitted.safetensors
head -c 2000 fitted.safetensors >cut.safetensors
refuses "cut.safetensors: " info cut.safetensors
same fitted.safetensors before.safetensors
ls tsattn-*.tmp >/dev/null 2>&1 && fail "a temporary file is left"

end
