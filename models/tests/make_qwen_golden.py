"""Writes fixtures/qwen2-golden: a tiny random Qwen2 of the transformers library, an input and the library's output.

    python3 -m models.tests.make_qwen_golden

Needs transformers, which our machines lack: to be run once where it is at hand, and the folder committed.
"""
import os

import numpy as np
import torch
import transformers

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "qwen2-golden")


def main():
    torch.manual_seed(5)
    config = transformers.Qwen2Config(vocab_size=8, hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
                                      num_key_value_heads=2, intermediate_size=48, rms_norm_eps=1e-3, rope_theta=100.0)
    model = transformers.Qwen2Model(config).eval()
    x = torch.randn(2, 13, config.hidden_size)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
        y = model(inputs_embeds=x).last_hidden_state
    model.save_pretrained(FOLDER)
    np.savez(os.path.join(FOLDER, "golden.npz"), x=x.numpy(), y=y.numpy())


if __name__ == "__main__":
    main()
