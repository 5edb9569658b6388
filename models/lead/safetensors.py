"""Reads tensors of the safetensors format: 8 bytes of header length (little-endian), a JSON header of name -> {dtype,
shape, data_offsets}, then the tensors' bytes one after the other, without holes.

No file is trusted: what does not fit is a ValueError that names file, tensor and values. Only the tensors asked for are
read.
"""
import json
import math
import os
import reprlib
from dataclasses import dataclass

import numpy as np
import torch

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
MAX_JSON = 100_000_000  # bytes; the format's own bound for a header
DTYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}  # what numpy reads; BF16 is the upper half of an F32


@dataclass
class Entry:
    """One tensor of a file; start and end (exclusive) are bytes from the file's beginning."""
    dtype: str
    shape: tuple
    start: int
    end: int


def unique(pairs):
    """A dict of a JSON object's pairs; a name that comes twice is refused."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice")
    return made


def parse_json(raw, path):
    """The JSON object in the bytes `raw`, which come from the file `path`."""
    try:
        content = json.loads(raw.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: broken JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path}: {reprlib.repr(content)} is no JSON object")
    return content


def read_json(path):
    if not os.path.isfile(path):
        raise ValueError(f"{path}: no such file")
    if os.path.getsize(path) > MAX_JSON:
        raise ValueError(f"{path}: {os.path.getsize(path)} bytes are too long, at most {MAX_JSON}")
    with open(path, "rb") as file:
        return parse_json(file.read(), path)


def counts(value):
    """Whether a JSON value is a list of integers from 0 up."""
    return isinstance(value, list) and all(type(number) is int and number >= 0 for number in value)


def parse_entry(path, name, value, begin):
    """The Entry of a header's line; `begin`: where in the file the tensors' bytes begin."""
    where = f"{path}: tensor {reprlib.repr(name)}"
    if not isinstance(value, dict):
        raise ValueError(f"{where}: {reprlib.repr(value)} is no JSON object")
    dtype, shape, offsets = (value.get(key) for key in ("dtype", "shape", "data_offsets"))
    if dtype not in tuple(DTYPES):
        raise ValueError(f"{where}: dtype {reprlib.repr(dtype)} is none of {', '.join(DTYPES)}")
    if not counts(shape):
        raise ValueError(f"{where}: shape {reprlib.repr(shape)}")
    if not counts(offsets) or len(offsets) != 2:
        raise ValueError(f"{where}: data_offsets {reprlib.repr(offsets)}")
    size = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
    if offsets[1] - offsets[0] != size:
        raise ValueError(f"{where}: data_offsets {offsets} hold {offsets[1] - offsets[0]} bytes, "
                         f"{dtype} of shape {reprlib.repr(shape)} takes {size}")
    return Entry(dtype, tuple(shape), begin + offsets[0], begin + offsets[1])


def check_layout(path, entries, begin, size):
    """Refuses tensors that overlap, leave holes or do not end where the file ends."""
    at = begin
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].end)):
        if entry.start != at:
            raise ValueError(f"{path}: tensor {reprlib.repr(name)} begins at byte {entry.start}, not at {at}")
        at = entry.end
    if at != size:
        raise ValueError(f"{path}: the tensors end at byte {at}, the file at byte {size}")


def read_header(path):
    """The Entry of every tensor of a file, by name."""
    if not os.path.isfile(path):
        raise ValueError(f"{path}: no such file")
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(size - 8, MAX_JSON):
            raise ValueError(f"{path}: no header of {length} bytes in a file of {size}, at most {MAX_JSON}")
        header = parse_json(file.read(length), path)
    header.pop("__metadata__", None)
    entries = {name: parse_entry(path, name, value, 8 + length) for name, value in header.items()}
    check_layout(path, entries, 8 + length, size)
    return entries


def read_index(folder):
    """Path of every tensor's file, by the tensor's name."""
    path = os.path.join(folder, INDEX)
    shards = read_json(path).get("weight_map")
    if not isinstance(shards, dict):
        raise ValueError(f"{path}: weight_map is {reprlib.repr(shards)}")
    for name, shard in shards.items():
        plain = isinstance(shard, str) and os.path.basename(shard) == shard and shard.endswith(".safetensors")
        if not plain:
            raise ValueError(f"{path}: tensor {reprlib.repr(name)}: {reprlib.repr(shard)} names no file of the folder")
    return {name: os.path.join(folder, shard) for name, shard in shards.items()}


def read_tensor(path, name, entry):
    """A float32 tensor."""
    with open(path, "rb") as file:
        file.seek(entry.start)
        values = np.frombuffer(file.read(entry.end - entry.start), DTYPES[entry.dtype])
    if entry.dtype == "BF16":
        values = (values.astype(np.uint32) << 16).view(np.float32)
    if not np.isfinite(values).all():
        raise ValueError(f"{path}: tensor {name} holds NaN or infinity")
    return torch.from_numpy(values.astype(np.float32).reshape(entry.shape))


class Checkpoint:
    """The tensors of a folder with model.safetensors, or with the shards that model.safetensors.index.json lists."""

    def __init__(self, folder):
        self.folder = folder
        self.headers = {}
        single = os.path.join(folder, SINGLE)
        if os.path.exists(single):
            self.paths = dict.fromkeys(self.header(single), single)
        elif os.path.exists(os.path.join(folder, INDEX)):
            self.paths = read_index(folder)
        else:
            raise ValueError(f"{folder}: neither {SINGLE} nor {INDEX}")

    def header(self, path):
        if path not in self.headers:
            self.headers[path] = read_header(path)
        return self.headers[path]

    def read(self, name, shape):
        """The tensor `name` as float32; refused when it is absent or not of this shape."""
        if name not in self.paths:
            raise ValueError(f"{self.folder}: no tensor {name}")
        path = self.paths[name]
        entry = self.header(path).get(name)
        if entry is None:
            raise ValueError(f"{path}: no tensor {name}, though {INDEX} places it there")
        if entry.shape != tuple(shape):
            raise ValueError(f"{path}: tensor {name} has shape {list(entry.shape)}, expected {list(shape)}")
        return read_tensor(path, name, entry)
