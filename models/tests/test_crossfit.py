"""Spans of the past, residuals of unseen windows, the bank, and samples that start from it."""
import tempfile
import unittest

import numpy as np
import torch

from models import crossfit, data, sample
from models.lead import normal_score, paths, spans
from models.source import Source
from models.tests import tiny

class Spans(unittest.TestCase):
    def setUp(self):
        whole = tiny.series()
        keep = np.random.default_rng(2).random(len(whole.times)) < 0.8
        self.times, self.tms = whole.times[keep], whole.tms[keep]
        self.sums = spans.Sums(self.times, self.tms, tiny.STEP)

    def by_hand(self, now, span):
        start, until, power = span
        there = self.tms[(self.times <= now - start * tiny.STEP) & (self.times > now - until * tiny.STEP)]
        mean = (there ** power).mean(0) ** (1 / power) if len(there) else np.zeros((5, 5))
        return mean, 2 * len(there) >= until - start

    def test_means_over_what_is_there(self):
        chosen = spans.spans_of(tiny.STEP, 20)
        self.assertEqual(len(chosen), spans.count(20))
        for now in (self.times[0], self.times[60], self.times[-1]):
            values, known = self.sums.at(np.array([now]), chosen)
            for at, span in enumerate(chosen):
                mean, enough = self.by_hand(now, span)
                np.testing.assert_allclose(values[0, at], mean, rtol=1e-9, atol=1e-3, err_msg=str(span))
                self.assertEqual(known[0, at], enough, span)

    def test_blocks_of_a_day_hold_their_targets_time(self):
        for step, horizon in ((300, 20), (900, 20), (3600, 2)):
            made, rows = spans.spans_of(step, horizon), spans.day_rows(horizon)
            for day, row in zip(spans.DAYS, rows):
                for ahead, at in enumerate(row, 1):
                    start, until, _ = made[at]
                    self.assertTrue(start <= day * 86400 // step - ahead < until, (step, day, ahead))
            self.assertEqual(made[spans.level_row(horizon, 24)], (0, 86400 // step, 1))

    def test_shares_are_of_the_last_week(self):
        now = self.times[-1]
        week = self.tms[self.times > now - 7 * 86400].mean(0)
        np.testing.assert_allclose(self.sums.shares(np.array([now]))[0], np.maximum(week / week.sum(), 0.001 * ~np.eye(5, dtype=bool)),
                                   rtol=1e-9)
        self.assertAlmostEqual(spans.SHARE_FLOOR / 20, 0.001)

    def test_a_coarser_series_is_of_whole_blocks(self):
        series = data.Series("x", list("abcde"), tiny.STEP, self.times, self.tms, int(self.times[200]), int(self.times[220]), 0, "")
        coarse = data.coarser(series, 3)
        self.assertEqual(coarse.step, 3 * tiny.STEP)
        self.assertTrue((coarse.times % coarse.step == 0).all() and (np.diff(coarse.times) > 0).all())
        for time, tm in zip(coarse.times, coarse.tms):
            inside = (self.times >= time) & (self.times < time + coarse.step)
            self.assertEqual(inside.sum(), 3)
            np.testing.assert_allclose(tm, self.tms[inside].mean(0))

    def test_what_is_forgotten_reaches_far_back(self):
        config, prepared = tiny.config(), tiny.prepare(tiny.config())
        source = Source(*prepared[:2], prepared[2], config, np.full((5, 5), 0.04) * ~np.eye(5, dtype=bool))
        window = source.window(np.random.default_rng(1), np.tile(prepared[2][0][-1:], (2000, 1)), 0.0)
        known = window.known[:, source.reach > 3].any(1), window.known[:, source.reach <= 1].any(1)
        self.assertAlmostEqual(1 - known[0].mean(), 0.1, delta=0.02)
        self.assertAlmostEqual(1 - known[1].mean(), 0.03, delta=0.012)
        gone = ~known[1]
        mean = window.relative[gone][:, -6:].mean(1)
        np.testing.assert_allclose(window.spans[gone], np.repeat(mean[:, None], window.spans.shape[1], 1), rtol=1e-5)

class Blocks(unittest.TestCase):
    def setUp(self):
        self.config, self.prepared = tiny.config(), tiny.prepare(tiny.config())

    def test_a_base_sees_no_target_of_its_block_nor_of_the_day_around(self):
        series, _, fit, _ = self.prepared
        own = []
        for others, block in crossfit.blocks(series, fit, self.config["training"]["folds"]):
            first, last = series.times[block[1].min()], series.times[block[1].max()]
            apart = np.minimum(np.abs(series.times[others[1]] - first), np.abs(series.times[others[1]] - last))
            inside = (series.times[others[1]] >= first) & (series.times[others[1]] <= last)
            self.assertFalse(inside.any())
            self.assertGreater(apart.min(), crossfit.MARGIN)
            own.append(block[1])
        np.testing.assert_array_equal(np.concatenate(own), fit[1])

    def test_residuals_are_of_the_fold_that_has_not_seen_them(self):
        """Folds that say their number's quantile everywhere: every window has that of its block."""
        series, lags, fit, _ = self.prepared
        share = np.full((5, 5), 0.05) * ~np.eye(5, dtype=bool)

        def fold(number):
            def base(relative, *_):
                knots = torch.tensor(normal_score.KNOTS).float()[None, None, :, None, None]
                return (1e3 * number + 1 + 1e-3 * knots).expand(len(relative), 2, -1, 5, 5), None
            return base

        with tempfile.TemporaryDirectory() as run:
            self.assertIsNone(crossfit.load(run, self.config, tiny.SHA256))
            crossfit.measure(run, [fold(-1), fold(1), fold(-1)], self.prepared, self.config, share)
            z, rows, targets = crossfit.load(run, self.config, tiny.SHA256)
            for config, sha256 in (({**self.config, "history": 5}, tiny.SHA256), (self.config, "1" * 64)):
                with self.assertRaisesRegex(SystemExit, "of other TMs or windows than tiny has now"):
                    crossfit.load(run, config, sha256)
        self.assertEqual((len(z), len(rows)), (60, 60))
        blocks = [set(block[1][:, 0]) for _, block in crossfit.blocks(series, fit, self.config["training"]["folds"])]
        at = np.array([[target in block for block in blocks].index(True) for target in targets[:, 0]])
        signs = np.sign(z[:, 0, 0, 1].astype(float))
        np.testing.assert_array_equal(signs, np.where(at == 1, -1, 1))  # far below the forecast, or far above

    def test_the_bank_is_even_in_every_cell(self):
        rng = np.random.default_rng(4)
        z = rng.standard_normal((1000, 2, 5, 5)).cumsum(1).astype(np.float16)
        bank = crossfit.bank_of((z, None, None), 1)
        self.assertEqual((bank.shape, bank.dtype), ((crossfit.BANK_WINDOWS, 2, 5, 5), np.int8))
        self.assertTrue((bank[:, :, np.eye(5, dtype=bool)] == 0).all())
        values = np.sort(bank[:, 1, 0, 1]) / paths.UNITS
        np.testing.assert_allclose(values, np.clip(normal_score.normal_quantile((np.arange(400) + 0.5) / 400), -3, 3), atol=0.013)
        kept = np.corrcoef(bank[:, 0, 2, 3], bank[:, 1, 2, 3])[0, 1]
        self.assertAlmostEqual(kept, np.sqrt(0.5), delta=0.08)

class Starts(unittest.TestCase):
    def test_samples_are_even_and_in_their_own_order(self):
        z = np.random.default_rng(5).standard_normal((30, 50)).astype(np.float32)
        found = paths.make_even(z)
        np.testing.assert_array_equal(np.argsort(found, 0), np.argsort(z, 0))
        np.testing.assert_array_equal(np.sort(np.floor(30 * normal_score.normal_cdf(found)), 0), np.arange(30)[:, None] + np.zeros(50))

    def test_places_within_the_intervals_are_uniform_and_the_number_s_own(self):
        z = np.random.default_rng(6).standard_normal((8, 20000)).astype(np.float32)
        found = paths.make_even(z)
        place = np.sort(8 * normal_score.normal_cdf(found), 0) - np.arange(8)[:, None]
        np.testing.assert_allclose(np.quantile(place, [0.1, 0.5, 0.9], axis=1), np.array([[0.1], [0.5], [0.9]]) + np.zeros(8), atol=0.03)
        top, its = np.sort(z, 0)[-1], place[-1]
        self.assertGreater(np.corrcoef(np.argsort(np.argsort(top)), np.argsort(np.argsort(its)))[0, 1], 0.999)

    def test_a_path_that_is_far_out_stays_as_far_out(self):
        """Windows whose steps are alike: the largest sample's place in its interval is the same at all steps, and differs from draw to
        draw over all of the interval."""
        rng = np.random.default_rng(8)
        bank = paths.to_bank(np.repeat(paths.even(rng.standard_normal((400, 1, 3, 3)), rng), 5, 1))
        z = np.stack([paths.make_even(paths.take(bank, seed, 20, 1, 3))[:, 0] for seed in range(200)])
        place = 20 * normal_score.normal_cdf(z.max(1)) - 19
        self.assertLess(np.ptp(place, axis=1).max(), 1e-6)
        np.testing.assert_allclose(np.quantile(place[:, 0], [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.04)

    def test_reordered_cells_keep_their_numbers(self):
        rng = np.random.default_rng(9)
        z, order = rng.standard_normal((30, 50)), rng.standard_normal((30, 50))
        found = paths.reorder(z, order)
        np.testing.assert_array_equal(np.sort(found, 0), np.sort(z, 0))
        np.testing.assert_array_equal(np.argsort(found, 0), np.argsort(order, 0))

    def test_a_sample_keeps_what_its_window_had(self):
        """Steps and pairs of the bank's windows are alike: so are those of the samples."""
        rng = np.random.default_rng(6)
        common = np.broadcast_to(rng.standard_normal((200, 1, 1, 1)), (200, 3, 4, 4))
        bank = paths.to_bank(paths.even(common + 0.05 * rng.standard_normal(common.shape), rng))
        z = paths.make_even(paths.take(bank, 8, 40, 2, 4))
        self.assertGreater(np.corrcoef(z[:, 0].reshape(40, -1).T).min(), 0.9)
        self.assertGreater(np.abs(z[:, 0] - z[:, 1]).max(), 0.1)  # another window of the batch draws others

    def test_a_network_without_paths_of_its_own_takes_others(self):
        bank = np.random.default_rng(7).integers(-100, 100, (50, 2, 6), np.int8)
        given = paths.take(bank, 9, 20, 3, 5)
        rows, columns = paths.rows_of(9, 20, 3, 50), paths.columns_of(9, 25, 6)
        self.assertEqual(given.shape, (20, 3, 2, 5, 5))
        self.assertGreater(len(set(columns)), 3)
        for sample_, batch, pair in ((0, 0, 0), (7, 2, 13), (19, 1, 24)):
            found = given[sample_, batch].reshape(2, 25)[:, pair] * paths.UNITS
            np.testing.assert_allclose(found, bank[rows[sample_, batch], :, columns[pair]], atol=0.5001)
            self.assertAlmostEqual(found[1] - found[0], float(bank[rows[sample_, batch], 1, columns[pair]]) - bank[rows[sample_, batch], 0, columns[pair]],
                                   delta=1e-3)

    def test_a_bank_is_smoothed_over_its_steps(self):
        """A number's neighbours come into it, an end's missing one is itself, and a step's mean square stays."""
        rng = np.random.default_rng(10)
        z = paths.to_bank(rng.standard_normal((500, 6, 3, 3)))
        found = paths.smoothed(z, 0.2).astype(float)
        near = np.concatenate([z[:, :1], z, z[:, -1:]], 1).astype(float)
        wanted = 0.2 * near[:, :-2] + 0.6 * near[:, 1:-1] + 0.2 * near[:, 2:]
        wanted *= np.sqrt((z.astype(float) ** 2).sum((0, 2, 3)) / (wanted ** 2).sum((0, 2, 3)))[:, None, None]
        np.testing.assert_allclose(found, np.clip(wanted, -127, 127), atol=0.5001)
        np.testing.assert_array_equal(paths.smoothed(z, 0.0), z)
        step = np.corrcoef(z[:, 2].ravel(), z[:, 3].ravel())[0, 1], np.corrcoef(found[:, 2].ravel(), found[:, 3].ravel())[0, 1]
        self.assertGreater(step[1], step[0] + 0.4)

    def test_without_steps_samples_are_the_base_s_distributions(self):
        config, prepared = tiny.config(), tiny.prepare(tiny.config())
        model, scaling = tiny.shaken(config, prepared)
        window = tiny.window(prepared, config, prepared[2][0][:2])
        z, _ = sample.generate(model, window, scaling.bank, 16, 0, 3)
        interval = np.floor(16 * normal_score.normal_cdf(z)).astype(int)
        np.testing.assert_array_equal(np.sort(interval, 0), np.broadcast_to(np.arange(16)[:, None, None, None, None], z.shape))

if __name__ == "__main__":
    unittest.main()
