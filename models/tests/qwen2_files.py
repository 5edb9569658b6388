"""Writes tiny random Qwen2 checkpoints in the published format."""
import json
import os

import numpy as np

CONFIG = {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_act": "silu", "hidden_size": 16,
          "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 24,
          "rms_norm_eps": 1e-2, "rope_theta": 50.0, "use_sliding_window": False, "sliding_window": 8,
          "tie_word_embeddings": True, "torch_dtype": "bfloat16", "vocab_size": 11}
WIDTHS = {"q_proj": 16, "k_proj": 8, "v_proj": 8}


def weights(seed=1):
    """Arrays by their names in the file, each exactly a BF16; the embedding, which nobody may read, is all NaN."""
    rng = np.random.default_rng(seed)
    made = {"model.embed_tokens.weight": np.full((11, 16), np.nan), "model.norm.weight": 1 + 0.3 * rng.normal(size=16)}
    for layer in ("model.layers.0", "model.layers.1"):
        for name in ("input_layernorm", "post_attention_layernorm"):
            made[f"{layer}.{name}.weight"] = 1 + 0.3 * rng.normal(size=16)
        for name, width in WIDTHS.items():
            made[f"{layer}.self_attn.{name}.weight"] = 0.3 * rng.normal(size=(width, 16))
            made[f"{layer}.self_attn.{name}.bias"] = 0.3 * rng.normal(size=width)
        made[f"{layer}.self_attn.o_proj.weight"] = 0.3 * rng.normal(size=(16, 16))
        for name, shape in {"gate_proj": (24, 16), "up_proj": (24, 16), "down_proj": (16, 24)}.items():
            made[f"{layer}.mlp.{name}.weight"] = 0.3 * rng.normal(size=shape)
    return {name: from_bits(to_bits(array)) for name, array in made.items()}


def to_bits(array):
    """BF16 as uint16: the upper half of the float32, cut off."""
    return (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def from_bits(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


ENCODE = {"BF16": lambda array: to_bits(array).astype("<u2"), "F16": lambda array: array.astype("<f2"),
          "F32": lambda array: array.astype("<f4")}


def file_bytes(arrays, dtype="BF16", metadata=True):
    """A safetensors file's bytes."""
    header, body = {"__metadata__": {"format": "pt"}} if metadata else {}, b""
    for name, array in arrays.items():
        raw = ENCODE[dtype](array).tobytes()
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    return with_header(json.dumps(header).encode(), body)


def with_header(header, body):
    return len(header).to_bytes(8, "little") + header + body


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else json.dumps(content).encode())


def write_single(folder, arrays, config=CONFIG):
    """config.json and model.safetensors."""
    write(folder, "config.json", config)
    write(folder, "model.safetensors", file_bytes(arrays))


def write_sharded(folder, arrays, config=CONFIG):
    """config.json, two shards and their index."""
    write(folder, "config.json", config)
    shards = {name: f"model-{1 + i % 2:05d}-of-00002.safetensors" for i, name in enumerate(arrays)}
    for shard in set(shards.values()):
        write(folder, shard, file_bytes({name: arrays[name] for name in arrays if shards[name] == shard}))
    write(folder, "model.safetensors.index.json", {"metadata": {"total_size": 1}, "weight_map": shards})
