"""LEAD as a whole: encoder, conditioner, base forecast and denoiser, from a configuration."""
import torch
from torch import nn

from models.lead import qwen2, tm_image
from models.lead.base import BaseForecast
from models.lead.conditioner import Conditioner, is_given
from models.lead.encoder import Encoder
from models.lead.unet import Denoiser


def build_base(nodes, config, networks):
    """A BaseForecast of the configuration's sizes."""
    return BaseForecast(nodes, config["history"], config["day_offsets"], config["horizon"], networks, config["model"])


class Lead(nn.Module):
    """The four components; each is exported on its own."""

    def __init__(self, nodes, config):
        super().__init__()
        sizes = config["model"]
        frames = config["history"] + len(config["day_offsets"])
        backbone = qwen2.Qwen2Config(**sizes["qwen2"])
        self.encoder = Encoder(nodes, sizes["channels"], sizes["kept"], sizes["token"], sizes["image"])
        self.conditioner = Conditioner(sizes["backbone"], backbone, sizes["bottleneck"], sizes.get("lora", 0), frames,
                                       sizes["token"], tm_image.FEATURES, sizes["aggregator_layers"])
        self.base = build_base(nodes, config, sizes["base_networks"])
        self.denoiser = Denoiser(nodes, config["horizon"], sizes["width"], backbone.hidden_size, sizes["map"],
                                 sizes["heads"], sizes["dropout"], sizes["condition"])

    def quantiles(self, *inputs):
        """[B, H, K, N, N] of the base forecast; inputs as sample.base_inputs gives them."""
        return self.base(*inputs)[0]

    def conditions(self, images, features):
        """g [B, D] and c [B, F + 1, D] of a batch of windows."""
        return self.conditioner(self.encoder(images), features)


def build(nodes, config, backbone_state=None):
    """A new model with the configuration's seed; "qwen2-*" backbones are filled from `backbone_state`."""
    torch.manual_seed(config["seed"])
    model = Lead(nodes, config)
    kind = config["model"]["backbone"]
    if is_given(kind):
        if backbone_state is None:
            raise ValueError(f"backbone {kind} needs its pre-trained weights")
        qwen2.load_frozen(model.conditioner.backbone, backbone_state)
    return model


def day_lags(config, step):
    """Lags (in steps before the newest frame) of yesterday's frames around the targets' times, oldest first. An offset
    is in steps from yesterday's time of the first target."""
    steps_a_day = tm_image.DAY // step
    if max(config["day_offsets"], default=-1) > steps_a_day - 1:
        raise ValueError(f"day_offsets: {max(config['day_offsets'])} steps of {step} s from yesterday's first target lie in the future")
    return sorted((steps_a_day - 1 - offset for offset in config["day_offsets"]), reverse=True)
