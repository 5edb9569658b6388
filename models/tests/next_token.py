"""What a GGUF model's own layers, run by models.lead.qwen2, take for the next token: the proof that they are read as they were written.

    /usr/bin/python3 -m models.tests.next_token FILE.gguf The Ġcapital Ġof ĠFrance Ġis

Tokens as the file's own list has them (Ġ: a blank before). The output layer is the embedding where the file has none.
"""
import sys

import torch

from models.lead import gguf, gguf_llm, qwen2


def main(path, words):
    config, state = gguf_llm.read(path)
    layers = qwen2.Backbone(config, 0)
    qwen2.load_frozen(layers, state)
    file = gguf.File(path)
    tokens = file.keys["tokenizer.ggml.tokens"]
    missing = [word for word in words if word not in tokens]
    if missing:
        raise SystemExit(f"{path}: no token {missing[0]}")
    embedding = file.read("token_embd.weight", (len(tokens), config.hidden_size))
    output = file.read("output.weight", embedding.shape) if "output.weight" in file.entries else embedding
    with torch.no_grad():
        last = layers(embedding[[tokens.index(word) for word in words]][None])[0, -1]
    chance = (output @ last).softmax(0)
    for index in chance.topk(5).indices:
        print(f"{chance[index]:.3f} {tokens[index]}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
