"""Runs an experiment of the LEAD paper's summary; writes results/experiments/NAME.md and docs/figures/NAME.svg (of
another network than Abilene NAME-NET). It can be killed at any moment; trainings go on where they were."""
import argparse
import json
import os

import torch

from models import data
from models.experiments import figure, page
from models.experiments.setting import Setting
from models.experiments.table import EXPERIMENTS
from models.training import thread_count
from results import parts

PLAIN_NET = "abilene"  # whose files have no network in their name


def parse_arguments():
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("name", nargs="?", choices=list(EXPERIMENTS))
    parser.add_argument("--list", action="store_true", help="say which pages are out of date, and measure nothing")
    parser.add_argument("--net", default=PLAIN_NET, help="of models/configs/NET-80.json")
    parser.add_argument("--data", help="folder of the TM files")
    parser.add_argument("--windows", type=int, default=200, help="scored at most, evenly spaced")
    parser.add_argument("--training-steps", type=int, help="of each variant's diffusion, the configuration's without it; of each arm of `llm`, 600")
    parser.add_argument("--checkpoint", help="what experiments without training look at; models/checkpoints/NET-80")
    parser.add_argument("--base-run", help="run of models.train whose base forecast all variants take; else they train one")
    parser.add_argument("--backbone", help="folder of Qwen2 weights or GGUF file: one more variant of `backbone`, what `llm` tests")
    parser.add_argument("--arms", type=int, help="of `llm`: how many of its arms, in their order; all")
    parser.add_argument("--seeds", type=int, default=3, help="of each arm of `llm`")
    parser.add_argument("--runs", default="models/runs/experiments", help="folder of the variants' runs")
    parser.add_argument("--program", default="build/lead")
    parser.add_argument("--threads", type=thread_count, default=1)
    parser.add_argument("--out", default=".", help="folder in which results/ and docs/ lie")
    arguments = parser.parse_args()
    if not arguments.name and not arguments.list:
        parser.error("which experiment?")
    return arguments


def make_setting(arguments):
    net = arguments.net
    with open(f"models/configs/{net}-80.json") as file:
        config = json.load(file)
    if max(config.get("split", data.SPLIT)) > data.SPLIT[1]:
        raise SystemExit(f"{net}: its model has seen more than the first {100 * data.SPLIT[1]:.0f} % of the file; the rest is what "
                         "experiments score")
    return Setting(net, config, data.data_folder(arguments.data), arguments.windows,
                   arguments.training_steps or config["training"]["diffusion"]["steps"],
                   arguments.checkpoint or f"models/checkpoints/{net}-80", arguments.base_run, arguments.backbone,
                   arguments.runs, arguments.program, arguments.threads, arguments.arms, arguments.seeds)


def write(path, save):
    """save(another name), then renamed: whole or not at all."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    save(f"{path}.part")
    os.replace(f"{path}.part", path)
    print(path)


def write_lines(path, lines):
    with open(path, "w") as file:
        file.writelines(f"{line}\n" for line in lines)


def publish(experiment, result, out, stem, stamp=None):
    """Writes the experiment's page and figure under the folder `out`; `stamp`: of the sources that it was run from, where
    results/parts.ini knows the page."""
    lines = [f"{page.made_by()}.", *result.notes, "", f"![{experiment.title}](../../docs/figures/{stem}.svg)",
             *experiment.tables(result.rows)]
    write(f"{out}/docs/figures/{stem}.svg", lambda path: figure.save(experiment.figure(result.rows), path))
    path, title = f"{out}/{page_of(stem)}", f"# {experiment.title}\n"
    if stamp:
        parts.put(path, stem, "\n".join(lines), stamp, [stem], title)
    else:
        write(path, lambda path: write_lines(path, [title, *lines, "", page.measured_at()]))


def page_of(stem):
    return f"results/experiments/{stem}.md"


def stamp_of_page(stem, arguments):
    """The stamp of now; None of a page that is not in the table, or of models that are not those of the table."""
    dependencies = parts.read_table().get(page_of(stem), {}).get(stem)
    backbone = arguments.backbone and not EXPERIMENTS[arguments.name].of_backbone
    if not dependencies or arguments.checkpoint or backbone:
        return None
    os.environ["LEAD_DATA"] = data.data_folder(arguments.data)
    return parts.stamp_of(dependencies, parts.Sources())


def list_pages():
    table, sources = parts.read_table(), parts.Sources()
    for name in EXPERIMENTS:
        parts.list_page(page_of(name), table[page_of(name)], sources)


def main():
    arguments = parse_arguments()
    if arguments.list:
        return list_pages()
    torch.set_num_threads(arguments.threads)
    experiment = EXPERIMENTS[arguments.name]
    stem = arguments.name if arguments.net == PLAIN_NET else f"{arguments.name}-{arguments.net}"
    stamp = stamp_of_page(stem, arguments)
    publish(experiment, experiment.run(make_setting(arguments)), arguments.out, stem, stamp)


if __name__ == "__main__":
    main()
