"""What the figures have in common: looks, lines of predictors, bytes that depend on the numbers alone."""
import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from models.experiments.page import unique, value_of

matplotlib.rcParams.update({
    "font.size": 9, "axes.titlesize": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#dddddd", "axes.axisbelow": True, "lines.linewidth": 1.4, "lines.markersize": 4.5, "legend.frameon": False,
    "svg.hashsalt": "lead"})
WIDTH = 8.0   # inches: a README's column
LEGEND = 0.3  # inches above the panels
# Okabe and Ito's colours, told apart by all eyes; a predictor looks alike in all figures.
STYLES = {"last": ("#999999", "s"), "ewma": ("#e69f00", "^"), "nlinear-day": ("#009e73", "D"), "lead": ("#0072b2", "o"),
          "lead, calibrated": ("#0072b2", "o"), "lead, not calibrated": ("#56b4e9", "v")}
OTHERS = (("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "D"))
NAMES = {"ncrps": "CRPS / traffic", "link_ncrps": "CRPS of link loads / load", "energy": "energy score / |TM|",
         "coverage 90": "coverage of 90 % intervals"}


def style(name, index):
    """Colour and marker of what is called `name`, or is the index-th of its like."""
    colour, marker = STYLES.get(name, OTHERS[index % len(OTHERS)])
    return {"color": colour, "marker": marker}


def make(rows, columns, height, **shared):
    """(figure, axes [rows][columns]), `height` inches with room for a legend."""
    figure = Figure((WIDTH, height), layout="constrained")
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - LEGEND / height))
    return figure, figure.subplots(rows, columns, squeeze=False, **shared)


def draw_lines(axis, rows, key, score):
    """A line for each predictor, `score` over `key`."""
    for index, predictor in enumerate(unique(row["predictor"] for row in rows)):
        points = [(row[key], value_of(row, score)) for row in rows if row["predictor"] == predictor]
        axis.plot(*zip(*points), label=predictor, **style(predictor, index))


def show_plain_numbers(axis):
    """On a logarithmic x or y axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter("{x:g}")


def legend(figure, axis):
    """The axis' lines by name, above all panels."""
    lines, labels = axis.get_legend_handles_labels()
    figure.legend(lines, labels, loc="upper center", ncol=len(labels))


def save(figure, path):
    """SVG without date or version."""
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
