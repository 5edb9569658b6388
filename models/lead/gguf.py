"""Reads GGUF files (version 2 and 3, little-endian), as llama.cpp writes them: key-value pairs, a table of tensors, and
their bytes, most of them quantised in blocks.

No file is trusted: what does not fit, and every type of tensor that is not in TYPES, is a ValueError that names file,
tensor and values. Only the tensors asked for are read.
"""
import math
import mmap
import os
import reprlib
import struct
from dataclasses import dataclass

import numpy as np
import torch

MAGIC, VERSIONS = b"GGUF", (2, 3)
MOST_KEYS, MOST_TENSORS, MOST_DIMENSIONS = 1 << 16, 1 << 16, 4
LONGEST_STRING, LONGEST_ARRAY = 1 << 24, 1 << 24
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9


# --- blocks: bytes [count, size] -> float32 [count, length] -----------------------------------------


def halves(raw):
    """float32 of little-endian float16 bytes [count, 2 k]: [count, k]."""
    return np.ascontiguousarray(raw).view("<f2").astype(np.float32)


def nibbles(raw):
    """The low halves of bytes [..., k], then the high ones: [..., 2 k]."""
    return np.concatenate([raw & 15, raw >> 4], -1)


def of_q4_0(raw):
    return halves(raw[:, :2]) * (nibbles(raw[:, 2:]).astype(np.float32) - 8)


def of_q4_1(raw):
    scale, least = np.split(halves(raw[:, :4]), 2, 1)
    return scale * nibbles(raw[:, 4:]) + least


def fives(packed):
    """Values of five bits [count, 32] of 4 bytes with the fifth bits, then 16 of nibbles."""
    fifth = np.unpackbits(np.ascontiguousarray(packed[:, :4]), axis=1, bitorder="little")
    return (nibbles(packed[:, 4:]) | fifth << 4).astype(np.float32)


def of_q5_0(raw):
    return halves(raw[:, :2]) * (fives(raw[:, 2:]) - 16)


def of_q5_1(raw):
    scale, least = np.split(halves(raw[:, :4]), 2, 1)
    return scale * fives(raw[:, 4:]) + least


def of_q8_0(raw):
    return halves(raw[:, :2]) * np.ascontiguousarray(raw[:, 2:]).view(np.int8)


def six_bits(raw):
    """Scales and least values [count, 8] each, packed in 12 bytes: four of six bits whole, the upper two bits of the other
    four in the first ones' bytes."""
    first, second, rest = raw[:, :4], raw[:, 4:8], raw[:, 8:12]
    scales = np.concatenate([first & 63, (rest & 15) | (first >> 6 << 4)], 1)
    least = np.concatenate([second & 63, (rest >> 4) | (second >> 6 << 4)], 1)
    return scales.astype(np.float32), least.astype(np.float32)


def of_q4_k(raw):
    """Eight parts of 32 values, two to each 32 bytes."""
    outer, outer_least = np.split(halves(raw[:, :4]), 2, 1)
    scales, least = six_bits(raw[:, 4:16])
    values = nibbles(raw[:, 16:].reshape(-1, 4, 32)).reshape(-1, 8, 32)
    return ((outer * scales)[..., None] * values - (outer_least * least)[..., None]).reshape(-1, 256)


def of_q6_k(raw):
    """Two halves of 128 values: 64 bytes of low halves, 32 of upper two bits, eight scales of 16 values each."""
    low, high = raw[:, :128].reshape(-1, 2, 64), raw[:, 128:192].reshape(-1, 2, 1, 32)
    scales = np.ascontiguousarray(raw[:, 192:208]).view(np.int8).reshape(-1, 2, 8, 1)
    upper = np.concatenate([high >> shift & 3 for shift in (0, 2, 4, 6)], 2).reshape(-1, 2, 128)
    values = (nibbles(low) | upper << 4).astype(np.float32) - 32
    return (halves(raw[:, 208:])[..., None, None] * scales * values.reshape(-1, 2, 8, 16)).reshape(-1, 256)


def of_bf16(raw):
    return (np.ascontiguousarray(raw).view("<u2").astype(np.uint32) << 16).view(np.float32)


@dataclass
class Type:
    """A type of tensors: its name, values and bytes of a block, what makes values of bytes."""
    name: str
    length: int
    size: int
    values: object


TYPES = {0: Type("F32", 1, 4, lambda raw: np.ascontiguousarray(raw).view("<f4")), 1: Type("F16", 1, 2, halves),
         2: Type("Q4_0", 32, 18, of_q4_0), 3: Type("Q4_1", 32, 20, of_q4_1), 6: Type("Q5_0", 32, 22, of_q5_0),
         7: Type("Q5_1", 32, 24, of_q5_1), 8: Type("Q8_0", 32, 34, of_q8_0), 12: Type("Q4_K", 256, 144, of_q4_k),
         14: Type("Q6_K", 256, 210, of_q6_k), 30: Type("BF16", 1, 2, of_bf16)}


# --- the file ---------------------------------------------------------------------------------------


@dataclass
class Entry:
    """One tensor: shape with the longest-lived dimension first, as torch has it; start in bytes from the file's begin."""
    kind: Type
    shape: tuple
    start: int
    size: int


class Cursor:
    """Reads a file's bytes in order; every read that would go beyond the end is refused."""

    def __init__(self, path, data):
        self.path, self.data, self.at = path, data, 0

    def fail(self, what):
        raise ValueError(f"{self.path}: byte {self.at}: {what}")

    def take(self, size):
        if size > len(self.data) - self.at:
            self.fail(f"{size} more bytes should be here, the file has {len(self.data) - self.at}")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def count(self, most, what):
        value = self.number("<Q")
        if value > most:
            self.fail(f"{value} {what}, at most {most} are read")
        return value

    def string(self):
        raw = self.take(self.count(LONGEST_STRING, "bytes of a text"))
        try:
            return bytes(raw).decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"{self.path}: byte {self.at}: a text that is no UTF-8") from error

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            return self.array()
        if kind not in SCALARS:
            self.fail(f"a value of type {kind}, which is none")
        return self.number(SCALARS[kind])

    def array(self):
        """A list; one of numbers is not unpacked, as nothing asks for any."""
        kind = self.number("<I")
        count = self.count(LONGEST_ARRAY, "values of an array")
        if kind == ARRAY:
            self.fail("an array of arrays, which is not read")
        if kind in SCALARS:
            return self.take(count * struct.calcsize(SCALARS[kind]))
        return [self.value(kind) for _ in range(count)]


def read_keys(cursor, count):
    keys = {}
    for _ in range(count):
        name = cursor.string()
        if name in keys:
            cursor.fail(f"the key {reprlib.repr(name)} comes twice")
        keys[name] = cursor.value(cursor.number("<I"))
    return keys


def read_entry(cursor):
    """(name, Entry) whose start counts from where the tensors' bytes begin."""
    name = cursor.string()
    dimensions = cursor.number("<I")
    if not 0 < dimensions <= MOST_DIMENSIONS:
        cursor.fail(f"tensor {reprlib.repr(name)} of {dimensions} dimensions")
    shape = tuple(cursor.number("<Q") for _ in range(dimensions))[::-1]
    number = cursor.number("<I")
    kind = TYPES.get(number)
    if kind is None:
        cursor.fail(f"tensor {reprlib.repr(name)} is of type {number}; known are "
                    f"{', '.join(known.name for known in TYPES.values())}")
    if shape[-1] % kind.length or not all(shape):
        cursor.fail(f"tensor {reprlib.repr(name)}: rows of {shape[-1]} are no whole blocks of {kind.length} of {kind.name}")
    size = math.prod(shape) // kind.length * kind.size
    return name, Entry(kind, shape, cursor.number("<Q"), size)


def read_entries(cursor, count, alignment):
    entries = {}
    for _ in range(count):
        name, entry = read_entry(cursor)
        if name in entries:
            cursor.fail(f"the tensor {reprlib.repr(name)} comes twice")
        entries[name] = entry
    begin = -(-cursor.at // alignment) * alignment
    for name, entry in entries.items():
        entry.start += begin
        if entry.start % alignment or entry.start + entry.size > len(cursor.data):
            raise ValueError(f"{cursor.path}: tensor {reprlib.repr(name)}: its {entry.size} bytes from {entry.start} on are not all "
                             f"in the file's {len(cursor.data)}, or do not begin at a multiple of {alignment}")
    return entries


def alignment_of(cursor, keys):
    alignment = keys.get("general.alignment", 32)
    if type(alignment) is not int or not 0 < alignment <= 1 << 20 or alignment & (alignment - 1):
        cursor.fail(f"general.alignment is {reprlib.repr(alignment)}, no power of two up to {1 << 20}")
    return alignment


class File:
    """`keys`: what the file says of itself; `entries`: its tensors by name."""

    def __init__(self, path):
        self.path = path
        if not os.path.isfile(path):
            raise ValueError(f"{path}: no such file")
        if os.path.getsize(path) == 0:
            raise ValueError(f"{path}: is empty")
        with open(path, "rb") as file:
            self.data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        cursor = Cursor(path, self.data)
        magic, version = bytes(cursor.take(4)), cursor.number("<I")
        if magic != MAGIC or version not in VERSIONS:
            raise ValueError(f"{path}: begins with {magic!r} and version {version}; a GGUF file of version 2 or 3 is read")
        tensors, keys = cursor.count(MOST_TENSORS, "tensors"), cursor.count(MOST_KEYS, "keys")
        self.keys = read_keys(cursor, keys)
        self.entries = read_entries(cursor, tensors, alignment_of(cursor, self.keys))

    def read(self, name, shape):
        """The tensor `name` as float32; refused when it is absent, not of this shape or not finite."""
        entry = self.entries.get(name)
        if entry is None:
            raise ValueError(f"{self.path}: no tensor {name}")
        if entry.shape != tuple(shape):
            raise ValueError(f"{self.path}: tensor {name} has shape {list(entry.shape)}, expected {list(shape)}")
        raw = np.frombuffer(self.data[entry.start:entry.start + entry.size], np.uint8).reshape(-1, entry.kind.size)
        with np.errstate(all="ignore"):  # what is not finite is refused below
            values = entry.kind.values(raw)
        if not np.isfinite(values).all():
            raise ValueError(f"{self.path}: tensor {name} holds NaN or infinity")
        return torch.from_numpy(np.array(values, dtype=np.float32).reshape(entry.shape))
