"""tsattn_model against PyTorch: weights in and out, outputs, every gradient, and training, over a grid of models.

    tsattn_model_pytorch_test.py PROGRAM FOLDER_OF_torch_to_safetensors

Exit status 77: there is no PyTorch here (the build asked for it: TSATTN_PYTORCH_TESTS).
"""

import itertools
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

try:
    import numpy
    import torch
except ImportError as error:
    print(f"Skipped: {error}")
    sys.exit(77)

program = sys.argv[1]
sys.path.insert(0, sys.argv[2])
import torch_to_safetensors  # noqa: E402

# Differences over the largest magnitude of a tensor: rounding in another order.
TOLERANCE = {True: 1e-12, False: 1e-5}
worst = {True: 0.0, False: 0.0}


def run(*arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr}")


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8 : 8 + length]), data[8 + length :]
    header.pop("__metadata__", None)
    dtypes = {"F32": "<f4", "F64": "<f8"}
    return {
        name: numpy.frombuffer(numbers[slice(*entry["data_offsets"])], dtypes[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def compare(what, is_double, found, expected):
    found, expected = numpy.asarray(found), expected.detach().numpy()
    if found.shape != expected.shape:
        sys.exit(f"{what}: expected the shape {expected.shape}, got {found.shape}")
    difference = abs(found - expected).max() / abs(expected).max()
    worst[is_double] = max(worst[is_double], difference)
    if not difference <= TOLERANCE[is_double]:
        sys.exit(f"{what}: off by {difference}")


class Model(torch.nn.Module):
    """A stack of recurrent layers, attention pooling if `pools`, and a linear layer."""

    def __init__(self, kind, features, hidden, layers, is_bidirectional, bias, pools):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(
            features, hidden, layers, bidirectional=is_bidirectional, bias=bias, batch_first=True
        )
        width = hidden * (2 if is_bidirectional else 1)
        self.attention = torch.nn.Linear(width, 1) if pools else None
        self.fc = torch.nn.Linear(width, 3)
        cell = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}[kind]
        cell = ("bidirectional_" if is_bidirectional else "") + cell
        self.spec = [{"kind": cell, "name": "rnn" + (f"_l{k}" if k else ""), "units": hidden} for k in range(layers)]
        self.spec += [{"kind": "attention_pooling", "name": "attention"}] if pools else []
        self.spec += [{"kind": "dense", "name": "fc", "units": 3}]
        self.spec = {"inputs": [{"features": features}], "layers": self.spec}

    def forward(self, x):
        h, _ = self.rnn(x)
        if self.attention is None:
            return self.fc(h)
        return self.fc((torch.softmax(self.attention(h), 1) * h).sum(1))


def import_model(model, x, target):
    pathlib.Path("spec.json").write_text(json.dumps(model.spec))
    torch_to_safetensors.save(model.state_dict(), "weights.safetensors")
    numpy.save("x.npy", x.detach().numpy())
    numpy.save("target.npy", target.numpy())
    run("import", "--spec", "spec.json", "--weights", "weights.safetensors", "--from", "torch", "--out", "model.safetensors")


def expected_gradients(model):
    """Under tsattn's names. A GRU's second bias is another one only in its block n."""
    gradients = {"fc.w": model.fc.weight.grad, "fc.b": model.fc.bias.grad}
    if model.attention is not None:
        gradients["attention.v"] = model.attention.weight.grad[0]  # its bias has the gradient 0 and rounding noise
    for name, parameter in model.rnn.named_parameters():
        tensor, layer = name.split("_l")[0], name.split("_l")[1].split("_")[0]
        node = "rnn" + (f"_l{layer}" if layer != "0" else "")
        if model.rnn.bidirectional:
            node += ".backward" if name.endswith("_reverse") else ".forward"
        hidden = model.rnn.hidden_size
        if tensor == "bias_hh" and isinstance(model.rnn, torch.nn.GRU):
            gradients[node + ".b_h"] = parameter.grad[: 2 * hidden]
            gradients[node + ".b_hn"] = parameter.grad[2 * hidden :]
        else:
            own = {"weight_ih": "w_x", "weight_hh": "w_h", "bias_ih": "b", "bias_hh": "b_h"}[tensor]
            gradients[f"{node}.{own}"] = parameter.grad
    return gradients


def check_gradients(what, model, x, target):
    y = model(x)
    ((y - target) ** 2).mean().backward()
    import_model(model, x, target)
    for is_double in (True, False):
        flags = ["--double"] if is_double else []
        run("predict", "model.safetensors", "--input", "x.npy", "--output", "y.npy", *flags)
        compare(f"{what}, y", is_double, numpy.load("y.npy"), y)
        run("gradients", "model.safetensors", "--input", "x.npy", "--target", "target.npy", "--out", "gradients.safetensors",
            "--input-gradient", "dx.npy", *flags)  # fmt: skip
        compare(f"{what}, dx", is_double, numpy.load("dx.npy"), x.grad)
        found, expected = read_safetensors("gradients.safetensors"), expected_gradients(model)
        found.pop("attention.b", None)
        if found.keys() != expected.keys():
            sys.exit(f"{what}: expected gradients of {sorted(expected)}, got {sorted(found)}")
        for name, gradient in expected.items():
            compare(f"{what}, d {name}", is_double, found[name], gradient)
    run("export", "model.safetensors", "--to", "torch", "--out", "back.safetensors")
    back = {name: torch.tensor(numpy.array(values)) for name, values in read_safetensors("back.safetensors").items()}
    if not set(model.state_dict()) <= set(back):
        sys.exit(f"{what}: exported {sorted(back)}")
    for name, values in model.state_dict().items():
        if not torch.equal(back[name].double(), values.double()):
            sys.exit(f"{what}: {name} came back with other values")


def check_training(what, model, optimizer, name, options):
    x, target = torch.randn(40, 12, 3, dtype=torch.float64), torch.randn(40, 3, dtype=torch.float64)
    import_model(model, x, target)
    expected = []
    for _, batch in itertools.product(range(20), range(5)):
        part = slice(8 * batch, 8 * batch + 8)
        optimizer.zero_grad()
        loss = ((model(x[part]) - target[part]) ** 2).mean()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    run("fit", "model.safetensors", "--input", "x.npy", "--target", "target.npy", "--out", "trained.safetensors", "--no-shuffle",
        "--epochs", 20, "--batch-size", 8, "--double", "--history", "history.json", "--optimizer", name, *options)  # fmt: skip
    history = json.loads(pathlib.Path("history.json").read_text())
    found = [loss for epoch in history["epochs"] for loss in epoch["batch_losses"]]
    difference = max(abs(a - b) / b for a, b in zip(found, expected))
    print(f"{what}: losses of {len(found)} batches within {difference:.1e}")
    if len(found) != len(expected) or not difference <= 1e-9:
        sys.exit(f"{what}: off by {difference}")


def main():
    torch.manual_seed(1)
    grid = itertools.product(
        ("LSTM", "GRU", "RNN"), (1, 2, 3), (False, True), (True, False), (False, True), ((3, 5, 7, 4), (1, 17, 9, 3))
    )
    for kind, layers, is_bidirectional, bias, pools, (features, hidden, steps, batch) in grid:
        model = Model(kind, features, hidden, layers, is_bidirectional, bias, pools).double()
        x = torch.randn(batch, steps, features, dtype=torch.float64, requires_grad=True)
        target = torch.randn(batch, *((3,) if pools else (steps, 3)), dtype=torch.float64)
        check_gradients(f"{kind} x {layers}, {is_bidirectional=}, {bias=}, {pools=}, {hidden=}", model, x, target)
    print(f"outputs and gradients within {worst[True]:.1e} in double, {worst[False]:.1e} in float")

    for kind, bias in itertools.product(("LSTM", "GRU", "RNN"), (True, False)):
        model = Model(kind, 3, 9, 2, False, bias, True).double()
        adam = torch.optim.Adam(model.parameters(), lr=1e-3)
        check_training(f"Adam, {kind}, {bias=}", model, adam, "adam", ["--learning-rate", 1e-3])
    for name, optimizer in (
        ("sgd", torch.optim.SGD),
        ("rmsprop", torch.optim.RMSprop),
        ("adamw", torch.optim.AdamW),
    ):
        model = Model("LSTM", 3, 9, 1, True, True, True).double()
        check_training(name, model, optimizer(model.parameters(), lr=1e-2), name, ["--learning-rate", 1e-2])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main()
