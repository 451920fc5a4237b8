#!/usr/bin/env python3
"""Weights of a PyTorch model as a file for tsattn: .safetensors, or .npz, by the ending of its name.

    torch_to_safetensors.py model.pt model.safetensors     of torch.save(model.state_dict(), "model.pt")

    from torch_to_safetensors import save                  or from a program
    save(model.state_dict(), "model.safetensors")

It needs torch and numpy. The names and shapes are those of the state_dict; which layers take them: docs/exchange.md.
A state_dict has weights and no more: that a torch.nn.RNN has nonlinearity="relu", which tsattn has not, or that a Dense
layer is followed by an activation, cannot be read from it.
"""

import argparse
import json
import pathlib
import pickle
import sys

import numpy
import torch


def arrays_of(state_dict):
    """NumPy arrays of float32 or float64, little-endian, in C order."""
    arrays = {}
    for name, tensor in state_dict.items():
        if not isinstance(tensor, torch.Tensor):
            raise ValueError(f"expected a state_dict of tensors, got {name} of the type {type(tensor).__name__}; "
                             "save model.state_dict()")
        if not tensor.is_floating_point():
            raise ValueError(f"expected weights of floating point, got {name} of {tensor.dtype}")
        if tensor.dtype not in (torch.float32, torch.float64):  # NumPy has no bfloat16
            tensor = tensor.float()
        array = tensor.detach().cpu().numpy()
        arrays[name] = numpy.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    return arrays


def safetensors_bytes(arrays):
    """The file format: 8 bytes with the length of the header, the header in JSON, filled up with blanks so that the
    numbers begin at a multiple of 8, and the numbers."""
    header, begin = {}, 0
    for name, array in arrays.items():
        end = begin + array.nbytes
        header[name] = {"dtype": f"F{8 * array.itemsize}", "shape": list(array.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *(array.tobytes() for array in arrays.values())])


def save(state_dict, path):
    """Writes the weights of `state_dict` to `path`, which ends in .safetensors or .npz."""
    path = pathlib.Path(path)
    arrays = arrays_of(state_dict)
    if path.suffix == ".npz":
        numpy.savez(path, **arrays)
    elif path.suffix == ".safetensors":
        path.write_bytes(safetensors_bytes(arrays))
    else:
        raise ValueError(f"expected a file that ends in .safetensors or .npz, got {path}")


def main():
    parser = argparse.ArgumentParser(description="weights of a PyTorch model as a file for tsattn")
    parser.add_argument("state_dict", help="what torch.save(model.state_dict(), ...) wrote")
    parser.add_argument("out", help="a file that ends in .safetensors or .npz")
    arguments = parser.parse_args()
    try:
        state_dict = torch.load(arguments.state_dict, map_location="cpu", weights_only=True)  # runs no code of the file
        if not isinstance(state_dict, dict):
            raise ValueError(f"expected a state_dict, got {type(state_dict).__name__}; save model.state_dict()")
        save(state_dict, arguments.out)
    except pickle.UnpicklingError:
        sys.exit("torch_to_safetensors.py: expected a file with tensors alone, of torch.save(model.state_dict(), ...), "
                 f"got {arguments.state_dict}, which has other objects, or is damaged")
    except Exception as error:  # torch.load fails with exceptions of many types
        sys.exit(f"torch_to_safetensors.py: {error}")


if __name__ == "__main__":
    main()
