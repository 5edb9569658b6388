"""Qwen2 weights from a folder as they are published: config.json and safetensors files."""
import os
import reprlib

from models.lead import safetensors
from models.lead.qwen2 import Qwen2Config

SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size")
MAX_SIZE = 1 << 20
WANTED = {"model_type": "qwen2", "hidden_act": "silu"}


def refuse(path, key, value, why):
    raise ValueError(f"{path}: {key} is {reprlib.repr(value)}, {why}")


def read_size(path, content, key):
    value = content.get(key)
    if type(value) is not int or not 0 < value <= MAX_SIZE:
        refuse(path, key, value, f"not an integer from 1 to {MAX_SIZE}")
    return value


def read_number(path, content, key):
    value = content.get(key)
    if type(value) not in (int, float) or not 0 < value < 1e12:
        refuse(path, key, value, "not a number above 0")
    return float(value)


def read_theta(path, content):
    """The rotary base; newer files keep it in "rope_parameters". Stretched positions (YaRN and others) are refused."""
    rope = content.get("rope_parameters") or content.get("rope_scaling") or {}
    if not isinstance(rope, dict):
        refuse(path, "rope_parameters", rope, "no JSON object")
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default":
        refuse(path, "rope_type", kind, "only \"default\" is known")
    return read_number(path, {**content, **rope}, "rope_theta")


def check_heads(path, config, head_dim):
    """Refuses sizes that do not fit each other; head_dim: what the file says of it, or None."""
    heads = config.num_attention_heads
    width = config.hidden_size // heads
    if config.hidden_size % heads or width % 2:
        refuse(path, "num_attention_heads", heads, f"hidden_size {config.hidden_size} is no even multiple of it")
    if heads % config.num_key_value_heads:
        refuse(path, "num_key_value_heads", config.num_key_value_heads, f"{heads} heads are no multiple of it")
    if head_dim not in (None, width):
        refuse(path, "head_dim", head_dim, f"{config.hidden_size} / {heads} is {width}")


def read_config(folder):
    """Qwen2Config of a folder's config.json; ValueError for everything that our blocks do not compute."""
    path = os.path.join(folder, "config.json")
    content = safetensors.read_json(path)
    for key, wanted in WANTED.items():
        if content.get(key) != wanted:
            refuse(path, key, content.get(key), f"expected \"{wanted}\"")
    if content.get("use_sliding_window", False) is not False:
        refuse(path, "use_sliding_window", content["use_sliding_window"], "only full attention is known")
    sizes = {key: read_size(path, content, key) for key in SIZES}
    config = Qwen2Config(**sizes, rope_theta=read_theta(path, content),
                         rms_norm_eps=read_number(path, content, "rms_norm_eps"))
    check_heads(path, config, content.get("head_dim"))
    return config


def shapes(config):
    """(name, shape) of every tensor that qwen2.Backbone(config, 0) has."""
    width, inner = config.hidden_size, config.intermediate_size
    narrow = width // config.num_attention_heads * config.num_key_value_heads
    layer = {
        "input_layernorm.weight": (width,), "post_attention_layernorm.weight": (width,),
        "self_attn.q_proj.weight": (width, width), "self_attn.q_proj.bias": (width,),
        "self_attn.k_proj.weight": (narrow, width), "self_attn.k_proj.bias": (narrow,),
        "self_attn.v_proj.weight": (narrow, width), "self_attn.v_proj.bias": (narrow,),
        "self_attn.o_proj.weight": (width, width),
        "mlp.gate_proj.weight": (inner, width), "mlp.up_proj.weight": (inner, width),
        "mlp.down_proj.weight": (width, inner),
    }
    for index in range(config.num_hidden_layers):
        for name, shape in layer.items():
            yield f"layers.{index}.{name}", shape
    yield "norm.weight", (width,)


def read_weights(checkpoint, config):
    """Tensors by the names of Backbone's parameters. Embedding and output layer are not read; a layer's tensor that
    Qwen2 of these sizes does not have is refused."""
    prefix = "model." if "model.norm.weight" in checkpoint.paths else ""
    state = {name: checkpoint.read(prefix + name, shape) for name, shape in shapes(config)}
    for name in checkpoint.paths:
        if name.startswith(f"{prefix}layers.") and name.removeprefix(prefix) not in state:
            raise ValueError(f"{checkpoint.paths[name]}: tensor {name} is none of a Qwen2 of "
                             f"{config.num_hidden_layers} layers")
    return state


def read(folder):
    """(Qwen2Config, weights by name, paths of the files they come from)."""
    config = read_config(folder)
    checkpoint = safetensors.Checkpoint(folder)
    paths = [os.path.join(folder, "config.json"), *sorted(set(checkpoint.paths.values()))]
    return config, read_weights(checkpoint, config), paths
