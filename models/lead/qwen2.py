"""Qwen2 decoder blocks (Yang et al., Qwen2 technical report, 2024) fed with embeddings instead of words.

Parameters have the public checkpoints' names below their "model." prefix; adapters stand beside them as
layers.N.adapter, and LoRA as lora_a and lora_b beside the weight that it corrects.
"""
import copy
from dataclasses import dataclass
from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.lead.adapters import MultiScaleAdapter, NoAdapter
from models.lead.aggregator import causal_mask


LORA_SCALE = 2.0  # alpha over rank


@dataclass
class Qwen2Config:
    """Sizes, by the names of a checkpoint's config.json."""
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    intermediate_size: int
    rope_theta: float = 1e6
    rms_norm_eps: float = 1e-6


class RmsNorm(nn.Module):
    """x over its root mean square, times a weight (Zhang and Sennrich 2019)."""

    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon))


def rotary(length: int, width: int, theta: float, like: Tensor) -> Tuple[Tensor, Tensor]:
    """Cosine and sine [length, width] of the rotary positions (Su et al. 2021), both halves alike."""
    exponent = torch.arange(0, width, 2, device=like.device, dtype=torch.float32) / width
    angle = torch.arange(length, device=like.device, dtype=torch.float32)[:, None] * theta ** -exponent
    angle = torch.cat([angle, angle], -1)
    return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x [B, heads, S, W] turned by its position."""
    half = x.size(-1) // 2
    return x * cosine + torch.cat([-x[..., half:], x[..., :half]], -1) * sine


class LoraLinear(nn.Linear):
    """A linear layer with a trained correction of low rank (Hu et al. 2021), LORA_SCALE B A; 0 at the start."""

    def __init__(self, width_in: int, width_out: int, rank: int):
        super().__init__(width_in, width_out)
        self.lora_a = nn.Parameter(torch.randn(rank, width_in) * width_in ** -0.5)
        self.lora_b = nn.Parameter(torch.zeros(width_out, rank))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias) + LORA_SCALE * F.linear(F.linear(x, self.lora_a), self.lora_b)


def linear(width_in, width_out, rank):
    """A linear layer with bias, with LoRA when the rank is above 0."""
    return LoraLinear(width_in, width_out, rank) if rank else nn.Linear(width_in, width_out)


class Attention(nn.Module):
    """Causal grouped-query attention, [B, S, D] -> [B, S, D]; `lora`: rank of the correction of queries and values."""

    def __init__(self, config: Qwen2Config, lora: int = 0):
        super().__init__()
        self.heads = config.num_attention_heads
        self.groups = config.num_key_value_heads
        self.width = config.hidden_size // config.num_attention_heads
        self.q_proj = linear(config.hidden_size, self.heads * self.width, lora)
        self.k_proj = nn.Linear(config.hidden_size, self.groups * self.width)
        self.v_proj = linear(config.hidden_size, self.groups * self.width, lora)
        self.o_proj = nn.Linear(self.heads * self.width, config.hidden_size, bias=False)

    def split(self, x: Tensor, heads: int) -> Tensor:
        return x.view(x.size(0), x.size(1), heads, self.width).transpose(1, 2)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> Tensor:
        q = rotate(self.split(self.q_proj(x), self.heads), cosine, sine)
        k = rotate(self.split(self.k_proj(x), self.groups), cosine, sine)
        v = self.split(self.v_proj(x), self.groups)
        k = k.repeat_interleave(self.heads // self.groups, 1)
        v = v.repeat_interleave(self.heads // self.groups, 1)
        weights = (q @ k.transpose(2, 3) * self.width ** -0.5 + mask).softmax(-1)
        return self.o_proj((weights @ v).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    """SwiGLU (Shazeer 2020)."""

    def __init__(self, config: Qwen2Config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """One decoder layer; the adapter reads what the feed-forward reads and adds to the same residual stream."""

    def __init__(self, config: Qwen2Config, bottleneck: int, lora: int):
        super().__init__()
        self.self_attn = Attention(config, lora)
        self.mlp = Mlp(config)
        self.input_layernorm = RmsNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RmsNorm(config.hidden_size, config.rms_norm_eps)
        self.adapter = MultiScaleAdapter(config.hidden_size, bottleneck) if bottleneck else NoAdapter()

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cosine, sine, mask)
        inner = self.post_attention_layernorm(x)
        return x + self.mlp(inner) + self.adapter(inner)


class Backbone(nn.Module):
    """inputs_embeds [B, S, D] -> last hidden states [B, S, D]. bottleneck 0: without adapters; lora 0: without LoRA."""

    def __init__(self, config: Qwen2Config, bottleneck: int, lora: int = 0):
        super().__init__()
        self.layers = nn.ModuleList([Layer(config, bottleneck, lora) for _ in range(config.num_hidden_layers)])
        self.norm = RmsNorm(config.hidden_size, config.rms_norm_eps)
        self.rope_width = config.hidden_size // config.num_attention_heads
        self.rope_theta = config.rope_theta

    def forward(self, x: Tensor) -> Tensor:
        cosine, sine = rotary(x.size(1), self.rope_width, self.rope_theta, x)
        mask = causal_mask(x.size(1), x)
        for layer in self.layers:
            x = layer(x, cosine, sine, mask)
        return self.norm(x)


def is_frozen(name):
    """Whether a parameter of a Backbone is one of the language model's own, not of the adapters or of LoRA."""
    return ".adapter." not in name and ".lora_" not in name


def freeze_but_adapters(backbone):
    """Only adapters and LoRA keep learning; gradients still flow through the frozen layers."""
    for name, parameter in backbone.named_parameters():
        parameter.requires_grad_(not is_frozen(name))


def load_frozen(backbone, state):
    """Fills everything but adapters and LoRA from a state dict (with or without the prefix "model.") and freezes it."""
    own = {name.removeprefix("model."): tensor for name, tensor in state.items()}
    expected = {name for name in backbone.state_dict() if is_frozen(name)}
    missing = sorted(expected - own.keys())
    if missing:
        raise ValueError(f"the backbone's weights lack {missing[0]} and {len(missing) - 1} more")
    backbone.load_state_dict({name: own[name] for name in expected}, strict=False)
    freeze_but_adapters(backbone)


def plain(layer):
    """A linear layer without LoRA that gives the same output."""
    if not isinstance(layer, LoraLinear):
        return layer
    made = nn.Linear(layer.in_features, layer.out_features)
    made.weight.data = (layer.weight + LORA_SCALE * layer.lora_b @ layer.lora_a).detach()
    made.bias.data = layer.bias.detach()
    return made.train(layer.training)


def merged(module):
    """A copy of a module that has LoRA folded into the weights; all other tensors are shared with `module`."""
    made = copy.deepcopy(module, {id(parameter): parameter for parameter in module.parameters()})
    for part in list(made.modules()):
        if isinstance(part, Attention):
            part.q_proj, part.v_proj = plain(part.q_proj), plain(part.v_proj)
    return made
