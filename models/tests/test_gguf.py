"""GGUF files: every type of block against plain arithmetic, what is refused, a language model's layers from a file."""
import os
import struct
import tempfile
import unittest

import numpy as np
import torch

from models import backbone
from models.lead import gguf, gguf_llm, pretrained, qwen2
from models.tests import qwen2_files, qwen2_numpy

KINDS = {kind.name: number for number, kind in gguf.TYPES.items()}


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def key(name, value):
    """A key and its value: a text, a whole number or a float."""
    if isinstance(value, str):
        return text(name) + struct.pack("<I", gguf.STRING) + text(value)
    if isinstance(value, list):
        return text(name) + struct.pack("<IIQ", gguf.ARRAY, gguf.STRING, len(value)) + b"".join(map(text, value))
    form, kind = ("<If", 6) if isinstance(value, float) else ("<II", 4)
    return text(name) + struct.pack(form, kind, value)


def file_bytes(keys, tensors, version=3):
    """A file of tensors {name: (type's name, shape, bytes)}."""
    entries, body = b"", b""
    for name, (kind, shape, raw) in tensors.items():
        body += b"\0" * (-len(body) % 32)
        entries += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", size) for size in shape[::-1])
        entries += struct.pack("<IQ", KINDS[kind] if isinstance(kind, str) else kind, len(body))
        body += raw
    head = gguf.MAGIC + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(key(*item) for item in keys.items()) + entries
    return head + b"\0" * (-len(head) % 32) + body


class Files(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.path = os.path.join(kept.name, "model.gguf")

    def write(self, content):
        with open(self.path, "wb") as file:
            file.write(content)
        return self.path

    def refused(self, pattern, content=None):
        with self.assertRaisesRegex(ValueError, pattern) as caught:
            gguf.File(self.write(content) if content is not None else self.path)
        self.assertIn(self.path, str(caught.exception))


# --- blocks, value by value, as llama.cpp's documentation has them -----------------------------------


def half(raw):
    return float(np.frombuffer(bytes(raw), "<f2")[0])


def plain_q4_0(raw):
    return [half(raw[:2]) * ((raw[2 + i % 16] >> (4 * (i // 16)) & 15) - 8) for i in range(32)]


def plain_q4_1(raw):
    return [half(raw[:2]) * (raw[4 + i % 16] >> (4 * (i // 16)) & 15) + half(raw[2:4]) for i in range(32)]


def five(low, fifths, i):
    """Value i of 16 bytes of nibbles and 4 of fifth bits."""
    return low[i % 16] >> 4 * (i // 16) & 15 | (fifths[i // 8] >> i % 8 & 1) << 4


def plain_q5_0(raw):
    return [half(raw[:2]) * (five(raw[6:], raw[2:6], i) - 16) for i in range(32)]


def plain_q5_1(raw):
    return [half(raw[:2]) * five(raw[8:], raw[4:8], i) + half(raw[2:4]) for i in range(32)]


def plain_q8_0(raw):
    return [half(raw[:2]) * (raw[2 + i] - 256 * (raw[2 + i] > 127)) for i in range(32)]


def plain_q4_k(raw):
    packed, values = raw[4:16], []
    for i in range(256):
        part = i // 32
        if part < 4:
            scale, least = packed[part] & 63, packed[part + 4] & 63
        else:
            scale = packed[part + 4] & 15 | packed[part - 4] >> 6 << 4
            least = packed[part + 4] >> 4 | packed[part] >> 6 << 4
        byte = raw[16 + 32 * (part // 2) + i % 32]
        values.append(half(raw[:2]) * scale * (byte >> 4 * (part % 2) & 15) - half(raw[2:4]) * least)
    return values


def plain_q6_k(raw):
    values = []
    for i in range(256):
        side, within = divmod(i, 128)
        quarter, place = divmod(within, 32)
        low = raw[64 * side + 32 * (quarter % 2) + place] >> 4 * (quarter // 2) & 15
        high = raw[128 + 32 * side + place] >> 2 * quarter & 3
        scale = raw[192 + i // 16]
        values.append(half(raw[208:]) * (scale - 256 * (scale > 127)) * ((low | high << 4) - 32))
    return values


PLAIN = {"Q4_0": plain_q4_0, "Q4_1": plain_q4_1, "Q5_0": plain_q5_0, "Q5_1": plain_q5_1, "Q8_0": plain_q8_0, "Q4_K": plain_q4_k,
         "Q6_K": plain_q6_k}


def random_blocks(kind, count, rng):
    """Bytes of `count` blocks of a type; their 16-bit floats are finite."""
    raw = rng.integers(256, size=(count, gguf.TYPES[KINDS[kind]].size), dtype=np.uint8)
    scales = {"Q4_0": (0,), "Q4_1": (0, 2), "Q5_0": (0,), "Q5_1": (0, 2), "Q8_0": (0,), "Q4_K": (0, 2), "Q6_K": (208,)}[kind]
    for at in scales:
        raw[:, at:at + 2] = rng.normal(size=(count, 1)).astype("<f2").view(np.uint8)
    return raw.tobytes()


class Blocks(Files):
    def test_against_plain_arithmetic(self):
        rng = np.random.default_rng(1)
        for kind, plain in PLAIN.items():
            with self.subTest(kind):
                known = gguf.TYPES[KINDS[kind]]
                raw = random_blocks(kind, 6, rng)
                file = gguf.File(self.write(file_bytes({}, {"x": (kind, (3, 2 * known.length), raw)})))
                wanted = [value for at in range(0, len(raw), known.size) for value in plain(raw[at:at + known.size])]
                found = file.read("x", (3, 2 * known.length))
                self.assertEqual(found.dtype, torch.float32)
                np.testing.assert_allclose(found.flatten(), wanted, rtol=1e-5, atol=1e-6)

    def test_floats(self):
        values = np.array([[1.5, -2.0, 0.25], [3.0, 0.0, -8.0]], np.float32)
        raws = {"F32": values.tobytes(), "F16": values.astype("<f2").tobytes(), "BF16": qwen2_files.to_bits(values).tobytes()}
        file = gguf.File(self.write(file_bytes({}, {kind: (kind, (2, 3), raw) for kind, raw in raws.items()}, version=2)))
        for kind in raws:
            np.testing.assert_array_equal(file.read(kind, (2, 3)), values)

    def test_what_is_not_finite_is_refused(self):
        file = gguf.File(self.write(file_bytes({}, {"x": ("F16", (1,), b"\0\x7c")})))
        with self.assertRaisesRegex(ValueError, "tensor x holds NaN or infinity"):
            file.read("x", (1,))


class Refused(Files):
    def setUp(self):
        super().setUp()
        self.good = file_bytes({"a": "b", "list": ["c", "d"], "n": 3}, {"x": ("Q4_0", (2, 32), bytes(36)), "y": ("F32", (1,), bytes(4))})

    def test_every_length_too_short(self):
        gguf.File(self.write(self.good))
        for length in range(len(self.good)):
            with self.assertRaises(ValueError):
                gguf.File(self.write(self.good[:length]))

    def test_every_byte_wrong(self):
        """Understood or refused with a message, whatever byte is another one."""
        for at in range(len(self.good)):
            for value in (0, 1, 127, 255):
                try:
                    file = gguf.File(self.write(self.good[:at] + bytes([value]) + self.good[at + 1:]))
                    file.read("x", (2, 32))
                except ValueError as error:
                    self.assertIn(self.path, str(error))

    def test_messages(self):
        self.refused("no such file")
        self.refused("is empty", b"")
        self.refused(r"begins with b'ggml' and version 3", b"ggml" + self.good[4:])
        self.refused(r"version 9; a GGUF file of version 2 or 3", gguf.MAGIC + b"\x09" + self.good[5:])
        self.refused(r"tensor 'x' is of type 10; known are F32", file_bytes({}, {"x": (10, (256,), bytes(84))}))
        self.refused(r"rows of 33 are no whole blocks of 32 of Q4_0", file_bytes({}, {"x": ("Q4_0", (33,), bytes(36))}))
        self.refused(r"tensor 'x': its 36 bytes from", file_bytes({}, {"x": ("Q4_0", (64,), bytes(20))}))
        self.refused(r"general.alignment is 3, no power of two", file_bytes({"general.alignment": 3}, {}))
        file = gguf.File(self.write(self.good))
        with self.assertRaisesRegex(ValueError, "no tensor z"):
            file.read("z", (1,))
        with self.assertRaisesRegex(ValueError, r"tensor x has shape \[2, 32\], expected \[64\]"):
            file.read("x", (64,))


# --- a language model -------------------------------------------------------------------------------

SIZES = {"embedding_length": 16, "block_count": 2, "attention.head_count": 4, "attention.head_count_kv": 2, "feed_forward_length": 24,
         "attention.layer_norm_rms_epsilon": 1e-2, "rope.freq_base": 50.0}
NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down"}


def in_turn(weight, heads):
    """A head's rows as Llama's files have them: the two that are turned together one after the other."""
    rows = weight.shape[0] // heads
    order = [head * rows + half * rows // 2 + place for head in range(heads) for place in range(rows // 2) for half in (0, 1)]
    return weight[order]


def model_bytes(kind, arrays, **changes):
    """The file of a model whose arrays have the names of safetensors files; Llama's have no biases."""
    tensors = {"output_norm.weight": ("F32", (16,), arrays["model.norm.weight"].astype("<f4").tobytes())}
    for name, array in arrays.items():
        if not name.startswith("model.layers.") or kind == "llama" and name.endswith(".bias"):
            continue
        index, part = name.removeprefix("model.layers.").split(".", 1)
        ours, end = part.rsplit(".", 1)
        if kind == "llama" and ours.endswith(("q_proj", "k_proj")):
            array = in_turn(array, 4 if ours.endswith("q_proj") else 2)
        tensors[f"blk.{index}.{NAMES[ours]}.{end}"] = ("F32", array.shape, array.astype("<f4").tobytes())
    keys = {"general.architecture": kind, **{f"{kind}.{name}": value for name, value in {**SIZES, **changes}.items()}}
    return file_bytes(keys, tensors)


class Models(Files):
    def setUp(self):
        super().setUp()
        self.arrays = qwen2_files.weights()

    def test_same_model_as_from_safetensors(self):
        folder = os.path.dirname(self.path)
        qwen2_files.write(folder, "config.json", qwen2_files.CONFIG)
        qwen2_files.write(folder, "model.safetensors", qwen2_files.file_bytes(self.arrays, "F32"))
        config, state, _ = pretrained.read(folder)
        found_config, found = gguf_llm.read(self.write(model_bytes("qwen2", self.arrays)))
        for name in ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size", "rope_theta"):
            self.assertEqual(getattr(found_config, name), getattr(config, name))
        self.assertEqual(sorted(found), sorted(state))
        for name, tensor in state.items():
            np.testing.assert_array_equal(found[name], tensor, name)

    def test_llama_computes_what_plain_arithmetic_does(self):
        arrays = {name: np.zeros_like(array) if name.endswith(".bias") else array for name, array in self.arrays.items()}
        config, state = gguf_llm.read(self.write(model_bytes("llama", self.arrays)))
        layers = qwen2.Backbone(config, 0)
        qwen2.load_frozen(layers, state)
        x = np.random.default_rng(2).normal(size=(2, 5, 16)).astype(np.float32)
        wanted = np.stack([qwen2_numpy.decode(each, arrays, qwen2_files.CONFIG) for each in x])
        with torch.no_grad():
            np.testing.assert_allclose(layers(torch.from_numpy(x)), wanted, atol=1e-4)

    def test_first_layers(self):
        self.write(model_bytes("llama", self.arrays))
        made = {"name": "tiny", "model": {"backbone": "llama-tiny", "backbone_layers": 1}}
        config, state = backbone.load(made, self.path)
        self.assertEqual(config["model"]["qwen2"]["num_hidden_layers"], 1)
        self.assertEqual(list(config["backbone_sha256"]), ["model.gguf"])
        self.assertFalse([name for name in state if name.startswith("layers.1.")])
        for wrong in (0, 3, "1"):
            made["model"]["backbone_layers"] = wrong
            with self.assertRaisesRegex(SystemExit, "\"backbone_layers\" is"):
                backbone.load(made, self.path)

    def test_what_our_layers_do_not_compute_is_refused(self):
        for changes, pattern in (({"rope.scaling.type": "yarn"}, "stretched positions"), ({"rope.dimension_count": 2}, "head_dim is 2"),
                                 ({"attention.head_count": 3}, "num_attention_heads is 3"), ({"block_count": 3}, "no tensor blk.2"),
                                 ({"feed_forward_length": 25}, "expected")):
            with self.subTest(pattern), self.assertRaisesRegex(ValueError, pattern):
                gguf_llm.read(self.write(model_bytes("llama", self.arrays, **changes)))
        with self.assertRaisesRegex(ValueError, "general.architecture is 'gemma'"):
            gguf_llm.read(self.write(file_bytes({"general.architecture": "gemma"}, {})))


if __name__ == "__main__":
    unittest.main()
