"""Prints name, shape and a sum over the bits of every tensor of a .safetensors file: read_safetensors.py <file>"""
import json
import sys

import numpy

with open(sys.argv[1], "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    numbers = file.read()
metadata = header.pop("__metadata__", {})
tensors = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    dtype = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}[entry["dtype"]]
    tensors[name] = numpy.frombuffer(numbers[begin:end], dtype).reshape(entry["shape"])
for name, values in sorted(tensors.items()):
    words = values.ravel().view(f"<u{values.itemsize}").astype("u8")
    print(name, values.shape, (words * numpy.arange(1, words.size + 1, dtype="u8")).sum())
