#!/usr/bin/env python3
"""Writes the vectors against which tests/exchange/ proves the exchange of weights with PyTorch and Keras.

    generate_exchange.py [--output DIR]    writes the files (default: beside this script)
    generate_exchange.py --check           compares what it would write with what is there; exit status 1 if they differ

exchange_pytorch.json: whole modules in double. `parameters` is the state_dict, the loss is the mean squared error
against `target`, and `parameter_gradients` has PyTorch's names. exchange_keras.json: `parameters` are named and shaped
as examples/python/keras_to_npz.py writes them; the outputs are those of Keras' formulas, written out here in NumPy from
the source of Keras 3, gate by gate, with the batch first and the arrays as Keras has them. Sequences are stored as
(time, batch, features) in both. The numbers are chosen as in generate.py.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch

from generate import Draw, differences, gradients_of, tensor, tensors, to_text

# PyTorch.


class Additive(torch.nn.Module):
    """Attention of every step to all steps, Bahdanau's score."""

    def __init__(self, features, units):
        super().__init__()
        self.query = torch.nn.Linear(features, units, dtype=torch.float64)
        self.key = torch.nn.Linear(features, units, dtype=torch.float64)
        self.score = torch.nn.Linear(units, 1, dtype=torch.float64)

    def forward(self, h):
        scores = self.score(torch.tanh(self.query(h).unsqueeze(1) + self.key(h).unsqueeze(0))).squeeze(3)
        return torch.einsum("qkb,kbv->qbv", torch.softmax(scores, dim=1), h)


class General(torch.nn.Module):
    """The same with Luong's score q^T W k."""

    def __init__(self, features):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(features, features, dtype=torch.float64))

    def forward(self, h):
        scores = torch.einsum("qbi,ij,kbj->qkb", h, self.weight, h)
        return torch.einsum("qkb,kbv->qbv", torch.softmax(scores, dim=1), h)


class TanhScore(torch.nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.projection = torch.nn.Linear(features, units, dtype=torch.float64)
        self.score = torch.nn.Linear(units, 1, dtype=torch.float64)

    def forward(self, h):
        return self.score(torch.tanh(self.projection(h)))


def middle_of(name, features):
    """What stands between the recurrent module and the last linear one; None: nothing."""
    units = 3
    if name == "linear pooling":
        return torch.nn.Linear(features, 1, dtype=torch.float64)
    if name == "tanh pooling":
        return TanhScore(features, units)
    if name == "sequential pooling":
        return torch.nn.Sequential(torch.nn.Linear(features, units, dtype=torch.float64), torch.nn.Tanh(),
                                   torch.nn.Linear(units, 1, dtype=torch.float64))
    return {"additive": lambda: Additive(features, units), "general": lambda: General(features)}.get(
        name, lambda: None)()


class Model(torch.nn.Module):
    """recurrent -> the middle -> Linear, batch second."""

    def __init__(self, kind, layers, bidirectional, bias, middle, features, hidden):
        super().__init__()
        make = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind]
        self.recurrent = make(features, hidden, num_layers=layers, bidirectional=bidirectional, bias=bias,
                              dtype=torch.float64)
        states = hidden * (2 if bidirectional else 1)
        self.middle_name = middle
        made = middle_of(middle, states)
        if made is not None:
            self.middle = made
        self.fc = torch.nn.Linear(states, 2, dtype=torch.float64)

    def forward(self, x):
        h, final = self.recurrent(x)
        if self.middle_name == "last step":
            final = final[0] if isinstance(final, tuple) else final
            directions = 2 if self.recurrent.bidirectional else 1
            h = torch.cat(list(final[-directions:]), dim=1).unsqueeze(0)
        elif self.middle_name.endswith("pooling"):
            h = (torch.softmax(self.middle(h), dim=0) * h).sum(0, keepdim=True)
        elif self.middle_name in ("additive", "general"):
            h = self.middle(h)
        return self.fc(h)


PYTORCH_CASES = [  # kind, layers, bidirectional, bias, middle
    ("lstm", 1, False, True, "all steps"),
    ("lstm", 2, False, True, "linear pooling"),
    ("lstm", 3, False, False, "last step"),
    ("lstm", 1, True, True, "last step"),
    ("lstm", 2, True, True, "tanh pooling"),
    ("lstm", 3, True, False, "all steps"),
    ("gru", 1, False, False, "last step"),
    ("gru", 2, False, True, "sequential pooling"),
    ("gru", 3, False, True, "all steps"),
    ("gru", 1, True, True, "linear pooling"),
    ("gru", 2, True, True, "last step"),
    ("rnn", 1, False, True, "tanh pooling"),
    ("rnn", 2, True, True, "all steps"),
    ("rnn", 3, False, False, "last step"),
    ("lstm", 1, False, True, "additive"),
    ("gru", 1, False, True, "general"),
]


def pytorch_cases():
    for kind, layers, bidirectional, bias, middle in PYTORCH_CASES:
        name = f"{kind}, {layers} layers, {2 if bidirectional else 1} directions, " \
               f"{'bias' if bias else 'no bias'}, {middle}"
        draw = Draw("exchange", name)
        steps, batch, features, hidden = 4, 3, 2, 3
        model = draw.fill(Model(kind, layers, bidirectional, bias, middle, features, hidden))
        x = draw(steps, batch, features)
        y = model(x)
        target = draw(*y.shape).detach()
        y.retain_grad()
        torch.nn.functional.mse_loss(y, target).backward()
        yield {
            "name": name,
            "options": {"kind": kind, "layers": layers, "bidirectional": bidirectional, "middle": middle,
                        "units": hidden},
            "inputs": tensors({"x": x}),
            "parameters": tensors(model.state_dict()),
            "output": tensor(y),
            "target": tensor(target),
            "output_gradient": tensor(y.grad),
            "input_gradients": tensors(gradients_of({"x": x})),
            "parameter_gradients": tensors(gradients_of(dict(model.named_parameters()))),
        }


# Keras. Arrays are (batch, time, features) and weights as Keras keeps them.


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def keras_lstm(x, kernel, recurrent_kernel, bias):
    h = c = np.zeros((x.shape[0], recurrent_kernel.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)  # i, f, c, o
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_gru(x, kernel, recurrent_kernel, bias):
    """reset_after=True if the bias has two rows."""
    reset_after = bias.ndim == 2
    units = recurrent_kernel.shape[0]
    input_bias, recurrent_bias = bias if reset_after else (bias, np.zeros(3 * units))
    h = np.zeros((x.shape[0], units))
    outputs = []
    for t in range(x.shape[1]):
        x_z, x_r, x_h = np.split(x[:, t] @ kernel + input_bias, 3, axis=1)
        h_z, h_r = np.split(h @ recurrent_kernel[:, : 2 * units] + recurrent_bias[: 2 * units], 2, axis=1)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        kernel_h, bias_h = recurrent_kernel[:, 2 * units :], recurrent_bias[2 * units :]
        candidate = np.tanh(x_h + (r * (h @ kernel_h + bias_h) if reset_after else (r * h) @ kernel_h))
        h = z * h + (1 - z) * candidate
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_simple_rnn(x, kernel, recurrent_kernel, bias):
    h = np.zeros((x.shape[0], recurrent_kernel.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ kernel + bias + h @ recurrent_kernel)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def keras_additive_attention(h, scale):
    """AdditiveAttention()([h, h])"""
    scores = np.sum(scale * np.tanh(h[:, :, None, :] + h[:, None, :, :]), axis=-1)
    return softmax(scores) @ h


def keras_attention(h, scale):
    """Attention(use_scale=True)([h, h])"""
    return softmax(scale * (h @ h.transpose(0, 2, 1))) @ h


class Weights:
    """Draws the weights of one Keras model and keeps them by name."""

    def __init__(self, draw):
        self.draw = draw
        self.arrays = {}

    def __call__(self, name, *shape):
        values = self.draw(*shape).detach()
        self.arrays[name] = values
        return values.numpy()

    def recurrent(self, name, gates, features, units, bias_shape):
        return [self(f"{name}/kernel", features, gates * units), self(f"{name}/recurrent_kernel", units, gates * units),
                self(f"{name}/bias", *bias_shape)]

    def dense(self, name, features, units):
        return self(f"{name}/kernel", features, units), self(f"{name}/bias", units)


KERAS_CELLS = {  # kind: function, gates, shape of the bias for H units
    "lstm": (keras_lstm, 4, lambda units: (4 * units,)),
    "gru after": (keras_gru, 3, lambda units: (2, 3 * units)),
    "gru before": (keras_gru, 3, lambda units: (3 * units,)),
    "rnn": (keras_simple_rnn, 1, lambda units: (units,)),
}
KERAS_CASES = [  # cell, bidirectional, attention
    ("lstm", False, "none"),
    ("gru after", False, "none"),
    ("gru before", False, "none"),
    ("rnn", False, "none"),
    ("lstm", True, "none"),
    ("gru after", True, "none"),
    ("gru before", True, "none"),
    ("lstm", False, "additive"),
    ("gru after", False, "general"),
]


def keras_cases():
    steps, batch, features, units = 5, 3, 2, 3
    for cell, bidirectional, attention in KERAS_CASES:
        name = f"{cell}, {2 if bidirectional else 1} directions, attention {attention}"
        draw = Draw("keras", name)
        weights = Weights(draw)
        x = draw(steps, batch, features).detach()
        run, gates, bias_shape = KERAS_CELLS[cell]
        h = x.numpy().transpose(1, 0, 2)
        if bidirectional:
            forward, backward = (weights.recurrent(f"recurrent/{direction}", gates, features, units, bias_shape(units))
                                 for direction in ("forward", "backward"))
            h = np.concatenate([run(h, *forward), run(h[:, ::-1], *backward)[:, ::-1]], axis=2)
        else:
            h = run(h, *weights.recurrent("recurrent", gates, features, units, bias_shape(units)))
        if attention == "additive":
            h = keras_additive_attention(h, weights("attention/scale", h.shape[2]))
        elif attention == "general":
            h = keras_attention(h, weights("attention/scale"))
        kernel, bias = weights.dense("fc", h.shape[2], 2)
        y = (h @ kernel + bias).transpose(1, 0, 2)
        yield {
            "name": name,
            "options": {"cell": cell, "bidirectional": bidirectional, "attention": attention, "units": units},
            "inputs": tensors({"x": x}),
            "parameters": tensors(weights.arrays),
            "output": tensor(torch.from_numpy(np.ascontiguousarray(y))),
        }


FILES = {"exchange_pytorch": pytorch_cases, "exchange_keras": keras_cases}


def main():
    parser = argparse.ArgumentParser(description="vectors for tsattn's exchange of weights")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if the files are not equal")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # one order of additions

    failed = False
    for name, cases in FILES.items():
        path = arguments.output / f"{name}.json"
        made = {"generator": pathlib.Path(__file__).name, "torch": torch.__version__, "cases": list(cases())}
        if not arguments.check:
            arguments.output.mkdir(parents=True, exist_ok=True)
            path.write_text(to_text(made) + "\n")
            continue
        lines = list(differences(json.loads(path.read_text()), made)) if path.exists() else ["missing"]
        failed = failed or bool(lines)
        print(f"{path.name}: {'differs' if lines else 'equal'}")
        for line in lines[:10]:
            print(f"  {line}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
