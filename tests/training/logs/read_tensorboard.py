#!/usr/bin/env python3
"""Reads the event files of TensorBoard, without TensorBoard.

    read_tensorboard.py <file> ...                 prints "tag step value" for every number, in the order of the files
    read_tensorboard.py --program <command> ...    runs the command with a folder as its last argument, in which it
                                                   leaves event files, and compares them with what it prints

Every frame and every checksum must be right, the first record must name the version, and nothing may be left over.
The CRC is divided out bit by bit, unlike the library's.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile
import time


def crc32c(data):
    """The remainder of the polynomial division, bytes least significant bit first."""
    remainder = 0xFFFFFFFF
    for byte in data:
        for bit in range(8):
            carry = (remainder ^ byte >> bit) & 1
            remainder >>= 1
            if carry:
                remainder ^= 0x82F63B78
    return remainder ^ 0xFFFFFFFF


def require_crc(data, stored, what):
    crc = crc32c(data)
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    assert struct.pack("<I", masked) == stored, f"the checksum of {what} is {stored.hex()} instead of {masked:08x}"


def records(data):
    while data:
        assert len(data) >= 16, f"{len(data)} bytes are left over"
        (length,) = struct.unpack("<Q", data[:8])
        require_crc(data[:8], data[8:12], "a length")
        assert len(data) >= 16 + length, f"a record of {length} bytes is cut off"
        record = data[12:12 + length]
        require_crc(record, data[12 + length:16 + length], "a record")
        yield record
        data = data[16 + length:]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def fields(message):
    """{number: [values]} of a Protocol Buffers message; values are integers, or the bytes that are there."""
    found, at = {}, 0
    while at < len(message):
        key, at = varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == 0:
            value, at = varint(message, at)
        else:
            length = {1: 8, 5: 4}.get(wire_type)
            if wire_type == 2:
                length, at = varint(message, at)
            value, at = message[at:at + length], at + length
        assert at <= len(message), "a field is longer than its message"
        found.setdefault(number, []).append(value)
    return found


def numbers(path):
    """(tag, step, value) of all numbers of an event file."""
    first, *events = (fields(record) for record in records(path.read_bytes()))
    assert first.keys() == {1, 3} and first[3] == [b"brain.Event:2"], f"{path} begins with {first}"
    before = 0.0
    for event in [first] + events:
        (seconds,) = struct.unpack("<d", event[1][0])
        assert before <= seconds <= time.time(), f"an event of {path} is of the second {seconds}"
        before = seconds
    for event in events:
        assert event.keys() == {1, 2, 5}, event
        summary = fields(event[5][0])
        assert summary.keys() == {1}, summary
        for value in map(fields, summary[1]):
            assert value.keys() == {1, 2}, value
            yield value[1][0].decode(), event[2][0], struct.unpack("<f", value[2][0])[0]


def lines(paths):
    return [f"{tag} {step} {value:.9g}" for path in sorted(paths) for tag, step, value in numbers(path)]


def main():
    if sys.argv[1] != "--program":
        print("\n".join(lines(map(pathlib.Path, sys.argv[1:]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        expected = subprocess.run(sys.argv[2:] + [folder], check=True, stdout=subprocess.PIPE, text=True).stdout
        found = lines(pathlib.Path(folder).rglob("events.out.tfevents.*"))
    assert found, "there is no number"
    for ours, theirs in zip(found, expected.splitlines()):
        assert ours == theirs, f"read {ours!r}, expected {theirs!r}"
    assert len(found) == len(expected.splitlines()), f"read {len(found)} numbers, expected {expected.count(chr(10))}"
    print(len(found), "numbers as expected")


main()
