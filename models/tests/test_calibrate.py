"""Calibration: samples that are too narrow and off come out right, by range of load; and the export has it."""
import json
import tempfile
import unittest

import numpy as np
import torch

from models import calibrate, export, sample
from models.lead import normal_score
from models.tests import tiny


def made(rng, shift, stretch, windows=3000):
    """Samples [S, W, 1, 2, 2], standard normal and even as LEAD's are, and truths that are shifted and stretched."""
    samples = tiny.even_noise(int(rng.integers(1 << 30)), 40, windows * 4).reshape(40, windows, 1, 2, 2)
    return samples, shift + stretch * rng.standard_normal((windows, 1, 2, 2))


class Calibrate(unittest.TestCase):
    def test_ranks_of_calibrated_samples_are_normal(self):
        rng = np.random.default_rng(1)
        scores = calibrate.rank_scores(*made(rng, 0, 1, 10000), rng)
        bound = normal_score.normal_quantile(calibrate.OUTER)
        shift, stretch = calibrate.shift_and_stretch(scores.reshape(10000, 1, 4), bound)[0]
        self.assertAlmostEqual(scores.mean(), 0, delta=0.02)
        self.assertAlmostEqual(shift, 0, delta=0.02)
        self.assertAlmostEqual(stretch, 1, delta=0.02)

    def test_empty_pairs_spread_over_their_ranks(self):
        scores = calibrate.rank_scores(np.zeros((40, 2000, 1, 1, 1)), np.zeros((2000, 1, 1, 1)),
                                       np.random.default_rng(2))
        self.assertAlmostEqual(scores.std(), 1, delta=0.06)

    def test_a_coverage_that_is_right_enough_is_left(self):
        rng, bound = np.random.default_rng(4), normal_score.normal_quantile(calibrate.OUTER)
        for shift, stretch in ((0, 1.05), (0, 0.95), (0.1, 1.0)):
            scores = calibrate.rank_scores(*made(rng, shift, stretch, 10000), rng)
            self.assertEqual(calibrate.shift_and_stretch(scores.reshape(10000, 1, 4), bound)[0].tolist(), [0.0, 1.0])

    def test_a_coverage_that_is_wrong_is_set_right(self):
        rng, bound = np.random.default_rng(4), normal_score.normal_quantile(calibrate.OUTER)
        for wanted in ((0, 1.3), (0, 0.7), (0.8, 1.0), (0.8, 0.72)):
            scores = calibrate.rank_scores(*made(rng, *wanted, 10000), rng)
            np.testing.assert_allclose(calibrate.shift_and_stretch(scores.reshape(10000, 1, 4), bound)[0], wanted, atol=0.05)

    def test_a_longer_tail_does_not_shift(self):
        z = np.random.default_rng(5).standard_normal((10000, 1, 4))
        shift, stretch = calibrate.shift_and_stretch(np.where(z > 0, 1.8 * z, z), normal_score.normal_quantile(calibrate.OUTER))[0]
        self.assertAlmostEqual(shift, 0, delta=0.02)
        self.assertAlmostEqual(stretch, 1.4, delta=0.02)

    def test_shift_and_stretch_are_found_in_each_range_of_load(self):
        rng = np.random.default_rng(3)
        wanted = [(0.3, 0.8), (0.0, 1.0), (-0.2, 1.3)]
        scores = np.concatenate([calibrate.rank_scores(*made(rng, *one), rng) for one in wanted])
        level = np.repeat([1e9, 2e9, 3e9], 3000) + rng.random(9000)
        loads, calibration = calibrate.fit_scores(scores.reshape(9000, 1, 4), level)
        self.assertTrue(1e9 < loads[0] <= 2e9 + 1 and 2e9 < loads[1] <= 3e9 + 1)
        np.testing.assert_allclose(calibration[:, 0], wanted, atol=0.09)

    def test_ranges_apply_to_their_windows(self):
        scaling = normal_score.Scaling(None, None, np.array([2.0]), np.array([[[0.5, 2.0]], [[0.0, 1.0]]]))
        z = normal_score.calibrate(np.ones((1, 3, 1, 1, 1)), np.array([1.0, 2.0, 3.0]), scaling)
        self.assertEqual(z[0, :, 0, 0, 0].tolist(), [2.5, 1.0, 1.0])

    def test_a_denoiser_that_errs_is_not_believed(self):
        """One that puts samples into an order of no sense is best left out, and comes out as it went in."""
        config = tiny.config()
        prepared = tiny.prepare(config)
        model, scaling = tiny.shaken(config, prepared)
        away = np.array([1, -1]).reshape(2, 1, 1)  # what is above at one step is below at the next
        self.addCleanup(setattr, sample, "denoise_batch", sample.denoise_batch)
        sample.denoise_batch = lambda model, window, spatial, x, steps: x[:, :, :1] * away
        before = {name: tensor.clone() for name, tensor in model.denoiser.state_dict().items()}
        self.assertEqual(calibrate.choose_strength(model, scaling, prepared, config, calibrate.STRENGTHS), calibrate.STRENGTHS[0])
        for name, tensor in model.denoiser.state_dict().items():
            self.assertTrue(torch.equal(tensor, before[name]), name)

    def test_the_calibration_of_a_run_is_exported(self):
        with tempfile.TemporaryDirectory() as run:
            for part in tiny.parts(tiny.config(), run):
                part.train()
            whole, before, state = export.load_run(run)
            self.assertEqual((len(before.loads), before.calibration.tolist()), (0, [[[0.0, 1.0]] * 2]))
            with open(f"{run}/calibration.json", "w") as file:
                json.dump({"model": state["digest"], "strength": 0.5, "loads": [5.0], "calibration": [[[0, 1], [0, 2]], [[0, 3], [0, 4]]]}, file)
            model, scaling, state = export.load_run(run)
            self.assertIsNone(export.find_calibration(run, export.digest_of(model)))  # of the weakened one: another model
            export.export_model(model, state, scaling, tiny.STEP, f"{run}/out", 4, {})
            self.assertEqual(scaling.smooth, 0)  # the denoiser learnt from paths as they were
            with open(f"{run}/calibration.json") as file:
                found = json.load(file)
            with open(f"{run}/calibration.json", "w") as file:
                json.dump({**found, "strength": 0}, file)
            export.export_model(*(export.load_run(run)[at] for at in (0, 2, 1)), tiny.STEP, f"{run}/plain", 4, {})
            with open(f"{run}/plain/manifest.json") as file:
                self.assertEqual(json.load(file)["paths"], {"smooth": 0.1})
            with open(f"{run}/out/scaling.json") as file:
                written = json.load(file)
            with open(f"{run}/out/manifest.json") as file:
                manifest = json.load(file)
        for name, tensor in whole.denoiser.write.state_dict().items():
            self.assertTrue(torch.equal(model.denoiser.write.state_dict()[name], 0.5 * tensor), name)
        self.assertEqual((manifest["training"]["strength"], manifest["paths"]), (0.5, {"smooth": 0}))
        self.assertEqual(written["calibration"], [0, 1, 0, 2, 0, 3, 0, 4])
        self.assertEqual((written["loads"], manifest["shapes"]["loads"]), ([5.0], 1))


if __name__ == "__main__":
    unittest.main()
