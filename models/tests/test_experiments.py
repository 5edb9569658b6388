"""Experiments: bursts, changed checkpoints, tables and figures from few numbers; whole ones on tiny data."""
import gzip
import json
import os
import re
import shlex
import tempfile
import unittest
from unittest import mock

import numpy as np

from models import data, train
from models.experiments import __main__ as command
from models.experiments import ablation, burst, figure, given, page, paths, variants
from models.experiments.setting import Result, Setting
from models.experiments.table import EXPERIMENTS
from models.tests import make_fixtures, qwen2_files, tiny
from models.tests.test_variants import quick
from results import parts

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TINY = os.path.join(make_fixtures.FOLDER, "tiny")


def read(path):
    with open(path) as file:
        return file.read()


def write_data(folder, length=300):
    """tiny-tm.csv.gz of the tiny series, and its links: a ring."""
    series = tiny.series(length)
    with gzip.open(f"{folder}/tiny-tm.csv.gz", "wt") as file:
        print("time", *(f"{a}>{b}" for a in tiny.NODES for b in tiny.NODES), sep=",", file=file)
        for time, tm in zip(series.times, series.tms):
            print(data.format_time(time), *(f"{rate / 1000:.6g}" for rate in tm.ravel()), sep=",", file=file)
    with open(f"{folder}/tiny-links.csv", "w") as file:
        print("src,dst,capacity_kbps", file=file)
        for a, b in zip(tiny.NODES, tiny.NODES[1:] + tiny.NODES[:1]):
            print(f"{a},{b},1e7\n{b},{a},1e7", file=file)
    return series


def make_setting(folder, **changes):
    lead = os.path.join(os.environ.get("LEAD_BUILD", os.path.join(ROOT, "build")), "lead")
    values = {"net": "tiny", "config": quick(3), "data": folder, "windows": 12, "training_steps": 3, "checkpoint": TINY,
              "base_run": None, "backbone": None, "runs": f"{folder}/runs", "program": lead, "threads": 1}
    return Setting(**{**values, **changes})


def make_row(predictor, horizon=1, **scores):
    values = {key: 0.5 for key in ("nrmse", "nmae", "od_rmse", "ncrps", "crps_sum", "link_ncrps", "energy", "width_90",
                                   "collapse", "seconds_per_forecast")}
    return {"predictor": predictor, "horizon": horizon, "windows": 7, **values,
            "coverage": {str(level): level / 100 for level in given.LEVELS}, **scores}


class Bursts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_only_the_named_entries_of_the_named_epochs_are_multiplied(self):
        series = write_data(self.folder)
        pairs = np.zeros((5, 5), dtype=bool)
        pairs[1, 3] = pairs[4, 0] = True
        source, out = f"{self.folder}/tiny-tm.csv.gz", f"{self.folder}/out.csv"
        burst.inject(source, out, series.times[[250, 251, 299]], pairs, 20)
        with gzip.open(source, "rt") as file, open(out) as changed:
            before, after = ([line.rstrip("\n").split(",") for line in lines] for lines in (file, changed))
        self.assertEqual(len(before), len(after))
        moved = [(row - 1, column - 1) for row, (old, new) in enumerate(zip(before, after))
                 for column, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
        self.assertEqual(moved, [(row, column) for row in (250, 251, 299) for column in (8, 20)])
        for row, column in moved:
            old, new = (float(lines[row + 1][column + 1]) for lines in (before, after))
            self.assertAlmostEqual(new, 20 * old, delta=1e-9 * new)

    def test_targets(self):
        tms = np.ones((4, 3, 3))
        tms[:, 0, 2], tms[:, 1, 1] = 5, 100
        tms[:, 0, 1] = 3
        found = burst.find_targets(["a", "b", "c"], tms)
        self.assertEqual({name: pairs.sum() for name, pairs in found.items()}, {"a>c": 1, "node a": 4, "all pairs": 6})
        self.assertTrue(found["a>c"][0, 2])
        self.assertTrue(found["node a"][0, 1:].all() and found["node a"][1:, 0].all())

    def test_no_forecast_of_a_burst_crosses_a_gap_or_sees_another(self):
        step, horizon = 900, 20
        times = 1_100_000_000 // step * step + step * np.delete(np.arange(3000), [1700, 2222])
        onsets = burst.find_onsets(times, step, times[1500], horizon, 12)
        self.assertTrue(6 <= len(onsets) <= 12, onsets)
        ends = burst.phases(horizon)
        self.assertEqual(ends, {"before": (-32, -20), "onset": (-1, 0), "in": (0, 11), "after": (12, 24)})
        present = set(times.tolist())
        for onset in onsets:
            for first, last in ends.values():
                around = range(onset + (first - 15) * step, onset + (last + horizon) * step, step)
                self.assertTrue(present.issuperset(around))
                self.assertGreater(around[0], times[1500] - step)
        apart = np.diff(onsets) // step
        self.assertGreaterEqual(apart.min(), 96 + 32 + 12 + 2)  # yesterday of the first forecast, two steps before
        self.assertLess(apart.max(), 2 * apart.min())
        self.assertEqual(len(burst.find_onsets(times, step, times[1500], horizon, 3)), 3)
        with self.assertRaisesRegex(SystemExit, "no room"):
            burst.find_onsets(times, step, times[-60], horizon, 12)


class Checkpoints(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = f"{folder.name}/out"

    def changed_keys(self):
        """What the manifest of `out` has other than that of TINY."""
        old, new = given.read_manifest(TINY), given.read_manifest(self.out)
        return {key: new[key] for key in old if old[key] != new[key]}

    def test_another_sampler(self):
        diffusion = given.read_manifest(TINY)["diffusion"]
        given.with_sampler(TINY, self.out, "ddim", 25)
        self.assertEqual(self.changed_keys(), {"diffusion": {**diffusion, "sampler": "ddim", "sampling_steps": 25}})
        self.assertEqual(given.read_manifest(TINY)["diffusion"], diffusion)

    def test_without_calibration(self):
        given.without_calibration(TINY, self.out)
        files = self.changed_keys()["files"]
        self.assertEqual(files["scaling"]["sha256"], data.file_sha256(f"{self.out}/scaling.json"))
        old, new = (json.loads(read(f"{folder}/scaling.json")) for folder in (TINY, self.out))
        self.assertEqual({key for key in old if old[key] != new[key]}, {"calibration"})
        self.assertEqual(new["calibration"], [0, 1] * 4)


class Variants(unittest.TestCase):
    def test_names_and_configurations(self):
        setting = make_setting("/data", training_steps=9)
        made = ablation.conditions(setting)
        self.assertEqual([variants.name_of(setting.config, one) for one in made],
                         ["default", "condition-global", "condition-sequential"])
        self.assertEqual(variants.name_of(setting.config, ablation.other_seed(setting)), "seed-8")
        config = variants.derive(setting, made[1], "/data/base")
        self.assertEqual(config["model"], {**setting.config["model"], "condition": "global"})
        self.assertEqual((config["training"]["diffusion"]["steps"], config["base_run"], config["seed"]), (9, "/data/base", 7))
        self.assertEqual(config["training"]["base"], setting.config["training"]["base"])

    def test_backbones(self):
        config = {**tiny.config(model={"backbone": "qwen2-micro"}), "backbone_file": "there"}
        made = ablation.backbones(make_setting("/data", config=config, backbone="/weights/Qwen2-0.5B/"))
        self.assertEqual([one.label for one in made], ["qwen2-micro", "random", "none", "qwen2-0.5b"])
        derived = [variants.derive(make_setting("/data", config=config), one, "there") for one in made]
        self.assertEqual(["backbone_file" in one for one in derived], [True, False, False, False])
        self.assertEqual(variants.name_of(config, made[3]), "backbone-qwen2-0.5b")

    def test_adapters_start_with_the_shipped_width(self):
        widths = [one.changes["bottleneck"] for one in ablation.adapters(make_setting("/data"))]
        self.assertEqual(widths, [4, 8, 16, 32, 64, 128])


class Pages(unittest.TestCase):
    ROWS = [make_row(name, horizon, ncrps=ncrps) for horizon in (1, 20)
            for name, ncrps in (("last", 0.25 + horizon), ("lead", 0.125 + horizon))]

    def test_a_pivot(self):
        self.assertEqual(list(page.pivot(self.ROWS, "steps", "horizon", "ncrps")),
                         ["| steps | last | lead |", "| --- | --- | --- |", "| 1 | 1.2500 | 1.1250 |",
                          "| 20 | 20.2500 | 20.1250 |"])
        self.assertEqual(list(page.pivot(self.ROWS[:2], "steps", "horizon", "coverage 90"))[-1], "| 1 | 0.9000 | 0.9000 |")

    def test_score_tables(self):
        lines = list(page.score_tables(self.ROWS))
        self.assertEqual([line for line in lines if line.startswith("## ")],
                         ["## 1 step ahead, 7 windows", "## 20 steps ahead, 7 windows"])
        row = next(line for line in lines if line.startswith("| lead "))
        self.assertIn("| **1.1250** |", row)

    def test_coverage_rows(self):
        self.assertIn("| lead | 50.0 % | 80.0 % | 90.0 % | 95.0 % | 0.500 |", list(given.coverage_tables(self.ROWS)))

    def test_figures_are_functions_of_the_numbers(self):
        bursts = [{**row, "target": target, "factor": factor, "phase": phase} for row in self.ROWS
                  for target, factor in (("nothing", 1), ("a>b", 5)) for phase in ("in", "after")]
        steps = [make_row(f"{sampler}, {count}", seconds_per_forecast=count)
                 for sampler in given.SAMPLERS for count in given.STEPS]
        for experiment, rows in ((ablation.image, self.ROWS), (given.steps, steps), (given.horizon, self.ROWS),
                                 (given.coverage, self.ROWS), (burst.burst, bursts)):
            with tempfile.TemporaryDirectory() as folder:
                moved = [{**row, "ncrps": 2 * row["ncrps"] + row["horizon"] ** 2, "coverage": {**row["coverage"], "90": 0.7}}
                         for row in rows]
                for name, drawn in (("one", rows), ("same", rows), ("moved", moved)):
                    figure.save(experiment.figure(drawn), f"{folder}/{name}")
                one, same, other = (read(f"{folder}/{name}") for name in ("one", "same", "moved"))
                self.assertEqual(one, same, experiment.title)
                self.assertNotEqual(one, other, experiment.title)
                self.assertNotIn("<dc:date>", one)

    def test_a_page_is_one_part_or_says_its_commit(self):
        with tempfile.TemporaryDirectory() as folder:
            for note in ("One.", "Two."):
                command.publish(given.coverage, Result(self.ROWS, [note]), folder, "coverage", {"models/data.py": "01234567"})
            command.publish(given.coverage, Result(self.ROWS, ["Three."]), folder, "other")
            text, other = (read(f"{folder}/results/experiments/{name}.md") for name in ("coverage", "other"))
        self.assertTrue(text.startswith(f"# {given.coverage.title}\n\n<!-- part: coverage "))
        self.assertIn("\nTwo.\n", text)
        self.assertNotIn("One.", text)
        self.assertFalse(parts.kept_parts("page", text)["coverage"].edited)
        self.assertIn("\nMeasured at commit ", other)

    def test_the_manual_names_every_experiment(self):
        lines = re.findall(r"^/usr/bin/python3 -m models\.experiments .*$", read(f"{ROOT}/docs/experiments.md"), re.MULTILINE)
        names = []
        for line in lines:
            with mock.patch("sys.argv", ["experiments", *shlex.split(line, comments=True)[3:]]):
                names.append(command.parse_arguments().name)
        self.assertEqual(sorted(set(names)), sorted(EXPERIMENTS))


class Banks(unittest.TestCase):
    """What the banks that stand beside the shipped one keep of it."""
    def setUp(self):
        walk = np.random.default_rng(1).standard_normal((4000, 3, 1)).cumsum(1) / np.sqrt([[[1], [2], [3]]])
        self.z = np.repeat(walk, 2, axis=2)  # both pairs go the same way

    def correlations(self, make):
        """Between the first two steps of a pair, and between the two pairs."""
        z = make(self.z, np.random.default_rng(2))
        return [np.corrcoef(*two)[0, 1] for two in ((z[:, 0, 0], z[:, 1, 0]), (z[:, 1, 0], z[:, 1, 1]))]

    def test_each_keeps_what_it_says(self):
        wanted = {"independent steps": (0, 0), "the steps' mean correlation": (0.5 ** 0.5, 0), "each pair's own past, as it was": (0.5 ** 0.5, 0),
                  "the past of all pairs, as it was": self.correlations(paths.as_it_was)}
        for name, make in paths.BANKS.items():
            np.testing.assert_allclose(self.correlations(make), wanted[name], atol=0.06, err_msg=name)


@unittest.skipUnless(os.path.exists(make_setting("").program), "lead is not built")
class Whole(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        write_data(self.folder)

    def run_one(self, name, **changes):
        """The lines of its page; the figure is there."""
        experiment = EXPERIMENTS[name]
        result = experiment.run(make_setting(self.folder, **changes))
        command.publish(experiment, result, self.folder, name)
        self.assertGreater(os.path.getsize(f"{self.folder}/docs/figures/{name}.svg"), 5000)
        return read(f"{self.folder}/results/experiments/{name}.md").splitlines()

    def test_backbones_then_images_train_what_is_not_there(self):
        weights = f"{self.folder}/Qwen2-Tiny"
        os.makedirs(weights)
        qwen2_files.write_single(weights, qwen2_files.weights())
        lines = self.run_one("backbone", backbone=weights)
        rows = [line.split(" | ") for line in lines if line.startswith("| ") and "---" not in line]
        self.assertEqual([row[0] for row in rows],
                         ["|", "| random", "| none", "| qwen2-tiny", "| shipped, seed 8"] * 2)  # 1 and 2 steps ahead
        trained = f"{self.folder}/runs/tiny-3"
        stamps = {name: os.path.getmtime(f"{trained}/{name}/diffusion.pt")
                  for name in ("default", "backbone-none", "backbone-qwen2-tiny", "seed-8")}
        files = [given.read_manifest(f"{trained}/checkpoints/{name}")["files"] for name in stamps]
        self.assertEqual(len({of["conditioner"]["sha256"] for of in files}), 4)
        self.run_one("image")  # needs one more, not these
        for name, stamp in stamps.items():
            self.assertEqual(os.path.getmtime(f"{trained}/{name}/diffusion.pt"), stamp)
        self.assertTrue(os.path.exists(f"{trained}/image-intensity/diffusion.pt"))

    def test_a_given_base_is_only_read(self):
        run = f"{self.folder}/mine"
        base = next(train.start(quick(6), self.folder, run))
        base.train()
        before = {name: (os.stat(f"{run}/{name}").st_mtime_ns, read(f"{run}/{name}"))
                  for name in ("base.csv", "command.json")}
        self.assertEqual(variants.find_base(make_setting(self.folder, base_run=run)), run)
        with self.assertRaisesRegex(SystemExit, "mine/whole-base.pt: not there"):  # its training is not at its end
            self.run_one("image", base_run=run)
        after = {name: (os.stat(f"{run}/{name}").st_mtime_ns, read(f"{run}/{name}")) for name in before}
        self.assertEqual(before, after)

    def test_experiments_on_a_checkpoint(self):
        self.assertIn("| euler, 100 |", "\n".join(self.run_one("steps")))
        self.assertIn("| lead, not calibrated |", "\n".join(self.run_one("coverage")))
        self.assertIn("| steps ahead | last | ewma | nlinear-day | lead |", self.run_one("horizon"))

    def test_banks_of_paths(self):
        lines = self.run_one("paths")
        labels = [line.split(" | ")[0] for line in lines if line.startswith("| ") and "---" not in line]
        self.assertEqual(labels[-6:], ["| nlinear-day", "| independent steps", "| the steps' mean correlation", "| each pair's own past, as it was",
                                       "| the past of all pairs, as it was", "| as it ships (lead)"])

    def test_bursts(self):
        away = ~np.eye(5, dtype=bool)
        with mock.patch.multiple(burst, FACTORS=(5,), find_targets=lambda nodes, tms: {"all pairs": away}):
            lines = self.run_one("burst")
        first = lines.index("| forecasts made | last | ewma | nlinear-day | lead |")  # ncrps, 1 step ahead
        last = {line.split(" | ")[0]: float(line.split(" | ")[1]) for line in lines[first + 2:first + 9]}
        self.assertEqual(list(last)[:4], [f"| nothing x 1, {phase}" for phase in ("before", "onset", "in", "after")])
        self.assertAlmostEqual(last["| all pairs x 5, onset"], 0.8, delta=0.05)  # four fifths of the traffic are missed
        self.assertLess(last["| all pairs x 5, in"], 1.5 * last["| nothing x 1, in"])  # a factor in both changes nothing
        self.assertAlmostEqual(last["| all pairs x 5, after"], last["| nothing x 1, after"], places=4)


if __name__ == "__main__":
    unittest.main()
