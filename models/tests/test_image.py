"""The twin of tests/unit/test_predict_lead_image.c: equivariance, no leak, gaps; and the fixtures are up to date."""
import os
import tempfile
import unittest

import numpy as np

from models import data, fit_scaling
from models.lead import spans, tm_image
from models.tests import make_fixtures, tiny


class TmImage(unittest.TestCase):
    def setUp(self):
        self.config = tiny.config()
        self.prepared = tiny.prepare(self.config)
        self.series, self.lags, self.fit, _ = self.prepared
        self.share = fit_scaling.shares(self.series)

    def window(self, frames, present=None):
        rows = self.fit[0][50:51]
        present = rows >= 0 if present is None else present
        now = self.series.times[rows[:, -1]]
        values, known = self.series.sums.at(now, spans.spans_of(tiny.STEP, self.config["horizon"]))
        factor = frames[0, -1, 0, 1] / self.series.tms[rows[0, -1], 0, 1]
        return tm_image.make_window(frames, present, (factor * values, known), now, self.lags, tiny.STEP,
                                    self.config["history"], self.share)

    def test_a_factor_changes_nothing_but_the_scale(self):
        frames = self.series.tms[self.fit[0][50:51]]
        plain, loud = self.window(frames), self.window(7.3 * frames)
        for part in ("images", "features", "relative", "spans", "known", "size"):
            np.testing.assert_allclose(getattr(plain, part), getattr(loud, part), atol=1e-6)
        np.testing.assert_allclose(7.3 * plain.scale, loud.scale, rtol=1e-12)

    def test_channels_are_differences(self):
        images = self.window(self.series.tms[self.fit[0][50:51]]).images[0]
        np.testing.assert_allclose(images[5, 1], images[5, 0] - images[4, 0], atol=1e-6)
        np.testing.assert_allclose(images[5, 2], images[5, 1] - images[4, 1], atol=1e-6)
        self.assertTrue((images[0, 1] == 0).all() and (images[3, 1] == 0).all() and (images[3, 2] == 0).all())

    def test_missing_rows(self):
        rows = np.array([[-1, 7, -1, -1, 20, -1, -1, 23, 24]])
        filled, present = tm_image.fill_rows(rows, 6)
        self.assertEqual(filled.tolist(), [[24, 7, 24, 20, 20, 20, 20, 23, 24]])
        self.assertEqual(present.sum(), 4)

    def test_windows_use_no_target_and_no_other_part(self):
        for which in ("fit", "choose"):
            rows, targets = data.windows(self.series, 6, [24, 23, 22], 2, which)
            low, high = self.series.part(which)
            self.assertTrue((rows.max(1) < targets.min(1)).all())
            self.assertTrue((self.series.times[targets] >= low).all() and (self.series.times[targets] < high).all())

    def test_windows_do_not_cross_gaps(self):
        keep = np.ones(300, bool)
        keep[100] = False
        series = tiny.series()
        series.times, series.tms = series.times[keep], series.tms[keep]
        rows, targets = data.windows(series, 6, [24, 23, 22], 2, "fit")
        newest = series.times[np.concatenate([rows[:, 3:], targets], 1)]
        self.assertTrue((np.diff(newest, axis=1) == tiny.STEP).all())
        self.assertTrue((rows[:, :3] < 0).any())

    def test_the_committed_fixture_is_what_the_code_gives(self):
        with tempfile.TemporaryDirectory() as folder:
            make_fixtures.write_windows(f"{folder}/window.txt")
            with open(f"{folder}/window.txt") as file:
                made = file.read().split("\n")
        with open(os.path.join(make_fixtures.FOLDER, "window.txt")) as file:
            committed = file.read().split("\n")
        self.assertEqual(len(made), len(committed))
        for new, old in zip(made, committed):
            if not new:
                continue
            self.assertEqual(new.split()[:2], old.split()[:2])
            np.testing.assert_allclose(np.array(new.split()[2:], float), np.array(old.split()[2:], float), rtol=1e-4,
                                       atol=1e-5, err_msg=new.split()[0])


if __name__ == "__main__":
    unittest.main()
