"""Training states that survive a kill at any moment, and the CSV log that goes with them."""
import csv
import os

import torch


def save(path, state):
    """Writes `state` whole or not at all."""
    part = f"{path}.part"
    with open(part, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def load(path):
    """The state, or None when there is none yet."""
    return torch.load(path, map_location="cpu", weights_only=False) if os.path.exists(path) else None


class Log:
    """A CSV file of rows with a "step"; rows after the step that a run resumes from are cut off."""

    def __init__(self, path, fields, resumed_at):
        self.path, self.fields = path, fields
        rows = []
        if os.path.exists(path):
            with open(path, newline="") as file:
                rows = [row for row in csv.DictReader(file) if row["step"] and int(row["step"]) <= resumed_at]
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, fields)
            writer.writeheader()
            writer.writerows(rows)

    def add(self, **row):
        with open(self.path, "a", newline="") as file:
            csv.DictWriter(file, self.fields).writerow(row)


class Average:
    """Exponential moving average of the parameters that learn, slower as training goes on."""

    def __init__(self, model, decay):
        self.decay = decay
        self.values = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}

    def update(self, model, step):
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                self.values[name].lerp_(parameter.detach(), 1 - decay)

    def swap(self, model):
        """Exchanges the model's parameters with their averages; a second call undoes it."""
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                kept = parameter.detach().clone()
                parameter.data.copy_(self.values[name])
                self.values[name] = kept


def optimizer_of(model, training):
    """AdamW over what learns."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(learning, lr=training["learning_rate"], weight_decay=training["weight_decay"])


def set_rate(optimizer, training, step):
    """Linear warm-up, then a cosine down to 2 % of the learning rate."""
    warm = min(1.0, (step + 1) / training["warm_up"])
    falling = 0.02 + 0.98 * 0.5 * (1 + float(torch.cos(torch.tensor(torch.pi * step / training["steps"]))))
    for group in optimizer.param_groups:
        group["lr"] = training["learning_rate"] * warm * falling
