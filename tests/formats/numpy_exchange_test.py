#!/usr/bin/env python3
"""Exchanges .npy and .npz files with NumPy in both directions.

    numpy_exchange_test.py <command that runs numpy_exchange> ...

What NumPy saves must arrive in the library (which prints it) and, saved by the library, in NumPy again. Exit status 77:
skipped, for there is no NumPy.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import zipfile

try:
    import numpy
except ImportError:
    print("Skipped: this Python has no NumPy:", sys.executable)
    sys.exit(77)

TYPES = ("float32", "float64", "int32", "int64", "bool")
SHAPES = ((), (1,), (5,), (0,), (2, 3), (3, 0), (0, 3), (4, 1, 2), (2, 0, 3), (2, 3, 4), (2, 3, 1, 4), (1, 0, 1, 0))
VERSIONS = ((1, 0), (2, 0), (3, 0))

failures = 0


def check(condition, *text):
    global failures
    if not condition:
        failures += 1
        print("FAILED:", *text)


def values(type_name, shape, random):
    """Random numbers of the whole range, the special ones first."""
    size = int(numpy.prod(shape, dtype=int))
    if type_name == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if type_name.startswith("int"):
        limits = numpy.iinfo(type_name)
        x = random.integers(limits.min, limits.max, size, dtype=type_name, endpoint=True)
        special = [limits.min, limits.max]
    else:
        limits = numpy.finfo(type_name)
        with numpy.errstate(under="ignore"):
            x = (random.standard_normal(size) * 10.0 ** random.uniform(-30, 30, size)).astype(type_name)
        special = [numpy.nan, -0.0, numpy.inf, -numpy.inf, limits.max, limits.smallest_subnormal]
    x[: min(size, len(special))] = special[:size]
    return x.reshape(shape)


def laid_out(x, byte_order, axis_order):
    """The same numbers, in other bytes."""
    return numpy.array(x, dtype=x.dtype.newbyteorder(byte_order), order=axis_order)


def same(a, b):
    """Equal in dtype, shape and every number, the signs of zeros included."""
    if a.dtype != b.dtype or a.shape != b.shape or not numpy.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
        return False
    return a.dtype.kind != "f" or numpy.array_equal(numpy.signbit(a), numpy.signbit(b))


def readable_as(type_name):
    """The types as which all numbers of that dtype can be read."""
    return {
        "float32": ("float32", "float64"),
        "float64": ("float64",),
        "int32": ("int32", "int64", "float32", "float64"),
        "int64": ("int64", "float32", "float64"),
        "bool": TYPES,
    }[type_name]


class Jobs:
    """What the program is asked to do, and what must come of it."""

    def __init__(self):
        self.lines, self.expected = [], []

    def add(self, type_name, compression, file, arrays=None, error=None):
        """`arrays` by name, or the part of the error's text that must be there."""
        out = f"out{len(self.lines)}{os.path.splitext(file)[1]}"
        self.lines.append(f"{type_name} {compression} {file} {out}\n")
        self.expected.append((file, out, type_name, arrays, error))

    def run(self, command):
        result = subprocess.run(command, input="".join(self.lines).encode(), stdout=subprocess.PIPE, check=True)
        answers = result.stdout.decode().split("end\n")[:-1]
        check(len(answers) == len(self.lines), "expected", len(self.lines), "answers, got", len(answers))
        for answer, expected in zip(answers, self.expected):
            self.compare(answer.splitlines(), *expected)

    @staticmethod
    def compare(answer, file, out, type_name, arrays, error):
        if error is not None:
            check(len(answer) == 1 and answer[0].startswith("error|") and error in answer[0],
                  file, "as", type_name, "gave", answer, "without the error", error)
            check(not os.path.exists(out), file, "gave an error and a file")
            return
        printed = {}
        for line in answer:
            if line.startswith("error|"):
                check(False, file, "as", type_name, "gave", line)
                return
            name, shape, numbers = line.split("|", 2)
            kind = float if type_name.startswith("float") else int
            printed[name] = numpy.array([kind(n) for n in numbers.split()], type_name).reshape(eval(shape))
        loaded = numpy.load(out)
        if out.endswith(".npz"):
            with zipfile.ZipFile(out) as archive:
                check(archive.testzip() is None, out, "is damaged")
            loaded = dict(loaded)
        else:
            loaded = {"": loaded}
        for found, by in ((printed, "printed"), (loaded, "saved")):
            check(found.keys() == arrays.keys(), file, "as", type_name, by, list(found), "instead of", list(arrays))
            for name, x in arrays.items():
                check(name in found and same(found[name], x.astype(type_name)),
                      file, "as", type_name, by, found.get(name), "instead of", x.astype(type_name))
        check(all(x.flags.c_contiguous for x in loaded.values()), out, "is not in C order")


class Unseekable:
    """A stream, as a pipe is: archives that are written to it have data descriptors."""

    read = None  # by which NumPy knows a file from a name

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def add_npy(jobs, random):
    for type_name, shape in itertools.product(TYPES, SHAPES):
        x = values(type_name, shape, random)
        for layout in itertools.product("<>", "CF"):
            file = f"in{len(jobs.lines)}.npy"
            with open(file, "wb") as out:
                numpy.lib.format.write_array(out, laid_out(x, *layout), version=VERSIONS[len(jobs.lines) % 3])
            for target in readable_as(type_name) if layout == (">", "F") else (type_name,):
                jobs.add(target, "stored", file, {"": x})
    large = values("float64", (200, 300), random)
    numpy.save("large.npy", laid_out(large, ">", "F"))
    jobs.add("float64", "stored", "large.npy", {"": large})


def add_npz(jobs, random):
    for type_name in TYPES:
        shapes = {f"x{i}": shape for i, shape in enumerate(SHAPES)}
        arrays = {name: values(type_name, shape, random) for name, shape in shapes.items()}
        arrays["größe und Maß/a.npy"] = values(type_name, (2, 3), random)
        arrays["large"] = values(type_name, (200, 300), random)
        saved = {name: laid_out(x, "<>"[i % 2], "CF"[i // 2 % 2]) for i, (name, x) in enumerate(arrays.items())}
        files = [f"{type_name}_{kind}.npz" for kind in ("stored", "deflated", "stream", "deflated_stream")]
        numpy.savez(files[0], **saved)
        numpy.savez_compressed(files[1], **saved)
        with open(files[2], "wb") as out:
            numpy.savez(Unseekable(out), **saved)
        with open(files[3], "wb") as out:
            numpy.savez_compressed(Unseekable(out), **saved)
        for file, compression in itertools.product(files, ("stored", "deflated")):
            jobs.add(type_name, compression, file, arrays)
    mixed = {name: numpy.arange(6).reshape(2, 3).astype(name) % 2 for name in TYPES if name != "bool"}
    mixed["bool"] = numpy.array([True, False])
    numpy.savez("mixed.npz", **mixed)
    jobs.add("float64", "deflated", "mixed.npz", mixed)
    jobs.add("int32", "stored", "mixed.npz", error='array "float32": expected an array of dtype int32, int64 or bool')
    numpy.savez("empty.npz")
    for compression in ("stored", "deflated"):
        jobs.add("float32", compression, "empty.npz", {})


def add_refused(jobs):
    refused = {"half": (numpy.zeros(3, "float16"), '"<f2"'), "complex": (numpy.zeros(3, "complex128"), '"<c16"'),
               "unsigned": (numpy.zeros(3, "uint8"), '"|u1"'), "text": (numpy.array(["a", "bc"]), '"<U2"'),
               "object": (numpy.array([None, 1], object), '"|O"'), "time": (numpy.zeros(2, "M8[s]"), '"<M8[s]"'),
               "fields": (numpy.zeros(2, [("a", "f4"), ("b", "i8")]), "a structured one, \"[('a', '<f4')")}
    for name, (x, text) in refused.items():
        numpy.save(name, x)
        jobs.add("float64", "stored", name + ".npy", error=f"float32, float64, int32, int64 or bool, got {text}")
    with open("two.npy", "wb") as out:
        numpy.save(out, numpy.zeros(2))
        numpy.save(out, numpy.zeros(2))
    jobs.add("float64", "stored", "two.npy", error="only one array can be read")


def main():
    command = [os.path.abspath(word) if os.path.exists(word) else word for word in sys.argv[1:]]
    jobs, random = Jobs(), numpy.random.default_rng(20240607)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        add_npy(jobs, random)
        add_npz(jobs, random)
        add_refused(jobs)
        jobs.run(command)
        os.chdir(os.path.dirname(folder))
    print(len(jobs.lines), "files,", failures, "failures, NumPy", numpy.__version__)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
