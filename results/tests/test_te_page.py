"""The page of the TE benchmark: rows from epochs of several runs, tables from rows, scenarios that are there."""
import os
import tempfile
import unittest

from results import parts, te_page

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EPOCHS = "epoch,offered_bps,mlu_over_optimum,loss_fraction,delay_mean_s,delay_p99_s,flow_time_mean_s,flow_time_p99_s,moved_fraction,forecast_ncrps\n"


def write(folder, rows, te):
    os.makedirs(folder)
    with open(f"{folder}/epochs.csv", "w") as file:
        file.write(EPOCHS + "".join(f"{i},{row}\n" for i, row in enumerate(rows)))
    with open(f"{folder}/timings.csv", "w") as file:
        file.write("epoch,te_s\n" + "".join(f"{i},{value}\n" for i, value in enumerate(te)))


class Page(unittest.TestCase):
    def test_a_row_is_of_all_parts(self):
        with tempfile.TemporaryDirectory() as folder:
            write(f"{folder}/1", ["100,1.0,0,0.1,0.2,,,0.5,", "300,1.2,0,0.3,0.4,,,0.1,0.2"], [0.001, 0.003])
            write(f"{folder}/2", ["400,2.0,0.5,0.1,0.2,,,0,0.4"], [0.002])
            row = te_page.policy_row("x", [f"{folder}/1", f"{folder}/2"])
        self.assertEqual(row["epochs"], 3)
        self.assertAlmostEqual(row["mean"], 1.4)
        self.assertAlmostEqual(row["max"], 2.0)
        self.assertAlmostEqual(row["te_ms"], 2.0)
        self.assertAlmostEqual(row["moved"], (100 * 0.5 + 300 * 0.1) / 800)
        self.assertAlmostEqual(row["ncrps"], (300 * 0.2 + 400 * 0.4) / 700)  # the first epoch has none
        self.assertIsNone(row["flow"])

    def test_tables_hold_what_was_measured(self):
        rows = [{"instance": "Abilene", "nodes": 11, "optimum": 0.9, "label": label, "mlu": 0.9 * (1 + i), "seconds": 0.25, "megabytes": 10}
                for i, (label, _, _) in enumerate(te_page.ALGORITHMS)]
        next(row for row in rows if row["label"] == "mcf, any link may fail")["failure_mlu"] = 0.9 * 1.25
        policy = {"name": "last-mcf", "epochs": 7, "mean": 1.25, "p90": 1.5, "p99": 1.75, "max": 2, "te_ms": 3, "moved": 0.125, "ncrps": None,
                  "loss": 0.01, "delay": 0.02, "delay_p99": 0.03, "flow": 0.5, "flow_p99": 5, "beside": ("boot-sticky", -1.234, -2.5, 0.25)}
        first = {**policy, "name": "boot-sticky", "beside": None}
        more = [{**row, "instance": "Colt", "nodes": 153, "seconds": 0.25 * (153 / 11) ** 2} for row in rows]
        found = {"instances": rows + more, "search": ["| one | row |"], "loop-geant": [first, policy], "day-geant-udp": [first, policy]}
        page = [line for name, rows in found.items() for line in te_page.part_lines(name, rows)]
        self.assertIn("| last-mcf | 1.250 | -1.23 (-2.50 to +0.25) | 1.500 | 1.750 | 2.000 | 20.0 | 12.5 | - | 3.0 |", page)
        self.assertIn("| last-mcf | 1.000 | 20.0 | 30.0 | 0.500 | 5.00 | 1.250 | -1.23 (-2.50 to +0.25) | 1.750 | 12.5 |", page)
        self.assertIn("| boot-sticky | 1.250 | - | 1.500 | 1.750 | 2.000 | 20.0 | 12.5 | - | 3.0 |", page)
        self.assertEqual(sum("mean less boot-sticky's, % (95 %)" in line for line in page), 2)
        self.assertIn("| one | row |", page)
        self.assertTrue(any(line.startswith("| ecmp | 1.0000 | - |") for line in page))
        self.assertIn("| mcf, any link may fail | 1.250 | - | - | - |", page)
        self.assertTrue(any(line.startswith("| mcf | 0.25, 10 |") and line.endswith("| 2.0 |") for line in page))
        self.assertIn("## Closed loop, fluid engine, last 20 %: geant", page)

    def test_every_part_has_what_it_depends_on(self):
        self.assertEqual(list(parts.read_table(f"{ROOT}/{parts.TABLE}")["results/te.md"]), list(te_page.PARTS))

    def test_every_scenario_is_there(self):
        for kind, names in (("closed-loop", sum(te_page.LOOPS.values(), [])), ("congested", te_page.DAYS)):
            self.assertEqual(sorted(os.listdir(f"{ROOT}/scenarios/{kind}")), sorted(f"{name}.yaml" for name in names))


if __name__ == "__main__":
    unittest.main()
