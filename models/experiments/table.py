"""All experiments by name."""
from models.experiments import ablation, burst, given, llm, paths

EXPERIMENTS = {
    "backbone": ablation.backbone,
    "image": ablation.image,
    "condition": ablation.condition,
    "steps": given.steps,
    "adapter": ablation.adapter,
    "horizon": given.horizon,
    "coverage": given.coverage,
    "burst": burst.burst,
    "paths": paths.starts,
    "llm": llm.llm,
}
