"""The page of forecasts: names, best of a column, changes against the best classical forecast and the MLP."""
import unittest

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

    def test_lead_is_set_against_the_best_of_others(self):
        text = "\n".join(self.lines())
        self.assertIn("each score: `nrmse` -5.0 %, `nmae` +20.0 %, `od_rmse` +0.0 %, `ncrps` -45.0 %", text)
        self.assertIn("missed in: nmae, od_rmse.", text)
        self.assertIn("Against the `mlp`, which it should not be above in any of these: `ncrps` +10.0 %", text)
        self.assertIn("0.900 of the truths, within 0.87", text)

    def test_intervals_that_are_too_narrow_are_said_to_be(self):
        self.rows[-1]["coverage"]["90"] = 0.86
        self.assertIn("0.860 of the truths, not within 0.87", "\n".join(self.lines()))

    def test_without_lead_or_classical_forecasts_there_is_only_the_table(self):
        self.rows = self.rows[:3]
        self.assertTrue(self.lines()[-1].startswith("| mlp"))


if __name__ == "__main__":
    unittest.main()
