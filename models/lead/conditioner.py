"""Conditioner: frame tokens -> aggregator -> frozen LLM with adapters -> global condition g and sequence c."""
from typing import Tuple

from torch import Tensor, nn

from models.lead.aggregator import Aggregator, CausalBlock
from models.lead.qwen2 import Backbone, Qwen2Config, freeze_but_adapters


class AttentionPool(nn.Module):
    """[B, S, D] -> [B, D]: the mean of the tokens weighted by how well they answer a learned question."""

    def __init__(self, width: int):
        super().__init__()
        self.question = nn.Linear(width, 1)
        self.value = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return (self.question(x).softmax(1) * self.value(x)).sum(1)


def is_given(kind):
    """Whether a backbone's weights come from a file: "qwen2-*", "llama-*"."""
    return kind.startswith(("qwen2", "llama"))


def make_backbone(kind, config, bottleneck, lora):
    """The layers between aggregator and pooling: "qwen2-*", "llama-*" and "random" are frozen Qwen2 layers with trained
    adapters (and LoRA of a rank above 0), "none" is one trained attention layer."""
    if kind == "none":
        return CausalBlock(config.hidden_size, config.num_attention_heads)
    backbone = Backbone(config, bottleneck, lora)
    freeze_but_adapters(backbone)
    return backbone


class Conditioner(nn.Module):
    """(tokens [B, F, E], features [B, F + 1, K]) -> (g [B, D], c [B, F + 1, D])."""

    def __init__(self, kind: str, config: Qwen2Config, bottleneck: int, lora: int, frames: int, width_in: int,
                 features: int, layers: int):
        super().__init__()
        self.aggregator = Aggregator(frames, width_in, features, config.hidden_size, layers,
                                     config.num_attention_heads)
        self.backbone = make_backbone(kind, config, bottleneck, lora)
        self.pool = AttentionPool(config.hidden_size)

    def forward(self, tokens: Tensor, features: Tensor) -> Tuple[Tensor, Tensor]:
        sequence = self.backbone(self.aggregator(tokens, features))
        return self.pool(sequence), sequence
