"""What the figures have in common: looks, lines of predictors, bytes that depend on the numbers alone."""
import matplotlib
from matplotlib.figure import Figure

from models.experiments.page import unique, value_of

LOOKS = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#dddddd",
         "axes.axisbelow": True, "lines.linewidth": 1.4, "lines.markersize": 4.5, "legend.frameon": False,
         "axes.titlesize": 9, "figure.facecolor": "white", "svg.hashsalt": "lead"}
WIDTH = 8.0  # inches: a README's column
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#999999", "#cc79a7", "#56b4e9")  # Okabe and Ito's, told apart by all eyes
MARKERS = "osD^vP"
NAMES = {"ncrps": "CRPS / traffic", "link_ncrps": "CRPS of link loads / load", "energy": "energy score / |TM|",
         "coverage 90": "coverage of 90 % interval"}


def style(index):
    return {"color": COLOURS[index % len(COLOURS)], "marker": MARKERS[index % len(MARKERS)]}


def make(rows, columns, height, **shared):
    """(figure, axes [rows][columns]), `height` inches."""
    with matplotlib.rc_context(LOOKS):
        figure = Figure((WIDTH, height), constrained_layout=True)
        return figure, figure.subplots(rows, columns, squeeze=False, **shared)


def draw_lines(axis, rows, key, score):
    """A line for each predictor, `score` over `key`."""
    for index, predictor in enumerate(unique(row["predictor"] for row in rows)):
        points = [(row[key], value_of(row, score)) for row in rows if row["predictor"] == predictor]
        axis.plot(*zip(*points), label=predictor, **style(index))


def save(figure, path):
    """SVG without date or version."""
    with matplotlib.rc_context(LOOKS):
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
