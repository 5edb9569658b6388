"""Traffic-matrix series from the CSV files: gaps, suspect epochs, the chronological split, windows of rows.

What comes after a model's choosing part is never loaded: with the usual split, the last 20 % of a file.
"""
import csv
import gzip
import hashlib
import os
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property

import numpy as np

from models.lead import spans

SPLIT = (0.7, 0.8)  # shares of a file's rows after which the fitting and the choosing part end
DAY = 86400


@dataclass
class Series:
    """TMs in bit/s, diagonal 0. `fit_until` and `choose_until` are the times (exclusive) where the parts end."""
    name: str
    nodes: list
    step: int
    times: np.ndarray  # int64 [T], seconds since 1970 UTC
    tms: np.ndarray    # float64 [T, N, N]
    fit_until: int
    choose_until: int
    rows_in_file: int
    sha256: str

    @cached_property
    def sums(self):
        """What spans are read from."""
        return spans.Sums(self.times, self.tms, self.step)

    def part(self, which):
        """First and last (exclusive) target time of "fit" or "choose"."""
        if which == "fit":
            return int(self.times[0]), self.fit_until
        return self.fit_until, self.choose_until


def data_folder(given=None):
    """--data, then $LEAD_DATA, then scenarios/data beside the sources."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = given or os.environ.get("LEAD_DATA") or os.path.join(here, "scenarios", "data")
    if not os.path.isdir(folder):
        raise SystemExit(f"no data folder {folder}: give --data DIR or set LEAD_DATA")
    return folder


def parse_time(text):
    """'2004-03-01T00:00:00Z' -> seconds since 1970 UTC."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def format_time(seconds):
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_csv(path):
    """Node names, times [T] and TMs [T, N, N] in bit/s of a kbit/s TM file."""
    with gzip.open(path, "rt") as file:
        header = file.readline().rstrip("\n").split(",")[1:]
        n = int(round(len(header) ** 0.5))
        if n * n != len(header):
            raise ValueError(f"{len(header)} columns are no square")
        nodes = [column.split(">")[1] for column in header[:n]]
        times, rows = [], []
        for line in file:
            stamp, values = line.split(",", 1)
            times.append(parse_time(stamp))
            rows.append(np.fromstring(values, dtype=np.float64, sep=","))
    return nodes, np.array(times, dtype=np.int64), np.stack(rows).reshape(-1, n, n) * 1000.0


def read_suspects(path):
    """Times of the epochs that `path` lists as faulty; none when there is no such file."""
    if not os.path.exists(path):
        return np.empty(0, dtype=np.int64)
    with open(path, newline="") as file:
        return np.array([parse_time(row["time"]) for row in csv.DictReader(file)], dtype=np.int64)


def end_of(times, share):
    """The time before which a share of the rows lies."""
    row = int(len(times) * share)
    return int(times[row]) if row < len(times) else int(times[-1]) + 1


def read(reader, path, what):
    """reader(path); what cannot be read is told with the file."""
    try:
        return reader(path)
    except (OSError, EOFError, ValueError, zlib.error, IndexError, KeyError, TypeError) as error:
        raise SystemExit(f"{path}: cannot be read as {what}: {type(error).__name__}: {error}") from error


def tm_path(folder, name):
    return os.path.join(folder, f"{name}-tm.csv.gz")


def load(folder, name, split=SPLIT):
    """NAME-tm.csv.gz up to the end of its choosing part, without its suspect epochs, as a Series."""
    path = tm_path(folder, name)
    nodes, times, tms = read(read_csv, path, "TMs")
    rows = len(times)
    fit_until, choose_until = end_of(times, split[0]), end_of(times, split[1])
    suspects = read(read_suspects, os.path.join(folder, f"{name}-tm-suspect-epochs.csv"), "times (a CSV column time)")
    keep = (times < choose_until) & ~np.isin(times, suspects)
    times, tms = times[keep], tms[keep]
    if len(times) < 2:
        raise SystemExit(f"{path}: {len(times)} of its {rows} TMs lie before the end of the choosing part: too few")
    tms[:, np.arange(len(nodes)), np.arange(len(nodes))] = 0.0
    step = int(np.diff(times).min())
    return Series(name, nodes, step, times, tms, fit_until, choose_until, rows, file_sha256(path))


def coarser(series, every):
    """The series of means over `every` steps, those of which all are there; the parts end where they did."""
    step = series.step * every
    block = series.times // step
    _, first, counts = np.unique(block, return_index=True, return_counts=True)
    whole = first[counts == every]
    tms = np.stack([series.tms[start:start + every].mean(0) for start in whole])
    return replace(series, name=f"{series.name}-{step}s", step=step, times=block[whole] * step, tms=tms)


def find_rows(times, wanted):
    """Index into `times` of every wanted time, -1 where it is absent."""
    at = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    return np.where(times[at] == wanted, at, -1)


def frame_lags(history, day_lags):
    """Lags in steps of a window's frames in time order: yesterday's, then the last `history` ones down to 0."""
    return np.array(list(day_lags) + list(range(history - 1, -1, -1)), dtype=np.int64)


def windows(series, history, day_lags, horizon, which):
    """Rows of every window whose targets lie in one part: frames [W, D + L] (-1: absent; yesterday only) and
    targets [W, H]. Windows whose history or targets cross a gap are dropped."""
    lags = frame_lags(history, day_lags)
    frames = find_rows(series.times, series.times[:, None] - lags * series.step)
    ahead = np.arange(1, horizon + 1)
    targets = find_rows(series.times, series.times[:, None] + ahead * series.step)
    low, high = series.part(which)
    first, last = series.times + series.step, series.times + horizon * series.step
    whole = (frames[:, len(day_lags):] >= 0).all(1) & (targets >= 0).all(1)
    keep = whole & (first >= low) & (last < high)
    return frames[keep], targets[keep]
