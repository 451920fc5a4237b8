#!/usr/bin/env python3
"""Weights of a Keras model (2 or 3) as an .npz file for tsattn.

    keras_to_npz.py model.keras model.npz     a saved model, .keras or .h5

    from keras_to_npz import save             or from a program
    save(model, "model.npz")

It needs keras and numpy. The arrays are named layer/weight: lstm/kernel, lstm/recurrent_kernel, lstm/bias; of a
Bidirectional layer, name/forward/kernel and name/backward/kernel; of a model within the model, model/layer/weight.
Options of recurrent and attention layers that weights do not show and tsattn has not are refused. What else is no
weight (the activation of a Dense layer, masks) must be in tsattn's model as it is in Keras': docs/exchange.md.
"""

import argparse
import re
import sys

import numpy

REQUIRED = {  # class: the options that tsattn's layer has
    "SimpleRNN": {"activation": "tanh", "go_backwards": False},
    "LSTM": {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False},
    "GRU": {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False},
    "Attention": {"score_mode": "dot"},
    "Bidirectional": {"merge_mode": "concat"},
}
CELL = re.compile(r"(lstm|gru|simple_rnn)_cell(_\d+)?")


def require_options(name, layer, **other):
    """Raises ValueError unless the layer has the options of REQUIRED, some of them replaced by `other`."""
    kind = type(layer).__name__
    config = layer.get_config()
    for option, expected in {**REQUIRED.get(kind, {}), **other}.items():
        if config.get(option, expected) != expected:
            raise ValueError(f"expected the {kind} {name} with {option}={expected!r}, got {config[option]!r}")


def weight_name(variable, layer):
    """The name of a weight within its layer: "kernel", "projection/kernel". Keras names the variable by its path, with
    the cell of a recurrent layer in between and, in version 2, ":0" behind."""
    path = (getattr(variable, "path", None) or variable.name).split(":")[0].split("/")
    if layer.name in path:
        path = path[len(path) - path[::-1].index(layer.name):]
    else:
        path = path[-1:]
    return "/".join(part for part in path if not CELL.fullmatch(part))


def named_weights(layer, prefix=""):
    """Pairs of name and array, of a model or a layer."""
    for part in getattr(layer, "layers", None) or []:
        yield from named_layer_weights(part, prefix + part.name)


def named_layer_weights(layer, name):
    kind = type(layer).__name__
    require_options(name, layer)
    if getattr(layer, "layers", None):
        yield from named_weights(layer, name + "/")
    elif kind == "Bidirectional":
        require_options(f"{name}/forward", layer.forward_layer)
        require_options(f"{name}/backward", layer.backward_layer, go_backwards=True)
        for direction in ("forward", "backward"):
            inner = getattr(layer, f"{direction}_layer")
            for variable, array in zip(inner.weights, inner.get_weights()):
                yield f"{name}/{direction}/{weight_name(variable, inner)}", array
    else:
        inner = layer.layer if kind == "TimeDistributed" else layer  # tsattn's layers treat all steps alike
        for variable, array in zip(inner.weights, inner.get_weights()):
            yield f"{name}/{weight_name(variable, inner)}", array


def arrays_of(model):
    arrays = {}
    for name, array in named_weights(model):
        if name in arrays:
            raise ValueError(f"expected every weight once, got {name} twice; give the layers names of their own")
        array = numpy.asarray(array)
        arrays[name] = array if array.dtype in (numpy.float32, numpy.float64) else array.astype(numpy.float32)
    return arrays


def save(model, path):
    """Writes the weights of a Keras model to the .npz file `path`."""
    numpy.savez(path, **arrays_of(model))


def main():
    parser = argparse.ArgumentParser(description="weights of a Keras model as an .npz file for tsattn")
    parser.add_argument("model", help="a saved model, .keras or .h5")
    parser.add_argument("out", help="a file that ends in .npz")
    arguments = parser.parse_args()
    import keras

    try:
        save(keras.models.load_model(arguments.model, compile=False), arguments.out)
    except (OSError, ValueError) as error:
        sys.exit(f"keras_to_npz.py: {error}")


if __name__ == "__main__":
    main()
