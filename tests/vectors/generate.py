#!/usr/bin/env python3
"""Writes the vectors against which tests/ proves tsattn equal to PyTorch; the C++ tests need only the JSON files.

    generate.py [--output DIR]     writes the files (default: beside this script)
    generate.py --check            compares what it would write with what is there; exit status 1 if they differ

Everything is computed in double. The loss of a layer's case is sum(output_gradient * output), so that every element of
the output counts, each differently. A tensor is {"shape": [...], "values": [...]}, flat in C order: sequences are
(time, batch, features), matrices (rows, columns) as PyTorch's. Names and gate blocks are tsattn's; where PyTorch adds
two biases and tsattn has one, the one is their sum. Numbers that are chosen here are multiples of 1/512, so that float
holds them exactly and a replay in float starts without an error.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import types

import torch

SEED = 20240607
CHECK_TOLERANCE = 1e-12
# A shift of all scores changes no softmax, so this bias has the gradient 0 and PyTorch's is what rounding leaves of it,
# about 1e-17. Adam divides that by its epsilon: what it adds up to differs from one processor to the next.
NOISE = {"attention_pooling.b": 1e-9}
# With an l2 that bias shrinks by about the learning rate at each step, until it is as small as the noise; in 200 steps
# of this length it is not.
SHORT_STEPS = 0.001


class Draw:
    """Random tensors of one case: its own stream, so that adding a case changes no other."""

    def __init__(self, *case):
        self.random = random.Random(" ".join(map(str, (SEED,) + case)))

    def __call__(self, *shape):
        """In (-0.75, 1], around no symmetric point, and never 0, where relu has no derivative."""
        numbers = [self.random.randint(-191, 256) or 1 for _ in range(math.prod(shape))]
        return (torch.tensor(numbers, dtype=torch.float64) / 256).reshape(shape).requires_grad_()

    def fill(self, module):
        """Random parameters for a torch.nn module, in the order of their names."""
        for _, parameter in sorted(module.named_parameters()):
            parameter.data = self(*parameter.shape).detach()
        return module


def tensor(values):
    return {"shape": list(values.shape), "values": values.detach().reshape(-1).tolist()}


def tensors(named):
    return {name: tensor(values) for name, values in named.items()}


def require_close(one, other):
    difference = (one - other).abs().max().item()
    if not difference < 1e-14:
        sys.exit(f"two ways to compute the same differ by {difference}")


def gradients_of(leaves):
    return {name: leaf.grad for name, leaf in leaves.items()}


def record(draw, name, options, inputs, y, parameters, parameter_gradients, arguments=None, **more):
    """One case. `parameters` and `parameter_gradients` are functions, the latter called after backward. `arguments`
    names the input that each argument of the layer is: one input may be several. `more` are further tensors."""
    dy = draw(*y.shape).detach()
    (dy * y).sum().backward()
    return {
        "name": name,
        "options": options,
        "arguments": arguments or list(inputs),
        "inputs": tensors(inputs),
        "parameters": tensors(parameters()),
        "output": tensor(y),
        **{key: tensor(value) for key, value in more.items()},
        "output_gradient": tensor(dy),
        "input_gradients": tensors(gradients_of(inputs)),
        "parameter_gradients": tensors(parameter_gradients()),
    }


def record_leaves(draw, name, options, inputs, y, parameters, **more):
    """The same where the parameters are tsattn's own."""
    return record(draw, name, options, inputs, y, lambda: parameters, lambda: gradients_of(parameters), **more)


# Layers that torch.nn has.


def dense_cases():
    for name, bias in [("bias", True), ("no bias", False)]:
        draw = Draw("dense", name)
        linear = draw.fill(torch.nn.Linear(3, 4, bias=bias, dtype=torch.float64))
        x = draw(5, 2, 3)
        names = {"w": linear.weight, "b": linear.bias} if bias else {"w": linear.weight}
        yield record_leaves(draw, name, {"units": 4, "bias": bias}, {"x": x}, linear(x), names)


def activation_cases():
    for function in ["tanh", "sigmoid", "relu"]:
        draw = Draw("activation", function)
        x = draw(4, 2, 5)
        yield record_leaves(draw, function, {"activation": function}, {"x": x}, getattr(torch, function)(x), {})


def layer_norm_cases():
    for name, gain, bias in [("gain and bias", True, True), ("neither", False, False), ("gain", True, False)]:
        draw = Draw("layer_norm", name)
        epsilon = 2.0**-10 if gain else 1e-5
        norm = draw.fill(torch.nn.LayerNorm(5, eps=epsilon, elementwise_affine=gain, dtype=torch.float64))
        if gain and not bias:
            norm.bias.data.zero_()  # as PyTorch 2's bias=False
        x = draw(4, 3, 5)
        names = ({"gain": norm.weight} if gain else {}) | ({"bias": norm.bias} if bias else {})
        yield record_leaves(draw, name, {"epsilon": epsilon, "gain": gain, "bias": bias}, {"x": x}, norm(x), names)


def two_biases(module):
    """tsattn's parameters of a torch.nn.RNN or LSTM, and their gradients."""

    def parameters():
        return {"w_x": module.weight_ih_l0, "w_h": module.weight_hh_l0, "b": module.bias_ih_l0 + module.bias_hh_l0}

    def gradients():
        require_close(module.bias_ih_l0.grad, module.bias_hh_l0.grad)
        return {"w_x": module.weight_ih_l0.grad, "w_h": module.weight_hh_l0.grad, "b": module.bias_ih_l0.grad}

    return parameters, gradients


def two_biases_of_gru(module):
    """The same for a torch.nn.GRU, where the reset gate keeps the second bias of the block n apart."""
    hidden = module.hidden_size

    def parameters():
        b = module.bias_ih_l0.clone()
        b[: 2 * hidden] += module.bias_hh_l0[: 2 * hidden]
        return {"w_x": module.weight_ih_l0, "w_h": module.weight_hh_l0, "b": b, "b_hn": module.bias_hh_l0[2 * hidden :]}

    def gradients():
        d_first, d_second = module.bias_ih_l0.grad, module.bias_hh_l0.grad
        require_close(d_first[: 2 * hidden], d_second[: 2 * hidden])
        return {"w_x": module.weight_ih_l0.grad, "w_h": module.weight_hh_l0.grad, "b": d_first,
                "b_hn": d_second[2 * hidden :]}

    return parameters, gradients


RECURRENT_VARIANTS = [  # returns, are the initial states given, (T, B, F, H)
    ("all_steps", True, (4, 2, 3, 5)),
    ("all_steps", False, (5, 2, 3, 4)),
    ("last_step", True, (5, 3, 2, 4)),
    ("last_step", False, (4, 3, 2, 5)),
]


def variant_name(returns, given):
    return returns.replace("_", " ") + (", given states" if given else ", zero states")


def recurrent_cases(kind, module_type, options, own_parameters):
    for returns, given, (steps, batch, features, hidden) in RECURRENT_VARIANTS:
        name = variant_name(returns, given)
        draw = Draw(kind, name)
        module = draw.fill(module_type(features, hidden, dtype=torch.float64))
        inputs = {"x": draw(steps, batch, features)}
        if not given:
            h, state = module(inputs["x"])
        elif kind == "lstm":
            inputs.update(h=draw(1, batch, hidden), c=draw(1, batch, hidden))
            h, state = module(inputs["x"], (inputs["h"], inputs["c"]))
        else:
            inputs.update(h=draw(1, batch, hidden))
            h, state = module(inputs["x"], inputs["h"])
        final = dict(zip(["final_h", "final_c"], state if kind == "lstm" else [state]))
        y = h if returns == "all_steps" else h[-1:]
        all_options = {"units": hidden, "returns": returns, **options}
        yield record(draw, name, all_options, inputs, y, *own_parameters(module), **final)


def gru_reset_before_product(x, h, w_x, w_h, b, mask=1):
    """torch.nn.GRU has no such reset. Written out by gate, as in the header of include/tsattn/layers/gru.hpp. W_h
    multiplies mask * h."""
    outputs = []
    (w_xr, w_xz, w_xn), (w_hr, w_hz, w_hn), (b_r, b_z, b_n) = w_x.chunk(3), w_h.chunk(3), b.chunk(3)
    for x_t in x:
        masked = mask * h
        r = torch.sigmoid(x_t @ w_xr.T + masked @ w_hr.T + b_r)
        z = torch.sigmoid(x_t @ w_xz.T + masked @ w_hz.T + b_z)
        n = torch.tanh(x_t @ w_xn.T + (r * masked) @ w_hn.T + b_n)
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs)


def gru_cases():
    yield from recurrent_cases("gru", torch.nn.GRU, {"reset": "after_product"}, two_biases_of_gru)
    for returns, given, (steps, batch, features, hidden) in RECURRENT_VARIANTS:
        name = variant_name(returns, given) + ", reset before the product"
        draw = Draw("gru", name)
        parameters = {"w_x": draw(3 * hidden, features), "w_h": draw(3 * hidden, hidden), "b": draw(3 * hidden)}
        inputs = {"x": draw(steps, batch, features)}
        if given:
            inputs["h"] = draw(1, batch, hidden)
        start = inputs["h"][0] if given else torch.zeros(batch, hidden, dtype=torch.float64)
        h = gru_reset_before_product(inputs["x"], start, **parameters)
        y = h if returns == "all_steps" else h[-1:]
        options = {"units": hidden, "returns": returns, "reset": "before_product"}
        yield record_leaves(draw, name, options, inputs, y, parameters, final_h=h[-1:])


# Dropout of states. PyTorch has none: its cells, given the masked state, step by step.


DROPOUT_SEED = 1
DROPOUT_MASK = torch.tensor([[2, 2, 2, 0], [2, 0, 2, 0]], dtype=torch.float64)  # what tsattn draws: rate 1/2, seed 1


def rnn_with_dropout(x, h, w_x, w_h, b):
    outputs = []
    for x_t in x:
        h = torch.rnn_tanh_cell(x_t, DROPOUT_MASK * h, w_x, w_h, b, torch.zeros_like(b))
        outputs.append(h)
    return torch.stack(outputs)


def lstm_with_dropout(x, h, c, w_x, w_h, b):
    outputs = []
    for x_t in x:
        h, c = torch.lstm_cell(x_t, (DROPOUT_MASK * h, c), w_x, w_h, b, torch.zeros_like(b))
        outputs.append(h)
    return torch.stack(outputs), c


def gru_with_dropout(x, h, w_x, w_h, b, b_hn):
    """torch.gru_cell's z multiplies the state that its W_h does: what z multiplies is mended."""
    outputs = []
    hidden = len(b_hn)
    b_h = torch.cat([torch.zeros(2 * hidden, dtype=torch.float64), b_hn])
    for x_t in x:
        masked = DROPOUT_MASK * h
        z = torch.sigmoid((x_t @ w_x.T + masked @ w_h.T + b)[:, hidden : 2 * hidden])
        h = torch.gru_cell(x_t, masked, w_x, w_h, b, b_h) + z * (h - masked)
        outputs.append(h)
    return torch.stack(outputs)


def recurrent_dropout_cases():
    batch, hidden = DROPOUT_MASK.shape
    for kind, gates, reset in [("rnn", 1, {}), ("lstm", 4, {}), ("gru", 3, {"reset": "after_product"}),
                               ("gru", 3, {"reset": "before_product"})]:
        for returns in ["all_steps", "last_step"]:
            name = " ".join([kind, *reset.values(), returns]).replace("_", " ")
            draw = Draw("recurrent_dropout", name)
            parameters = {"w_x": draw(gates * hidden, 3), "w_h": draw(gates * hidden, hidden), "b": draw(gates * hidden)}
            inputs = {"x": draw(5, batch, 3), "h": draw(1, batch, hidden)}
            final = {}
            if kind == "lstm":
                inputs["c"] = draw(1, batch, hidden)
                h, c = lstm_with_dropout(inputs["x"], inputs["h"][0], inputs["c"][0], **parameters)
                final["final_c"] = c.unsqueeze(0)
            elif reset.get("reset") == "before_product":
                h = gru_reset_before_product(inputs["x"], inputs["h"][0], **parameters, mask=DROPOUT_MASK)
            elif kind == "gru":
                parameters["b_hn"] = draw(hidden)
                h = gru_with_dropout(inputs["x"], inputs["h"][0], **parameters)
            else:
                h = rnn_with_dropout(inputs["x"], inputs["h"][0], **parameters)
            y = h if returns == "all_steps" else h[-1:]
            options = {"layer": kind, "units": hidden, "returns": returns, **reset, "recurrent_dropout": 0.5,
                       "seed": DROPOUT_SEED}
            yield record_leaves(draw, name, options, inputs, y, parameters, final_h=h[-1:], **final,
                                mask=DROPOUT_MASK.unsqueeze(0))


def both_directions(own_parameters, module):
    """tsattn's parameters of a bidirectional torch.nn.RNN, LSTM or GRU, and their gradients."""
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    directions = {}
    for direction, suffix in [("forward", ""), ("backward", "_reverse")]:
        weights = {name: getattr(module, name + suffix) for name in names}
        directions[direction] = own_parameters(types.SimpleNamespace(hidden_size=module.hidden_size, **weights))

    def of_both(which):
        return {f"{direction}.{name}": values
                for direction, functions in directions.items() for name, values in functions[which]().items()}

    return lambda: of_both(0), lambda: of_both(1)


def bidirectional_cases():
    for kind, module_type, options, own_parameters in [
        ("rnn", torch.nn.RNN, {}, two_biases),
        ("lstm", torch.nn.LSTM, {}, two_biases),
        ("gru", torch.nn.GRU, {"reset": "after_product"}, two_biases_of_gru),
    ]:
        states = ["h", "c"] if kind == "lstm" else ["h"]
        for returns, given, (steps, batch, features, hidden) in RECURRENT_VARIANTS:
            name = f"{kind}, {variant_name(returns, given)}"
            draw = Draw("bidirectional", name)
            module = draw.fill(module_type(features, hidden, bidirectional=True, dtype=torch.float64))
            inputs = {"x": draw(steps, batch, features)}
            start = None
            if given:
                inputs.update({f"{state}_{direction}": draw(1, batch, hidden)
                               for direction in ["forward", "backward"] for state in states})
                start = [torch.cat([inputs[f"{state}_forward"], inputs[f"{state}_backward"]]) for state in states]
                start = tuple(start) if kind == "lstm" else start[0]
            y, final = module(inputs["x"], start)
            if returns == "last_step":
                h_n = final[0] if kind == "lstm" else final
                y = torch.cat([h_n[0], h_n[1]], dim=1).unsqueeze(0)
            all_options = {"layer": kind, "units": hidden, "returns": returns, **options}
            yield record(draw, name, all_options, inputs, y, *both_directions(own_parameters, module))


# Attention, written with PyTorch's operations.


def attention_scores(score, q, k, p):
    """[Tq, B, Tk] from q [Tq, B, Dq] and k [Tk, B, Dk]."""
    if score == "additive":
        by_query = (q @ p["w_q"].T + p["b"]).unsqueeze(1)  # [Tq, 1, B, A]
        by_key = (k @ p["w_k"].T).unsqueeze(0)  # [1, Tk, B, A]
        return (torch.tanh(by_query + by_key) @ p["v"]).transpose(1, 2)
    if score == "general":
        return torch.einsum("qbi,ij,kbj->qbk", q, p["w"], k)
    products = torch.einsum("qbi,kbi->qbk", q, k)
    return products / math.sqrt(k.shape[2]) if score == "scaled_dot" else products


def attend(scores, values, causal):
    if causal:
        steps = scores.shape[0]
        future = torch.ones(steps, steps, dtype=torch.bool).triu(1).unsqueeze(1)  # [Tq, 1, Tk]
        scores = scores.masked_fill(future, -math.inf)
    weights = torch.softmax(scores, dim=2)
    return torch.einsum("qbk,kbv->qbv", weights, values), weights


def require_equal_to_batched_attention(q, k, v, causal, y):
    """Scaled dot attention once more in the usual formulation, batch first: softmax(Q K^T / sqrt(D)) V."""
    q, k, v = (x.detach().transpose(0, 1) for x in (q, k, v))
    scores = torch.matmul(q, k.transpose(1, 2)) / math.sqrt(q.shape[2])
    if causal:
        scores += torch.full(scores.shape[1:], -math.inf, dtype=torch.float64).triu(1)
    require_close(torch.matmul(torch.softmax(scores, dim=-1), v).transpose(0, 1), y)


def attention_cases():
    uses = [  # name, causal, (Tq, Tk, B); self attention has one input
        ("query, keys, values", False, (4, 5, 2)),
        ("causal", True, (4, 4, 2)),
        ("self", False, (5, 5, 2)),
        ("self causal", True, (5, 5, 2)),
    ]
    for score in ["dot", "scaled_dot", "general", "additive"]:
        for use, causal, (query_steps, key_steps, batch) in uses:
            name = f"{score}, {use}"
            draw = Draw("attention", name)
            alone = use.startswith("self")
            features = 4 if alone else 3
            query_features = features if alone or score in ("dot", "scaled_dot") else 6
            units = 7 if score == "additive" else 0
            if alone:
                inputs, arguments = {"x": draw(query_steps, batch, features)}, ["x", "x", "x"]
            else:
                inputs = {"query": draw(query_steps, batch, query_features), "keys": draw(key_steps, batch, features),
                          "values": draw(key_steps, batch, 8)}
                arguments = list(inputs)
            q, k, v = (inputs[argument] for argument in arguments)
            parameters = {}
            if score == "general":
                parameters = {"w": draw(query_features, features)}
            elif score == "additive":
                parameters = {"w_q": draw(units, query_features), "w_k": draw(units, features), "b": draw(units),
                              "v": draw(units)}
            y, weights = attend(attention_scores(score, q, k, parameters), v, causal)
            if score == "scaled_dot":
                require_equal_to_batched_attention(q, k, v, causal, y)
            options = {"score": score, "mask": "causal" if causal else "none", "units": units}
            more = {"arguments": arguments, "attention_weights": weights}
            yield record_leaves(draw, name, options, inputs, y, parameters, **more)


def pool(score, h, p):
    """[1, B, D] and the weights [1, B, T] from h [T, B, D]."""
    scores = h @ p["v"] + p["b"] if score == "linear" else torch.tanh(h @ p["w"].T + p["b"]) @ p["v"]
    weights = torch.softmax(scores, dim=0).T.unsqueeze(0)
    return torch.einsum("qbt,tbd->qbd", weights, h), weights


def attention_pooling_cases():
    for score in ["linear", "tanh"]:
        draw = Draw("attention_pooling", score)
        h = draw(5, 3, 4)
        units = 7 if score == "tanh" else 0
        if score == "tanh":
            parameters = {"w": draw(units, 4), "b": draw(units), "v": draw(units)}
        else:
            parameters = {"b": draw(1), "v": draw(4)}
        y, weights = pool(score, h, parameters)
        options = {"score": score, "units": units}
        yield record_leaves(draw, score, options, {"h": h}, y, parameters, attention_weights=weights)


# Losses. The gradient is that of the value itself.


def loss_case(name, loss, options, y, target, module):
    """`module` takes steps and samples in one axis, as PyTorch's losses do."""
    value = module(y.reshape(-1, y.shape[2]), target.reshape(-1, y.shape[2]))
    value.backward()
    return {"name": name, "loss": loss, "options": options, "y": tensor(y), "target": tensor(target),
            "value": value.item(), "gradient": tensor(y.grad)}


def loss_cases():
    steps, samples, features = 3, 4, 5

    def draw_case(name, scale=1):
        """Outputs, and targets on both sides of them."""
        draw = Draw("loss", name)
        y, target = draw(steps, samples, features), draw(steps, samples, features).detach()
        y.data *= scale
        return draw, y, target

    for name, loss, options, module in [
        ("mse", "mse", {}, torch.nn.MSELoss()),
        ("mae", "mae", {}, torch.nn.L1Loss()),
        ("huber", "huber", {"delta": 1.0}, torch.nn.HuberLoss()),
        ("huber, small delta", "huber", {"delta": 0.375}, torch.nn.HuberLoss(delta=0.375)),
    ]:
        _, y, target = draw_case(name)
        yield loss_case(name, loss, options, y, target, module)

    for name, weight in [("binary", 1.0), ("binary, positive weight", 2.5)]:
        draw, y, target = draw_case(name, 8)
        target = (target > 0).double()
        target[0] = (draw(samples, features).detach() + 0.75) / 2  # probabilities
        module = torch.nn.BCEWithLogitsLoss(pos_weight=torch.full([features], weight, dtype=torch.float64))
        yield loss_case(name, "binary_cross_entropy", {"positive_weight": weight}, y, target, module)

    for name, weights in [("softmax", []), ("softmax, class weights", [1.0, 0.25, 3.0, 0.0, 1.5])]:
        draw, y, target = draw_case(name, 8)
        target = torch.nn.functional.one_hot(target.argmax(2), features).double()
        target[0] = (torch.softmax(draw(samples, features).detach(), 1) * 256).round() / 256  # probabilities, nearly
        weight = torch.tensor(weights, dtype=torch.float64) if weights else None
        options = {"class_weights": weights}
        yield loss_case(name, "softmax_cross_entropy", options, y, target, torch.nn.CrossEntropyLoss(weight))


# A whole model: LSTM -> linear attention pooling -> Dense(1).


class LstmPoolingDense:
    """The second bias of the LSTM is 0 and no parameter: with two, Adam would move their sum twice as far."""

    def __init__(self, draw, features, hidden):
        self.lstm = draw.fill(torch.nn.LSTM(features, hidden, dtype=torch.float64))
        self.lstm.bias_hh_l0.data.zero_()
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.dense = draw.fill(torch.nn.Linear(hidden, 1, dtype=torch.float64))
        self.pooling = {"b": draw(1), "v": draw(hidden)}

    def parameters(self):
        return {
            "lstm.w_x": self.lstm.weight_ih_l0,
            "lstm.w_h": self.lstm.weight_hh_l0,
            "lstm.b": self.lstm.bias_ih_l0,
            "attention_pooling.b": self.pooling["b"],
            "attention_pooling.v": self.pooling["v"],
            "dense.w": self.dense.weight,
            "dense.b": self.dense.bias,
        }

    def __call__(self, x):
        pooled, weights = pool("linear", self.lstm(x)[0], self.pooling)
        return self.dense(pooled), weights


def model_cases():
    name = "lstm, attention pooling, dense"
    draw = Draw("model", name)
    model, x = LstmPoolingDense(draw, 3, 5), draw(4, 2, 3)
    y, weights = model(x)
    yield record_leaves(draw, name, {"hidden": 5}, {"x": x}, y, model.parameters(), attention_weights=weights)


# An encoder-decoder: the decoder reads `previous` and starts from the final states of the encoder.


def encoder_decoder_cases():
    for kind, module_type, own in [("rnn", torch.nn.RNN, two_biases), ("lstm", torch.nn.LSTM, two_biases),
                                   ("gru", torch.nn.GRU, two_biases_of_gru)]:
        draw = Draw("encoder_decoder", kind)
        modules = {"encoder": draw.fill(module_type(3, 5, dtype=torch.float64)),
                   "decoder": draw.fill(module_type(2, 5, dtype=torch.float64))}
        dense = draw.fill(torch.nn.Linear(5, 2, dtype=torch.float64))
        inputs = {"history": draw(6, 3, 3), "previous": draw(4, 3, 2)}
        _, states = modules["encoder"](inputs["history"])
        h, _ = modules["decoder"](inputs["previous"], states)

        def of_model(which):
            values = {f"{name}.{key}": value for name, module in modules.items()
                      for key, value in own(module)[which]().items()}
            return values | {"dense.w": (dense.weight, dense.weight.grad)[which],
                             "dense.b": (dense.bias, dense.bias.grad)[which]}

        yield record(draw, kind, {"kind": kind, "hidden": 5}, inputs, dense(h), lambda: of_model(0),
                     lambda: of_model(1), encoder_states=torch.cat(states if kind == "lstm" else [states]))


# The model of LSTM, pooling and Dense in training.


def torch_arguments(options):
    """tsattn's options of an optimizer as PyTorch's arguments."""
    names = {"learning_rate": "lr", "epsilon": "eps", "l2": "weight_decay"}
    arguments = {names.get(option, option): value for option, value in options.items() if not option.startswith("beta")}
    if "beta1" in options:
        arguments["betas"] = (options["beta1"], options["beta2"])
    return arguments


def training_case(name, optimizer_type, options, max_norm=None):
    features, hidden, steps, samples, batch_size, updates = 2, 5, 6, 40, 8, 200
    draw = Draw("training")  # the same for every case: they differ only in what training does
    model = LstmPoolingDense(draw, features, hidden)
    for parameter in model.parameters().values():
        parameter.data /= 2
    x = draw(steps, samples, features).detach()
    target = x[:, :, 0].mean(0) - 0.5 * x[-1, :, 1] + x[2, :, 0] * x[3, :, 1]
    target = (target.reshape(1, samples, 1) * 256).round() / 256

    parameters = model.parameters()
    initial = tensors(parameters)
    optimizer = optimizer_type(parameters.values(), **torch_arguments(options))
    losses, norms = [], []
    for update in range(updates):
        first = update * batch_size % samples
        batch = slice(first, first + batch_size)
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x[:, batch])[0], target[:, batch])
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters.values())).item()
        if max_norm is not None:
            # By hand: torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6, tsattn by the norm.
            for parameter in parameters.values():
                parameter.grad *= min(1.0, max_norm / norm)
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm)
    if max_norm is not None:
        clipped = sum(norm > max_norm for norm in norms)
        if not updates / 5 < clipped < updates * 4 / 5:  # each branch of the min often
            sys.exit(f"{clipped} of {updates} updates were clipped")
    return {
        "name": name,
        "options": {"features": features, "hidden": hidden, "batch_size": batch_size, "updates": updates, **options,
                    "max_norm": max_norm},
        "data": tensors({"x": x, "y": target}),
        "initial_parameters": initial,
        "losses": {"shape": [updates], "values": losses},
        "gradient_norms": {"shape": [updates], "values": norms},
        "final_parameters": tensors(parameters),
    }


def training_adam_cases():
    options = {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    yield training_case("adam", torch.optim.Adam, options)
    yield training_case("adam, clipped gradient norm", torch.optim.Adam, options, max_norm=0.25)
    yield training_case("adam, l2", torch.optim.Adam, {**options, "learning_rate": SHORT_STEPS, "l2": 0.01})


def training_adam_w_cases():
    options = {"learning_rate": 0.01, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "weight_decay": 0.1}
    yield training_case("adam_w, clipped gradient norm", torch.optim.AdamW, options, max_norm=0.25)


def training_rms_prop_cases():
    options = {"learning_rate": 0.003, "alpha": 0.9, "epsilon": 1e-6}
    yield training_case("rms_prop", torch.optim.RMSprop, {**options, "momentum": 0.0})
    yield training_case("rms_prop, momentum, clipped gradient norm", torch.optim.RMSprop, {**options, "momentum": 0.7},
                        max_norm=0.25)
    penalized = {**options, "learning_rate": SHORT_STEPS, "momentum": 0.0, "l2": 0.01}
    yield training_case("rms_prop, l2", torch.optim.RMSprop, penalized)


def training_sgd_cases():
    options = {"learning_rate": 0.05, "momentum": 0.8}
    yield training_case("sgd, momentum", torch.optim.SGD, {**options, "nesterov": False})
    yield training_case("sgd, nesterov, clipped gradient norm", torch.optim.SGD, {**options, "nesterov": True},
                        max_norm=0.25)
    yield training_case("sgd, nesterov, l2, clipped gradient norm", torch.optim.SGD,
                        {**options, "nesterov": True, "l2": 0.01}, max_norm=0.25)


# Learning rates. Here the values are those of every call of step(), the first one before any.


def learning_rates_of(name, scheduler_type, options, losses=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = scheduler_type(optimizer, **options)
    rates = []
    for update in range(30 if losses is None else len(losses)):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([] if losses is None else [losses[update]]))
    return {"name": name, "options": {"learning_rate": 0.1, **options},
            **({} if losses is None else {"losses": {"shape": [len(losses)], "values": losses}}),
            "learning_rates": {"shape": [len(rates)], "values": rates}}


def learning_rate_cases():
    schedulers = torch.optim.lr_scheduler
    yield learning_rates_of("step", schedulers.StepLR, {"step_size": 4, "gamma": 0.3})
    yield learning_rates_of("exponential", schedulers.ExponentialLR, {"gamma": 0.9})
    yield learning_rates_of("cosine", schedulers.CosineAnnealingLR, {"T_max": 30, "eta_min": 0.0})
    yield learning_rates_of("cosine, final", schedulers.CosineAnnealingLR, {"T_max": 30, "eta_min": 0.02})
    yield learning_rates_of("linear", schedulers.LinearLR, {"start_factor": 0.25, "total_iters": 12})
    losses = [5.0, 4.0, 4.0, 3.75, 4.0, 4.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.25, 3.0, 3.0, 3.5, 3.0, 3.0, 2.75, 3.0, 3.0,
              3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]
    for patience, cooldown, threshold, min_lr in ((0, 0, 0.0, 0.0), (1, 0, 0.25, 0.0), (2, 2, 0.0, 0.0),
                                                  (1, 1, 0.3, 0.02)):
        options = {"factor": 0.5, "patience": patience, "cooldown": cooldown, "threshold": threshold, "min_lr": min_lr,
                   "threshold_mode": "abs", "eps": 0.0}
        name = f"plateau, patience {patience}, cooldown {cooldown}, threshold {threshold}, minimum {min_lr}"
        yield learning_rates_of(name, schedulers.ReduceLROnPlateau, options, losses)


FILES = {
    "dense": dense_cases,
    "activation": activation_cases,
    "layer_norm": layer_norm_cases,
    "rnn": lambda: recurrent_cases("rnn", torch.nn.RNN, {}, two_biases),
    "lstm": lambda: recurrent_cases("lstm", torch.nn.LSTM, {}, two_biases),
    "gru": gru_cases,
    "recurrent_dropout": recurrent_dropout_cases,
    "bidirectional": bidirectional_cases,
    "attention": attention_cases,
    "attention_pooling": attention_pooling_cases,
    "loss": loss_cases,
    "model": model_cases,
    "encoder_decoder": encoder_decoder_cases,
    "training_adam": training_adam_cases,
    "training_adam_w": training_adam_w_cases,
    "training_rms_prop": training_rms_prop_cases,
    "training_sgd": training_sgd_cases,
    "learning_rate": learning_rate_cases,
}


def generate(cases):
    return {"generator": pathlib.Path(__file__).name, "torch": torch.__version__, "seed": SEED, "cases": list(cases())}


def to_text(value, indent=""):
    """JSON with every tensor on a line of its own. Python writes floats so that reading gives back the same bits."""
    deeper = indent + " "
    if isinstance(value, dict) and value and "values" not in value:
        items = [f"{deeper}{json.dumps(key)}: {to_text(item, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + "\n" + indent + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(deeper + to_text(item, deeper) for item in value) + "\n" + indent + "]"
    return json.dumps(value, allow_nan=False)


def differences(stored, made, where="", tolerance=CHECK_TOLERANCE):
    """A line for everything in which two JSON values differ."""
    if isinstance(stored, dict) and isinstance(made, dict):
        for key in sorted(set(stored) | set(made)):
            if key not in stored or key not in made:
                yield f"{where}/{key}: only in what is {'made' if key in made else 'stored'}"
            elif key != "torch":  # another version that gives the same numbers is welcome
                noise = NOISE.get(key, tolerance) if where.endswith("/final_parameters") else tolerance
                yield from differences(stored[key], made[key], f"{where}/{key}", noise)
    elif isinstance(stored, list) and isinstance(made, list) and len(stored) == len(made):
        for i, (old, new) in enumerate(zip(stored, made)):
            yield from differences(old, new, f"{where}[{i}]", tolerance)
    elif isinstance(stored, float) and isinstance(made, float):
        if not abs(stored - made) <= tolerance:
            yield f"{where}: stored {stored!r}, made {made!r}"
    elif stored != made:
        yield f"{where}: stored {str(stored)[:60]}, made {str(made)[:60]}"


def main():
    parser = argparse.ArgumentParser(description="PyTorch vectors for tsattn's tests")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if the files are not equal")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # one order of additions

    failed = False
    for name, cases in FILES.items():
        path = arguments.output / f"{name}.json"
        made = generate(cases)
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
