#!/usr/bin/env python3
"""Writes windows.json, against which tests/data/windows_test.cpp proves how a series is cut into windows.

    generate_windows.py [--output DIR]    writes the file (default: beside this script)
    generate_windows.py --check           compares what it would write with what is there; exit status 1 if they differ

The windows are NumPy's: a matrix of row numbers, by which the series is indexed. Value `row`, `feature` of a series is
100 row + feature. Inputs are stored as (time, batch, features), targets as (1, batch, features).
"""

import argparse
import json
import pathlib
import sys

import numpy as np


def windows(rows, features, part, lookback, horizon, stride, targets, inputs, known_future, sampling_step, gap,
            include_input):
    series = 100.0 * np.arange(rows)[:, None] + np.arange(features)[None, :]
    free = [f for f in range(features) if f not in known_future]
    inputs, targets = inputs or free, targets or free
    # Row numbers relative to the first target row.
    past = -(gap + 1) * sampling_step - sampling_step * np.arange(lookback)[::-1]
    future = sampling_step * np.arange(horizon)
    candidates = np.arange(part[0], part[1])
    is_whole = (candidates + past[0] >= 0) & (candidates + future[-1] < part[1])
    first_targets = candidates[is_whole][::stride]
    past_rows = first_targets[None, :] + past[:, None]
    known_rows = past_rows + (gap + horizon) * sampling_step
    x = np.concatenate([series[past_rows][:, :, inputs], series[known_rows][:, :, known_future]], axis=2)
    target_rows = first_targets[None, :] + (np.concatenate([past, future]) if include_input else future)[:, None]
    target = series[target_rows][:, :, targets].transpose(1, 0, 2).reshape(1, len(first_targets), len(target_rows) * len(targets))
    return first_targets, x, target


def cases():
    random = np.random.default_rng(5)
    listed = []
    while len(listed) < 24:
        features = int(random.integers(1, 5))
        rows = int(random.integers(12, 40))
        begin = int(random.integers(0, rows // 2))
        pick = lambda chance: [int(f) for f in random.permutation(features)[: random.integers(1, features + 1)]
                               ] if random.random() < chance else []
        known = pick(0.4) if features > 1 else []
        if len(known) == features:
            continue
        horizon = int(random.integers(1, 5))
        options = {
            "lookback": int(random.integers(horizon if known else 1, 8)),
            "horizon": horizon,
            "stride": int(random.integers(1, 4)),
            "targets": pick(0.5),
            "inputs": pick(0.5),
            "known_future": known,
            "sampling_step": int(random.integers(1, 4)),
            "gap": int(random.integers(0, 3)),
            "include_input": bool(random.random() < 0.3),
        }
        part = [begin, int(random.integers(rows // 2, rows + 1))]
        first_targets, x, target = windows(rows, features, part, **options)
        if len(first_targets) == 0:
            continue
        listed.append({"rows": rows, "features": features, "part": part, "options": options,
                       "first_targets": first_targets.tolist(),
                       "x": {"shape": list(x.shape), "values": x.ravel().astype(int).tolist()},
                       "target": {"shape": list(target.shape), "values": target.ravel().astype(int).tolist()}})
    return listed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--output", type=pathlib.Path, default=folder)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = '{"cases": [\n' + ",\n".join(json.dumps(case) for case in cases()) + "\n]}\n"
    if options.check:
        sys.exit(0 if (folder / "windows.json").read_text() == text else "windows.json differs")
    (options.output / "windows.json").write_text(text)


if __name__ == "__main__":
    main()
