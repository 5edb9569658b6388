"""A language model's layers from a GGUF file, for models.lead.qwen2: Qwen2's, and Llama's, which are Qwen2's without biases.

Embedding and output layer are not read. Whatever our layers do not compute is refused.
"""
import reprlib

import torch

from models.lead import gguf
from models.lead.pretrained import check_heads, read_number, read_size
from models.lead.qwen2 import Qwen2Config

ARCHITECTURES = ("llama", "qwen2")
SIZES = {"hidden_size": "embedding_length", "num_hidden_layers": "block_count", "num_attention_heads": "attention.head_count",
         "num_key_value_heads": "attention.head_count_kv", "intermediate_size": "feed_forward_length"}
NORMS = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
ATTENTION = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v"}
FEED_FORWARD = {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}
STRETCHES = ("rope.scaling.type", "rope.scaling.factor", "rope.scale_linear")  # of positions


def read_config(file):
    """(architecture, Qwen2Config)."""
    kind = file.keys.get("general.architecture")
    if kind not in ARCHITECTURES:
        raise ValueError(f"{file.path}: general.architecture is {reprlib.repr(kind)}, known are {', '.join(ARCHITECTURES)}")
    keys = {key.removeprefix(f"{kind}."): value for key, value in file.keys.items() if key.startswith(f"{kind}.")}
    for key in STRETCHES:
        if keys.get(key) not in (None, "none", 1.0):
            raise ValueError(f"{file.path}: {kind}.{key} is {reprlib.repr(keys[key])}: stretched positions are not known")
    keys.setdefault("attention.head_count_kv", keys.get("attention.head_count"))
    keys.setdefault("rope.freq_base", 10000.0)
    sizes = {name: read_size(file.path, keys, key) for name, key in SIZES.items()}
    config = Qwen2Config(**sizes, rope_theta=read_number(file.path, keys, "rope.freq_base"),
                         rms_norm_eps=read_number(file.path, keys, "attention.layer_norm_rms_epsilon"))
    check_heads(file.path, config, keys.get("rope.dimension_count"))
    if "rope_freqs.weight" in file.entries:
        raise ValueError(f"{file.path}: rope_freqs.weight: stretched positions are not known")
    return kind, config


def halves_apart(weight, heads):
    """Rows of each head in the order that our rotation takes: first what is turned as the real parts, then the imaginary ones.
    Llama's GGUF files have them in turn."""
    return weight.view(heads, -1, 2, weight.size(1)).transpose(1, 2).reshape(weight.shape)


def read_attention(file, kind, config, block):
    """The weights and biases of queries, keys and values of a layer, by the names of qwen2.Attention."""
    width = config.hidden_size
    narrow = width // config.num_attention_heads * config.num_key_value_heads
    state = {}
    for ours, theirs in ATTENTION.items():
        rows = width if ours == "q_proj" else narrow
        weight, bias = file.read(f"{block}.{theirs}.weight", (rows, width)), torch.zeros(rows)
        if f"{block}.{theirs}.bias" in file.entries:
            bias = file.read(f"{block}.{theirs}.bias", (rows,))
        elif kind == "qwen2":
            raise ValueError(f"{file.path}: no tensor {block}.{theirs}.bias")
        if kind == "llama" and ours != "v_proj":
            heads = config.num_attention_heads if ours == "q_proj" else config.num_key_value_heads
            weight, bias = halves_apart(weight, heads), halves_apart(bias[:, None], heads)[:, 0]
        state.update({f"{ours}.weight": weight, f"{ours}.bias": bias})
    state["o_proj.weight"] = file.read(f"{block}.attn_output.weight", (width, width))
    return state


def read_layer(file, kind, config, index):
    block, width, inner = f"blk.{index}", config.hidden_size, config.intermediate_size
    state = {f"{ours}.weight": file.read(f"{block}.{theirs}.weight", (width,)) for ours, theirs in NORMS.items()}
    for name, tensor in read_attention(file, kind, config, block).items():
        state[f"self_attn.{name}"] = tensor
    for ours, theirs in FEED_FORWARD.items():
        shape = (width, inner) if ours == "down_proj" else (inner, width)
        state[f"mlp.{ours}.weight"] = file.read(f"{block}.{theirs}.weight", shape)
    return {f"layers.{index}.{name}": tensor for name, tensor in state.items()}


def read(path):
    """(Qwen2Config, weights by the names of qwen2.Backbone)."""
    file = gguf.File(path)
    kind, config = read_config(file)
    state = {"norm.weight": file.read("output_norm.weight", (config.hidden_size,))}
    for index in range(config.num_hidden_layers):
        state.update(read_layer(file, kind, config, index))
    return config, state
