"""The comparison networks: shapes, quantiles, learning, no leak; the exported predictor and its samples."""
import json
import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from models import checkpoint, fit_scaling, sample, train_compare, training
from models.compare import NETWORKS, dcrnn, forecast, mtgnn, predictor, stgcn
from models.lead import normal_score, paths
from models.lead.model import build
from models.lead.quantiles import UNIT
from models.tests import tiny

SMALL = (5, 6, 9, 2)       # nodes, history, frames, horizon
LARGE = (23, 16, 40, 20)


def inputs(nodes, frames, count=2):
    generator = torch.Generator().manual_seed(0)
    return (torch.rand(count, frames, nodes, nodes, generator=generator) * (1 - torch.eye(nodes)),
            torch.randn(count, frames + 1, 9, generator=generator))


def shaken(network):
    """The network with its zero-initialised parts awake."""
    generator = torch.Generator().manual_seed(11)
    for parameter in network.parameters():
        parameter.data.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return network.eval()


def make(name, sizes=SMALL):
    torch.manual_seed(1)
    return shaken(NETWORKS[name](*sizes))


class EachNetwork(unittest.TestCase):
    def test_shapes(self):
        for name in NETWORKS:
            with self.subTest(name):
                for sizes in (SMALL, LARGE):
                    nodes, _, frames, horizon = sizes
                    with torch.no_grad():
                        found = make(name, sizes)(*inputs(nodes, frames))
                    self.assertEqual(found.shape, (2, horizon, len(normal_score.KNOTS), nodes, nodes))
                    self.assertTrue(torch.isfinite(found).all())

    def test_size_is_like_lead_s(self):
        for name in NETWORKS:
            with self.subTest(name):
                for nodes in (12, 23):
                    network = NETWORKS[name](nodes, *LARGE[1:])
                    self.assertTrue(160_000 < sum(p.numel() for p in network.parameters()) < 1_500_000)

    def test_quantiles_rise_and_the_diagonal_is_empty(self):
        away = ~torch.eye(5, dtype=torch.bool)
        for name in NETWORKS:
            with self.subTest(name):
                found = make(name)(*inputs(5, 9))
                self.assertGreater((found[:, :, 1:] - found[:, :, :-1])[..., away].min().item(), 0)
                self.assertEqual(found[..., ~away].abs().max().item(), 0)

    def test_every_parameter_and_every_input_counts(self):
        """A frame, a pair or a parameter without a gradient would be dead code, or a frame that the network misses."""
        for name in NETWORKS:
            with self.subTest(name):
                network = make(name)
                relative, features = inputs(5, 9)
                relative.requires_grad_()
                weights = torch.randn(network(relative, features).shape, generator=torch.Generator().manual_seed(2))
                (weights * network(relative, features)).sum().backward()
                for parameter, tensor in network.named_parameters():
                    self.assertGreater(tensor.grad.abs().sum().item(), 0, parameter)
                self.assertGreater(relative.grad.abs().sum((0, 2, 3)).min().item(), 0)
                self.assertGreater(relative.grad.abs().sum((0, 1))[~torch.eye(5, dtype=torch.bool)].min().item(), 0)

    def test_all_of_the_last_frames_are_read(self):
        """By the network itself, not only by the output that all share."""
        for name in NETWORKS:
            with self.subTest(name):
                network = make(name, (5, 16, 40, 3))
                read = getattr(network, "codes", network.raw)
                relative, features = inputs(5, 40)
                relative.requires_grad_()
                found = read(relative, features)
                (torch.randn(found.shape, generator=torch.Generator().manual_seed(2)) * found).sum().backward()
                self.assertGreater(relative.grad[:, -16:].abs().sum((0, 2, 3)).min().item(), 0)

    def test_windows_do_not_see_each_other(self):
        for name in NETWORKS:
            with self.subTest(name):
                network = make(name)
                relative, features = inputs(5, 9, 3)
                with torch.no_grad():
                    together, alone = network(relative, features), network(relative[1:2], features[1:2])
                self.assertLess((together[1:2] - alone).abs().max().item(), 1e-5)

    def test_untrained_they_forecast_the_last_value(self):
        for name in NETWORKS:
            with self.subTest(name):
                torch.manual_seed(1)
                network = NETWORKS[name](*SMALL).eval()
                relative, features = inputs(5, 9)
                with torch.no_grad():
                    middle = network(relative, features)[:, :, len(normal_score.KNOTS) // 2]
                self.assertLess(((middle - relative[:, -1:]).abs() / network.unit).mean().item(), 0.3)


class Graphs(unittest.TestCase):
    """What reaches node 0 along a path 0 -> 1 -> 2: the walks of `weights` that a network sees."""

    def reached(self, found, x):
        found[:, 0].sum().backward()
        return [bool(x.grad[:, node].abs().sum() > 0) for node in range(x.size(1))]

    def test_diffusion_walks_two_steps_both_ways(self):
        path = torch.diag(torch.ones(3), 1)
        for onward, backward, wanted in ((path, 0 * path, [True, True, True, False]),
                                         (0 * path, path, [True, True, True, False]),
                                         (0 * path, 0 * path, [True, False, False, False])):
            torch.manual_seed(1)
            x = torch.randn(2, 4, 3, requires_grad=True)
            self.assertEqual(self.reached(dcrnn.Diffusion(3, 5)(x, onward, backward), x), wanted)

    def test_mix_hop_follows_both_directions(self):
        path = torch.diag(torch.ones(3), 1)
        for onward, backward, wanted in ((path, 0 * path, [True, True, True, False]),
                                         (0 * path, path, [True, True, True, False])):
            torch.manual_seed(1)
            layer = mtgnn.Layer(1)
            layer.norm = torch.nn.Identity()
            x = torch.randn(2, 4, mtgnn.CHANNELS, 7, requires_grad=True)
            found = layer(x.transpose(1, 2), onward, backward).transpose(1, 2)
            self.assertEqual(self.reached(found, x), wanted)

    def test_pairs_meet_at_their_ends(self):
        torch.manual_seed(1)
        x = torch.randn(1, stgcn.CHANNELS, 1, 16)
        x.requires_grad_()
        stgcn.PairGraph(4).neighbours(x)[0, 0, 0, 4 * 1 + 2].backward()
        seen = x.grad[0, 0, 0].view(4, 4)
        self.assertEqual((seen > 0).nonzero().tolist(), [[0, 2], [1, 0], [1, 1], [1, 2], [1, 3], [2, 2], [3, 2]])
        self.assertAlmostEqual(seen.sum().item(), 1, places=6)

    def test_the_learned_graph_has_one_direction_of_an_edge(self):
        graph = make("mtgnn").graph()
        self.assertTrue(((graph > 0) & (graph.t() > 0)).sum() == 0 and (graph > 0).sum() == 10)


class Means(unittest.TestCase):
    def test_are_of_the_networks_quantiles(self):
        networks = [make(name) for name in ("mlp", "mlp", "gru")]
        for parameter in networks[1].parameters():
            parameter.data.mul_(0.9)
        given = inputs(5, 9)
        with torch.no_grad():
            found = forecast.Ensemble(networks).eval()(*given)
            wanted = sum(network(*given) for network in networks) / 3
            self.assertGreater((networks[0](*given) - networks[1](*given)).abs().max().item(), 1e-4)
        self.assertTrue(torch.allclose(found, wanted, atol=1e-6))


class Still(train_compare.QuantileMember):
    """A training whose scores are given: `choices` of its scorings, one after the other."""
    choices = ()

    def scores(self):
        return {}

    def choice(self, scores):
        return self.choices[self.step // self.settings["score_every"] - 1]


class Training(unittest.TestCase):
    def part(self, run, name, kind=train_compare.QuantileMember, **settings):
        config = tiny.config(name=f"tiny-{name}", network=name)
        config["training"]["base"].update(patience=2, **settings)
        prepared = tiny.prepare(config)
        share = fit_scaling.shares(prepared[0])
        network = train_compare.build(config, prepared, share)
        return kind(run, "base", config, network, network, prepared, share)

    def stopped(self, choices, **settings):
        """The last and the best step of a training whose scorings, every 10 steps, give these choices."""
        with tempfile.TemporaryDirectory() as run:
            part = self.part(run, "dlinear", Still, score_every=10, **settings)
            part.choices = choices
            part.train()
            return part.step, part.best["step"]

    def test_a_training_ends_when_scores_stand_still(self):
        self.assertEqual(self.stopped((5, 4, 4.5, 4.1, 1, 1)), (40, 20))
        self.assertEqual(self.stopped((5, 4, 4.5, 3, 3.5, 2)), (60, 60))
        self.assertEqual(self.stopped((5, 6, 7, 1, 1, 1)), (30, 10))
        self.assertEqual(self.stopped((5, 4, 3, 2, 1, 0), steps=20), (20, 20))

    def test_a_training_that_stood_still_is_over_when_it_is_started_again(self):
        with tempfile.TemporaryDirectory() as run:
            for _ in range(2):
                part = self.part(run, "dlinear", Still, score_every=10)
                part.choices = (5, 6, 7, 1, 1, 1)
                part.train()
                self.assertEqual((part.step, part.best["step"]), (30, 10))
                self.assertGreater(part.core_seconds, 0)

    def test_networks_of_a_mean_differ_in_their_seeds(self):
        config = tiny.config(name="tiny-dlinear", network="dlinear", networks=3)
        config["training"]["base"].update(patience=2, steps=10)
        prepared = tiny.prepare(config)
        share = fit_scaling.shares(prepared[0])
        with tempfile.TemporaryDirectory() as run:
            parts = list(train_compare.make_parts(config, run, prepared, share))
            for part in parts:
                part.train()
            files = sorted(os.listdir(run))
            made = train_compare.make_predictor(parts, config, prepared, share)
        self.assertEqual(files, ["member-1", "member-2", "member-3"])
        self.assertEqual([part.config["seed"] for part in parts], [7, 8, 9])
        self.assertEqual(len(made.network.networks), 3)
        first, second, _ = (torch.cat([p.flatten() for p in part.learner.parameters()]) for part in parts)
        self.assertGreater((first - second).abs().max().item(), 1e-3)
        effort = train_compare.effort_of(parts[0])
        self.assertEqual((effort["steps"], effort["best_step"]), (10, 10))

    def fresh_loss(self, part):
        with torch.no_grad():
            return np.mean([part.loss(step).item() for step in range(100_000, 100_010)])

    def test_losses_fall(self):
        for name in NETWORKS:
            with self.subTest(name), tempfile.TemporaryDirectory() as run:
                part = self.part(run, name)
                before = self.fresh_loss(part)
                for _ in range(60):
                    part.advance()
                self.assertLess(self.fresh_loss(part), 0.97 * before)

    def test_a_run_of_another_network_is_refused(self):
        with tempfile.TemporaryDirectory() as run:
            part = self.part(run, "mlp")
            checkpoint.save(f"{run}/base.pt", part.state())
            with self.assertRaisesRegex(SystemExit, "another configuration"):
                self.part(run, "gru")

    def test_a_run_goes_on(self):
        with tempfile.TemporaryDirectory() as run:
            part = self.part(run, "dlinear")
            part.train()
            again = self.part(run, "dlinear")
        self.assertEqual((again.step, again.best["step"]), (60, 60))
        for name, tensor in part.learner.state_dict().items():
            self.assertTrue(torch.equal(tensor, again.learner.state_dict()[name]), name)

    def test_what_is_fitted_beforehand(self):
        with tempfile.TemporaryDirectory() as run:
            part = self.part(run, "gru")
        np.testing.assert_allclose(part.learner.share, part.share, rtol=1e-6)
        window = tiny.window((part.series, part.lags, None, None), part.config, part.fit[0])
        last = window.relative[:, -part.config["history"]:]
        change = np.abs(np.diff(last, axis=1)).mean((0, 1))
        np.testing.assert_allclose(part.learner.calm.numpy(), np.maximum(change, fit_scaling.CALM_FLOOR), rtol=1e-4)

    def test_a_network_may_have_settings_of_its_own(self):
        config = {**tiny.config(), "of_network": {"mlp": {"steps": 7}}}
        mlp, gru = training.for_network(config, "mlp"), training.for_network(config, "gru")
        self.assertEqual((mlp["training"]["base"]["steps"], mlp["name"], mlp["network"]), (7, "tiny-mlp", "mlp"))
        self.assertEqual(gru["training"], tiny.CONFIG["training"])
        self.assertNotIn("of_network", mlp)
        self.assertEqual({**mlp["training"]["base"], "steps": 60}, gru["training"]["base"])

    def test_the_untrained_base_forecast_is_a_bell(self):
        """Untrained quantiles are the bell's around the experts' mean."""
        config, prepared = tiny.config(), tiny.prepare(tiny.config())
        base = build(5, config).base.eval()
        for network in base.pairs.networks:
            network.outward.weight.data.zero_()
        _, *inputs = tiny.inputs(prepared, config, prepared[2][0][:4])
        pairs = torch.arange(25).expand(4, -1)
        bell = UNIT * torch.tensor(np.sinh(normal_score.KNOTS)).float()
        experts = base.pairs.seen(*inputs, base.ridge(inputs[0]), pairs)[1]
        self.assertTrue(torch.allclose(base.pair_opinions(*inputs, pairs), (experts.mean(3, keepdim=True) + bell)[None], atol=1e-5))


class Exported(unittest.TestCase):
    """A predictor of every network on the tiny series."""
    @classmethod
    def setUpClass(cls):
        cls.config = tiny.config()
        cls.prepared = tiny.prepare(cls.config)
        cls.series, cls.lags, (cls.rows, _), _ = cls.prepared
        cls.share = fit_scaling.shares(cls.series)

    def predictor(self, name):
        config = {**self.config, "network": name}
        network = shaken(forecast.Ensemble([train_compare.build({**config, "seed": seed}, self.prepared, self.share) for seed in (1, 2)]))
        bank = predictor.fill_bank(network, config, self.prepared, self.share)
        return predictor.Predictor(network, self.share, self.lags, tiny.STEP, bank).eval()

    def saved(self, made):
        with tempfile.TemporaryDirectory() as out:
            predictor.write(f"{out}/p.pt", made, {"commit": "x"})
            self.assertLess(os.path.getsize(f"{out}/p.pt"), 20e6)
            files = {"provenance.json": ""}
            loaded = torch.jit.load(f"{out}/p.pt", _extra_files=files).eval()
        self.assertEqual(json.loads(files["provenance.json"]), {"commit": "x"})
        return loaded

    def history(self, made, rows, until):
        """What torchscript.c hands over for frames `rows` [F] of the series, those of -1 missing."""
        tms = np.full((made.history_length, 5, 5), np.nan)
        there = rows >= 0
        tms[made.history_length - 1 - self.lags[there]] = self.series.tms[rows[there]]
        time = int(self.series.times[until])
        return (torch.tensor(tms[None], dtype=torch.float32),
                torch.tensor([7.0, time % 86400, time % 604800]))

    def gaps(self):
        """Rows of windows: whole, without a part of yesterday, without older frames, without all but the newest."""
        for at, gone in ((40, []), (41, [0, 2]), (42, [0, 1, 2]), (43, [5, 6]), (44, [3, 4, 7]), (45, list(range(8)))):
            rows = self.rows[at].copy()
            rows[gone] = -1
            yield rows

    def test_they_say_what_they_serve(self):
        made = self.saved(self.predictor("mlp"))
        self.assertEqual((made.takes_context, made.even_samples, made.history_length, made.node_count, made.step_seconds, made.horizon),
                         (1, 1, int(self.lags[0]) + 1, 5, tiny.STEP, 2))

    def test_the_file_equals_the_model(self):
        for name in NETWORKS:
            with self.subTest(name):
                made = self.predictor(name)
                loaded = self.saved(made)
                history, context = self.history(made, self.rows[40], self.rows[40][-1])
                found = []
                for module in (made, loaded, torch.jit.freeze(loaded)):
                    torch.manual_seed(4)
                    with torch.no_grad():
                        found.append(module(history, context))
                self.assertEqual(found[0].shape, (7, 2, 5, 5))
                for other in found[1:]:
                    self.assertLess(((other - found[0]).abs() / found[0].max()).max().item(), 1e-5)

    def test_the_window_is_that_of_the_training(self):
        """Quantiles, scale and level of the file's own window equal those of tm_image, also with frames missing."""
        made = self.predictor("gru")
        loaded = self.saved(made)
        for rows in self.gaps():
            window = tiny.window(self.prepared, self.config, rows[None])
            history, context = self.history(made, rows, rows[-1])
            with torch.no_grad():
                wanted = sample.quantiles_of(made.network, window)
                quantiles, scale, level = made.forecast(history, context[2].double())
                torch.manual_seed(4)
                z = made.scores(7)
                torch.manual_seed(4)
                samples = loaded(history, context).numpy()
            self.assertLess((quantiles - wanted).abs().max().item(), 1e-5)
            np.testing.assert_allclose(scale, window.scale[0], rtol=1e-6)
            self.assertAlmostEqual(level.item() / window.level[0], 1, places=6)
            eager = sample.tms_of(z[:, None].numpy(), window, wanted.double().numpy())[:, 0]
            np.testing.assert_allclose(samples, eager, atol=1e-5 * eager.max())

    def test_features_are_those_of_the_training(self):
        made = self.predictor("dlinear")
        for rows in self.gaps():
            window = tiny.window(self.prepared, self.config, rows[None])
            history, context = self.history(made, rows, rows[-1])
            frames = history[0, made.history_length - 1 - made.lags].double()
            present = ~torch.isnan(frames).flatten(1).any(1)
            found = made.features(made.fill(frames, present), present, torch.tensor(window.level[0]),
                                  context[2].double())
            np.testing.assert_allclose(found, window.features, atol=1e-6)

    def test_the_seed_decides(self):
        loaded = self.saved(self.predictor("mlp"))
        given = self.history(loaded, self.rows[40], self.rows[40][-1])
        found = []
        for seed in (1, 1, 2):
            torch.manual_seed(seed)
            found.append(loaded(*given))
        self.assertTrue(torch.equal(found[0], found[1]))
        self.assertFalse(torch.equal(found[0], found[2]))

    def test_marginals_are_the_network_s(self):
        """Shares of 20,000 samples below each quantile: its level, within 5 standard errors."""
        made = self.predictor("mlp")
        history, context = self.history(made, self.rows[40], self.rows[40][-1])
        context[0] = 20_000
        with torch.no_grad():
            quantiles, scale, level = made.forecast(history, context[2].double())
            samples = made(history, context) / torch.where(scale > 0, scale, torch.ones_like(scale))
        checked = 0
        for k, wanted in enumerate(normal_score.LEVELS):
            bound = quantiles[0, :, k]
            inside = (bound > 1e-4) & (scale * bound < made.ceiling * level)
            away = ((samples <= bound).double().mean(0)[inside] - wanted).abs()
            self.assertTrue((away < 5 * (wanted * (1 - wanted) / 20_000) ** 0.5).all(), wanted)
            checked += len(away)
        self.assertGreater(checked, 0.7 * quantiles[0].numel() * 0.8)

    def test_the_bank_s_ranks_are_even(self):
        bank = self.predictor("mlp").bank.numpy()
        self.assertTrue((np.sort(bank, axis=0) == np.arange(len(bank))[:, None, None, None]).all())

    def test_samples_are_even_in_every_cell(self):
        """One in each of S equally likely intervals, fewer than the bank has windows or more."""
        made = self.predictor("mlp")
        for count in (1, 7, 20, 300):
            torch.manual_seed(3)
            p = normal_score.normal_cdf(made.scores(count).numpy())
            self.assertTrue((np.sort((p * count).astype(int), axis=0) == np.arange(count)[:, None, None, None]).all(), count)

    def test_places_in_the_intervals_are_lead_s(self):
        """For a window that stands between two places which models/lead/paths.py tells apart."""
        made = self.predictor("mlp")
        at = made.bank.size(0) // 3
        z = normal_score.normal_quantile((at + 0.5) / made.bank.size(0)) * paths.UNITS + paths.MOST
        low = int(z)
        for count in (1, 2, 20, 300):
            theirs = normal_score.normal_cdf(paths.even_scores(count)[:, low:low + 2])
            ours = made.even_places(count)[:, at].numpy()
            self.assertTrue((theirs[:, 0] - 1e-6 <= ours).all() and (ours <= theirs[:, 1] + 1e-6).all(), count)

    def test_samples_follow_windows_of_the_bank(self):
        """As many samples as windows: each in its own share of the time, so all in the bank's order."""
        made = self.predictor("mlp")
        count = len(made.bank)
        rank = np.argsort(np.argsort(made.scores(count).numpy(), axis=0), axis=0)
        self.assertTrue((rank == made.bank.numpy()).all())

    def test_the_bank_is_smoothed_as_lead_s_is(self):
        """Its steps are more alike than those of the same scores as they were."""
        def alike(smooth):
            with mock.patch.object(paths, "SMOOTH", smooth):
                bank = self.predictor("mlp").bank.numpy().astype(float)
            return np.mean([np.corrcoef(bank[:, 0, i, j], bank[:, 1, i, j])[0, 1] for i in range(5) for j in range(5) if i != j])
        self.assertGreater(alike(0.1), alike(0.0) + 0.02)

    def test_what_moves_together_stays_together(self):
        """Truths of all pairs and steps with one common factor: the samples' totals spread far more than those of
        independent pairs would."""
        series = tiny.series()
        series.tms *= np.exp(0.5 * np.random.default_rng(1).standard_normal(len(series.tms)))[:, None, None]
        prepared = (series, *self.prepared[1:])
        network = train_compare.build({**self.config, "network": "mlp"}, prepared, self.share).eval()
        bank = predictor.fill_bank(network, self.config, prepared, self.share)
        away = ~np.eye(5, dtype=bool)
        scores = normal_score.normal_quantile((bank[:, 0][:, away] + 0.5) / len(bank))
        mean = np.corrcoef(scores.T)[np.triu_indices(20, 1)].mean()
        self.assertGreater(mean, 0.7)

    def test_the_network_does_not_see_what_it_forecasts(self):
        """The forecast of a window stays the same whatever comes after its newest frame."""
        made = self.predictor("gru")
        series = tiny.series()
        rows, targets = self.rows[40:41], self.prepared[2][1][40]
        before = tiny.window((series, self.lags, None, None), self.config, rows)
        series.tms[rows[0, -1] + 1:] *= 9
        self.assertTrue((targets > rows[0, -1]).all())
        after = tiny.window((series, self.lags, None, None), self.config, rows)
        with torch.no_grad():
            self.assertTrue(torch.equal(sample.quantiles_of(made.network, before),
                                        sample.quantiles_of(made.network, after)))


class Ranks(unittest.TestCase):
    def test_of_a_network_that_knows_the_order(self):
        """Where truths rise with the window and forecasts do not, ranks are the windows' order."""
        config = tiny.config()
        prepared = tiny.prepare(config)
        series, _, _, choose = prepared

        class Flat(torch.nn.Module):
            def quantiles(self, relative, *_):
                knots = torch.tensor(normal_score.KNOTS).float()[None, None, :, None, None]
                return knots.expand(len(relative), 2, -1, 5, 5) + 1

        share = fit_scaling.shares(series)
        bank = predictor.fill_bank(Flat(), config, prepared, share)
        rows, targets = sample.pick(*choose, predictor.BANK)
        window = tiny.window(prepared, config, rows)
        y = sample.relative_to(window, series.tms[targets])
        self.assertEqual(len(bank), len(rows))
        np.testing.assert_allclose(bank[:, 1, 0, 3], np.argsort(np.argsort(y[:, 1, 0, 3], kind="stable")), atol=1)


if __name__ == "__main__":
    unittest.main()
