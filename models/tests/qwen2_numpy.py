"""A second Qwen2 decoder, in plain numpy and float64, written from the published architecture and not from our blocks:
one position and one head at a time, rotary positions as complex numbers."""
import numpy as np


def rms_norm(x, weight, epsilon):
    return x / np.sqrt(np.mean(x ** 2) + epsilon) * weight


def turn(x, position, theta):
    """x [W] at a position: entries i and i + W / 2 are one complex number, turned by position / theta^(2 i / W)."""
    half = len(x) // 2
    speed = 1 / theta ** (2 * np.arange(half) / len(x))
    turned = (x[:half] + 1j * x[half:]) * np.exp(1j * position * speed)
    return np.concatenate([turned.real, turned.imag])


def attention(rows, weights, config):
    """rows [S, D] -> [S, D]. Head h reads the key and value of group h // (heads per group)."""
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    width = config["hidden_size"] // heads

    def project(name, row, which):
        full = weights[f"{name}_proj.weight"] @ row + weights[f"{name}_proj.bias"]
        return full[which * width:(which + 1) * width]

    result = []
    for s in range(len(rows)):
        parts = []
        for head in range(heads):
            group = head // (heads // groups)
            query = turn(project("q", rows[s], head), s, config["rope_theta"])
            keys = [turn(project("k", rows[t], group), t, config["rope_theta"]) for t in range(s + 1)]
            score = np.exp([query @ key / np.sqrt(width) for key in keys])
            values = [project("v", rows[t], group) for t in range(s + 1)]
            parts.append(sum(a * value for a, value in zip(score / score.sum(), values)))
        result.append(weights["o_proj.weight"] @ np.concatenate(parts))
    return np.array(result)


def swiglu(row, weights):
    gate = weights["gate_proj.weight"] @ row
    return weights["down_proj.weight"] @ (gate / (1 + np.exp(-gate)) * (weights["up_proj.weight"] @ row))


def below(weights, prefix):
    """The tensors whose names begin with the prefix, without it."""
    return {name[len(prefix):]: array for name, array in weights.items() if name.startswith(prefix)}


def decode(x, arrays, config):
    """inputs_embeds x [S, D] -> last hidden states [S, D]; `arrays`: by the names of a checkpoint."""
    epsilon = config["rms_norm_eps"]
    arrays = {name: array.astype(np.float64) for name, array in arrays.items()}
    for index in range(config["num_hidden_layers"]):
        layer = below(arrays, f"model.layers.{index}.")
        normed = np.array([rms_norm(row, layer["input_layernorm.weight"], epsilon) for row in x])
        x = x + attention(normed, below(layer, "self_attn."), config)
        normed = [rms_norm(row, layer["post_attention_layernorm.weight"], epsilon) for row in x]
        x = x + np.array([swiglu(row, below(layer, "mlp.")) for row in normed])
    return np.array([rms_norm(row, arrays["model.norm.weight"], epsilon) for row in x])
