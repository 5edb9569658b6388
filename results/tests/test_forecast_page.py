"""The page of forecasts: names, best of a column, LEAD against the best of the others and without its parts, what trainings took."""
import json
import os
import tempfile
import unittest
import zipfile

from results import forecast_page


def row(predictor, horizon=1, **scores):
    values = {score: 1.0 for score in forecast_page.SCORES}
    return {"predictor": predictor, "horizon": horizon, "windows": 7, "coverage": {"90": 0.9}, "width_90": 0.5,
            "collapse": 1.0, "seconds_per_forecast": 0.1, **values, **scores}


class Page(unittest.TestCase):
    def setUp(self):
        self.rows = [row("last", nrmse=0.8), row("ewma", nmae=0.5),
                     row("torchscript:models/runs/compare-abilene-mlp/predictor.pt", ncrps=0.5),
                     row("lead:models/checkpoints/abilene", nrmse=0.76, ncrps=0.55, nmae=0.6)]

    def lines(self):
        return list(forecast_page.page("abilene", self.rows))

    def test_the_best_of_each_score_is_bold_and_predictors_have_short_names(self):
        cells = {line.split(" | ")[0]: line.split(" | ") for line in self.lines() if line.startswith("| ")}
        self.assertEqual(cells["| lead"][1:5], ["**0.7600**", "0.6000", "**1.0000**", "0.5500"])
        self.assertEqual(cells["| mlp"][4], "**0.5000**")
        self.assertIn("## abilene, 1 step ahead, 7 windows", self.lines())

    def test_a_label_with_a_comma_is_one(self):
        self.assertEqual(forecast_page.label("euler, 100"), "euler, 100")

    def test_lead_is_set_against_the_best_of_others(self):
        text = "\n".join(self.lines())
        self.assertIn("LEAD's: `nrmse` last +5.3 %, `nmae` ewma -16.7 %, `od_rmse` last +0.0 %, `ncrps` last +81.8 %", text)
        self.assertIn("missed in: nmae, od_rmse.", text)
        self.assertIn("0.900 of the truths, within 0.87", text)

    def test_what_is_known_of_the_difference_is_said(self):
        self.rows[0]["against"] = {"nrmse": far(0.05, -0.01, 0.11)}
        self.assertIn("LEAD's: `nrmse` last +5.0 % (-1.0 to +11.0), `nmae`", "\n".join(self.lines()))

    def test_intervals_that_are_too_narrow_are_said_to_be(self):
        self.rows[-1]["coverage"]["90"] = 0.86
        self.assertIn("0.860 of the truths, not within 0.87", "\n".join(self.lines()))

    def test_without_lead_or_classical_forecasts_there_is_only_the_table(self):
        self.rows = self.rows[:2] + [row("gru")]
        self.assertTrue(self.lines()[-1].startswith("| gru"))


def far(difference, low, high):
    return {"difference": difference, "low": low, "high": high}


class Differences(unittest.TestCase):
    """Rows that say how far they are above LEAD's."""
    PATHS = {"peak_mlu_crps": 0.4, "link_peak_crps": 0.3, "path_energy": 0.2, "peak_mlu_coverage_90": 0.9, "roughness": 1.1}

    def setUp(self):
        self.rows = [row("nlinear-day", 20, nmae=0.3, against={"nmae": far(0.5, 0.4, 0.6), "nrmse": far(-0.1, -0.2, 0.1)}),
                     row("torchscript:runs/compare-geant-mlp/predictor.pt,recalibrate=daily", 20, nmae=0.2, ncrps=0.1,
                         against={"nmae": far(0.05, 0.01, 0.1), "ncrps": far(-0.2, -0.3, -0.1), "energy": far(0.1, None, None)}),
                     row("lead:/tmp/x/base-without-paths", 20, nmae=0.1, **{**self.PATHS, "peak_mlu_crps": 0.6},
                         against={"peak_mlu_crps": far(0.5, 0.4, 0.6), "nmae": far(0.0, 0.0, 0.0)}),
                     row("lead:models/checkpoints/geant-80,recalibrate=never", 20, nmae=0.1, against={"nmae": far(0.1, 0.0, 0.2)}),
                     row("lead:models/checkpoints/geant-80", 20, nmae=0.19, **self.PATHS)]

    def text(self):
        return "\n".join(forecast_page.difference_lines(self.rows))

    def test_the_best_row_that_is_not_lead_s_is_chosen_for_each_score(self):
        self.assertIn("| nmae | mlp | 0.2000 | +5.0 % (+1.0 to +10.0) | LEAD is better |", self.text())
        self.assertIn("| nrmse | nlinear-day | 1.0000 | -10.0 % (-20.0 to +10.0) | no difference |", self.text())
        self.assertIn("| ncrps | mlp | 0.1000 | -20.0 % (-30.0 to -10.0) | LEAD is worse |", self.text())
        self.assertIn("| energy | mlp | 1.0000 | +10.0 % | no difference |", self.text())
        self.assertNotIn("base without paths", self.text())

    def test_without_against_there_is_no_table_of_differences(self):
        for one in self.rows:
            one.pop("against", None)
        self.assertEqual(self.text(), "")

    def test_which_part_wins_what(self):
        lines = list(forecast_page.part_lines(self.rows))
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].endswith("as they come): no difference in `nmae`."))
        self.assertTrue(lines[1].endswith("steps and pairs): LEAD is better in `peak_mlu_crps` +50.0 % (+40.0 to +60.0); "
                                          "no difference in `nmae`."))
        self.assertTrue(lines[2].endswith("too): LEAD is better in `nmae` +5.0 % (+1.0 to +10.0); "
                                          "LEAD is worse in `ncrps` -20.0 % (-30.0 to -10.0); no difference in `energy`."))

    def test_paths_have_a_table_where_there_are_any(self):
        lines = list(forecast_page.path_lines(self.rows))
        self.assertEqual([line.split(" | ")[0] for line in lines[3:]], ["| base without paths", "| lead"])
        self.assertIn("| lead | **0.4000** | **0.3000** | **0.2000** | 0.900 | 1.10 |", lines)
        self.assertEqual(list(forecast_page.path_lines(self.rows[:2])), [])


class Effort(unittest.TestCase):
    def test_is_read_from_the_predictor_s_file(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f"{folder}/compare-geant-gru")
            path = f"{folder}/compare-geant-gru/predictor.pt"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("predictor/extra/provenance.json", json.dumps({"networks": [
                    {"steps": 500, "best_step": 250, "core_seconds": 90}, {"steps": 1000, "best_step": 750, "core_seconds": 150}]}))
            lines = list(forecast_page.effort_lines([row("last"), row(f"torchscript:{path},recalibrate=daily")]))
        self.assertEqual(lines[-1], "| gru | 2 | 500, 1000 | 250, 750 | 4.0 |")

    def test_of_a_module_that_does_not_say_there_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(f"{folder}/m.pt", "w") as archive:
                archive.writestr("m/data.pkl", "")
            self.assertEqual(list(forecast_page.effort_lines([row(f"torchscript:{folder}/m.pt")])), [])


if __name__ == "__main__":
    unittest.main()
