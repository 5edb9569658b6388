"""Markdown of an experiment: its head and the parts that tables are made of."""
import sys
from datetime import datetime, timezone

from models.export import commit
from models.training import module_name
from results.forecast_page import number, score_lines
from results.parts import machine


def made_by():
    return f"Made by `{' '.join([f'/usr/bin/python3 -m {module_name()}', *sys.argv[1:]])}`"


def measured_at():
    """Where a page says it itself: one that is not in results/parts.ini."""
    return f"Measured at commit {commit()}, on {machine()}, {datetime.now(timezone.utc):%Y-%m-%d}."


def heading(name, rows):
    return f"## {name}, {rows[0]['windows']} windows"


def ahead(steps):
    return f"{steps} step{'s' if steps > 1 else ''} ahead"


def by_horizon(rows):
    """[(horizon, its rows)], in order of both."""
    return [(horizon, [row for row in rows if row["horizon"] == horizon])
            for horizon in sorted({row["horizon"] for row in rows})]


def score_tables(rows):
    """A table of all scores for each horizon; a row for each predictor."""
    for horizon, chosen in by_horizon(rows):
        yield from ["", heading(ahead(horizon), chosen), "", *score_lines(chosen)]


def value_of(row, score):
    """A score by its name; "coverage 90" and the like are those of an interval."""
    kind, _, level = score.partition(" ")
    return row["coverage"][level] if level else row[kind]


def pivot(rows, corner, key, score):
    """A table of one score: a row for each value of rows' `key`, a column for each predictor."""
    predictors, keys = unique(row["predictor"] for row in rows), unique(row[key] for row in rows)
    found = {(row[key], row["predictor"]): number(value_of(row, score)) for row in rows}
    yield f"| {corner} | " + " | ".join(predictors) + " |"
    yield "| --- |" + " --- |" * len(predictors)
    for value in keys:
        yield f"| {value} | " + " | ".join(found[value, predictor] for predictor in predictors) + " |"


def unique(values):
    """The values once each, in the order in which they come."""
    return list(dict.fromkeys(values))
