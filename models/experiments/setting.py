"""What an experiment is asked to do, and what it gives."""
from dataclasses import dataclass
from typing import Callable, List, Optional

SAMPLES = 40  # of a forecast: the fewest that give 95 % intervals


@dataclass
class Setting:
    """One command's settings; folders and files are paths."""
    net: str
    config: dict           # of models/configs
    data: str              # folder of the TM files
    windows: int           # scored, at most
    training_steps: int    # of every variant's diffusion
    checkpoint: str        # what experiments without training look at
    base_run: Optional[str]  # the run whose base forecast all variants share; without one it is trained first
    backbone: Optional[str]  # folder of Qwen2 weights
    runs: str              # folder of the variants' runs
    program: str           # lead
    threads: int
    arms: Optional[int] = None  # of `llm`, in their order; None: all
    seeds: int = 3              # of each of them


@dataclass
class Result:
    """`rows` of `lead evaluate --json`, each with the "label" of its variant as its "predictor"; `notes`: sentences."""
    rows: List[dict]
    notes: List[str]


@dataclass
class Experiment:
    title: str
    run: Callable     # Setting -> Result
    tables: Callable  # rows -> lines of Markdown
    figure: Callable  # rows -> matplotlib Figure
    of_backbone: bool = False  # what --backbone names is what is tested, and not one variant more
