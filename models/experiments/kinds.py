"""Which networks does the base forecast need? Pair networks, mixing ones and one pair network alone beside the mean of all, under
the same paths of the past, calibration and steering: of one trained run, on the choosing part and on what comes later. A run that
ends early leaves something later to choose by: as far from what was learnt as the last part is from what the shipped one learnt."""
import numpy as np
import torch

from models import data, export, sample
from models.experiments import figure, page
from models.experiments.setting import SAMPLES, Experiment, Result
from models.experiments.windows import BLOCK, interval, of_windows, part_of, routes_of, score_of
from models.lead import diffusion, normal_score, paths
from models.lead.base import all_pairs

ALL = "all networks (lead)"
GAP = 0.1  # of the file, between the choosing part of a run that ends early and the later part


def parts_of(config):
    """{name: shares of the file}: what a run's choosing part is, and what comes later."""
    chosen, end = config.get("split", data.SPLIT), data.SPLIT[1]
    later = {"last part": (end, 1.0)} if chosen[1] >= end else {"later part": (chosen[1] + GAP, end)}
    return {"choosing part": chosen, **later}


@torch.no_grad()
def opinions(base, window):
    """{kind: quantiles [B, H, K, N, N]}."""
    relative, features, *rest = sample.base_inputs(window)
    ridge, nodes = base.ridge(relative), relative.size(2)
    x, experts = base.pairs.seen(relative, features, *rest, ridge, all_pairs(relative))
    pairs, mixing = base.pairs(x, experts, all_pairs(relative))[0], base.mixing(relative, features, ridge, experts)[0]
    kinds = {ALL: pairs + mixing, "pair networks": pairs, "mixing networks": mixing, "one pair network": pairs[:1]}

    def whole(networks):
        steered = base.steer(torch.stack(networks).mean(0), experts).permute(0, 2, 3, 1)
        return (steered.reshape(len(relative), base.horizon, -1, nodes, nodes) * (1.0 - torch.eye(nodes))).double().numpy()

    return {kind: whole(networks) for kind, networks in kinds.items() if networks}


def samples_of(quantiles, window, scaling, seed):
    """TMs [S, B, H, N, N] in bit/s."""
    batch, horizon, _, nodes = quantiles.shape[:4]
    even = diffusion.noise(seed, SAMPLES, batch * horizon * nodes ** 2).reshape(SAMPLES, batch, horizon, nodes, nodes)
    z = paths.follow(even, paths.template(scaling.bank, seed, SAMPLES, batch, nodes)).astype(np.float64)
    return sample.tms_of(normal_score.calibrate(z, window.level, scaling), window, quantiles)


def judge(setting, config, model, scaling, split):
    """{kind: {score: [2, W]}} of the part of the file that lies between the shares `split`."""
    series, rows, targets, lags = part_of(setting, config, split)
    routes, found = routes_of(setting, series.nodes), {}

    def score(window, start):
        truth = series.tms[targets[start:start + sample.CHUNK]]
        for kind, quantiles in opinions(model.base, window).items():
            samples = samples_of(quantiles, window, scaling, config["seed"] + start)
            found.setdefault(kind, []).append(of_windows(samples, truth, routes))
        return np.zeros((1, len(truth)))

    sample.over_windows(score, rows, series, config, lags, scaling.share)
    return {kind: {name: np.concatenate([one[name] for one in chunks], 1) for name in chunks[0]} for kind, chunks in found.items()}


def run(setting):
    if not setting.base_run:
        raise SystemExit("kinds: --base-run, a finished run of models.train")
    model, scaling, state = export.load_run(setting.base_run)
    rows = []
    for name, split in parts_of(state["config"]).items():
        judged = judge(setting, state["config"], model, scaling, split)
        rows += [{"part": name, "predictor": kind, "windows": values["ncrps_1"].shape[1], "scores": {key: score_of(one) for key, one in values.items()},
                  "against": {key: interval(one, judged[ALL][key]) for key, one in values.items()}} for kind, values in judged.items()]
    parts = ", ".join("{} {:g} to {:g} %".format(name, *(100 * share for share in split)) for name, split in parts_of(state["config"]).items())
    return Result(rows, [f"Network {setting.net}, {parts} of the file; {SAMPLES} samples; in brackets by how much a score is above that of all networks, and the 95 % interval "
                         f"over windows (moving blocks of {BLOCK}). What ships was chosen on the choosing part."])


def tables(rows):
    for part in page.unique(row["part"] for row in rows):
        chosen = [row for row in rows if row["part"] == part]
        names = list(chosen[0]["scores"])
        yield from ["", page.heading(part[0].upper() + part[1:], chosen), "", "| quantiles of | " + " | ".join(f"`{name}`" for name in names) + " |",
                    "| --- |" + " --- |" * len(names)]
        for row in chosen:
            apart = {name: "" if row["predictor"] == ALL else " ({:+.1f} %: {:+.1f} to {:+.1f})".format(*(100 * x for x in row["against"][name]))
                     for name in names}
            yield f"| {row['predictor']} | " + " | ".join(f"{row['scores'][name]:.4f}{apart[name]}" for name in names) + " |"


def draw(rows):
    """Differences to all networks with their intervals, a panel a score, a colour a part."""
    others, parts = [row for row in rows if row["predictor"] != ALL], page.unique(row["part"] for row in rows)
    kinds, names = page.unique(row["predictor"] for row in others), list(rows[0]["scores"])
    drawing, axes = figure.make(1, len(names), 1.4 + 0.4 * len(kinds), sharey=True)
    for axis, name in zip(axes[0], names):
        for row in others:
            difference, low, high = (100 * x for x in row["against"][name])
            index = parts.index(row["part"])
            at = kinds.index(row["predictor"]) + 0.2 * (index - 0.5)
            style = figure.style(row["part"], index)
            axis.plot([low, high], [at, at], color=style["color"])
            axis.plot([difference], [at], linestyle="none", label=row["part"], **style)
        axis.axvline(0, color="#666666", linewidth=0.8)
        axis.set(xlabel=f"{name},\n% above all", yticks=range(len(kinds)), yticklabels=kinds)
    axes[0][0].invert_yaxis()
    handles, labels = axes[0][0].get_legend_handles_labels()
    drawing.legend(handles[::len(kinds)], labels[::len(kinds)], loc="upper center", ncol=len(parts))
    return drawing


kinds = Experiment("Which networks does the base forecast need?", run, tables, draw)
