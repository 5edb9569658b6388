"""The paper's LEAD without a base forecast: its images, what it learns, its samples, and the file for the C program."""
import os
import tempfile
import unittest

import numpy as np
import torch

from models import fit_scaling, sample, train_compare
from models.compare import predictor, pure_lead
from models.tests import tiny


def make_config(**settings):
    config = tiny.config(name="tiny-pure", network=pure_lead.NAME, networks=2)
    config["training"]["base"].update(patience=2, noises=3, **settings)
    return config


def shaken(network):
    """The network with its zero-initialised parts awake."""
    generator = torch.Generator().manual_seed(11)
    for parameter in network.parameters():
        parameter.data.add_(0.05 * torch.randn(parameter.shape, generator=generator))
    return network.eval()


class Made(unittest.TestCase):
    def setUp(self):
        self.config = make_config()
        self.prepared = tiny.prepare(self.config)
        self.series, self.lags, (self.rows, self.targets), _ = self.prepared
        self.share = fit_scaling.shares(self.series)

    def network(self, seed=7):
        return shaken(pure_lead.make({**self.config, "seed": seed}, self.prepared, self.share))

    def test_images_are_those_of_tm_image(self):
        window = tiny.window(self.prepared, self.config, self.rows[:3])
        found = self.network().images(torch.from_numpy(window.relative))
        np.testing.assert_allclose(found.numpy(), window.images, atol=1e-5)

    def test_the_spread_is_that_of_the_residuals(self):
        window = tiny.window(self.prepared, self.config, self.rows)
        residual = sample.relative_to(window, self.series.tms[self.targets]) - window.relative[:, -1:]
        wanted = np.maximum(np.sqrt((residual ** 2).mean(0)), pure_lead.SPREAD_FLOOR)
        np.testing.assert_allclose(self.network().spread.numpy(), wanted, rtol=1e-4)

    def test_a_denoiser_that_knows_the_residual_gives_it(self):
        """The velocity of one known residual r at x is (cos x - r) / sin: the samples then are r."""
        network = self.network()
        r = torch.randn(2, 5, 5, generator=torch.Generator().manual_seed(2))
        angles, visited = network.angles, network.visited

        class Knows(torch.nn.Module):
            def forward(self, x, step, *_):
                angle = angles[:-1][visited == step[0]]
                return (angle.cos() * x - r) / angle.sin()

        network.denoiser = Knows()
        window = tiny.window(self.prepared, self.config, self.rows[:1])
        found = network.residuals(*sample.base_inputs(window)[:2], 4)
        self.assertLess((found - network.spread * r).abs().max().item(), 0.05 * network.spread.max().item())

    def test_the_file_equals_the_model_and_members_share_the_samples(self):
        made = pure_lead.PurePredictor([self.network(7), self.network(8)], self.share, self.lags, tiny.STEP).eval()
        with tempfile.TemporaryDirectory() as out:
            predictor.write(f"{out}/p.pt", made, {"commit": "x"})
            loaded = torch.jit.load(f"{out}/p.pt").eval()
        self.assertEqual((loaded.even_samples, loaded.takes_context, loaded.horizon), (0, 1, 2))
        row, history = self.rows[40], np.full((made.history_length, 5, 5), np.nan)
        history[made.history_length - 1 - self.lags] = self.series.tms[row]
        time = int(self.series.times[row[-1]])
        given = torch.tensor(history[None], dtype=torch.float32), torch.tensor([7.0, time % 86400, time % 604800])
        window = tiny.window(self.prepared, self.config, row[None])
        with torch.no_grad():
            torch.manual_seed(4)
            found = loaded(*given)
            torch.manual_seed(4)
            parts = [network.residuals(*sample.base_inputs(window)[:2], count) for network, count in zip(made.networks, (3, 4))]
        wanted = window.scale[0] * np.maximum(window.relative[:, -1] + torch.cat(parts).numpy(), 0)
        wanted = np.minimum(wanted, made.ceiling * window.level[0])
        self.assertEqual(found.shape, (7, 2, 5, 5))
        np.testing.assert_allclose(found.numpy(), wanted, atol=1e-4 * wanted.max())


class Training(unittest.TestCase):
    def parts(self, run, **settings):
        config = make_config(**settings)
        prepared = tiny.prepare(config)
        return config, prepared, list(train_compare.make_parts(config, run, prepared, fit_scaling.shares(prepared[0])))

    def fresh_loss(self, part):
        with torch.no_grad():
            return np.mean([part.loss(step).item() for step in range(100_000, 100_020)])

    def test_losses_fall(self):
        with tempfile.TemporaryDirectory() as run:
            part = self.parts(run)[2][0]
            before = self.fresh_loss(part)
            for _ in range(60):
                part.advance()
            self.assertLess(self.fresh_loss(part), 0.95 * before)

    def test_only_what_is_not_frozen_learns(self):
        with tempfile.TemporaryDirectory() as run:
            part = self.parts(run)[2][0]
            before = {name: tensor.clone() for name, tensor in part.learner.named_parameters()}
            for _ in range(3):
                part.advance()
            frozen = [name for name, tensor in part.learner.named_parameters() if not tensor.requires_grad]
            self.assertTrue(frozen and all(name.startswith("conditioner.backbone.") for name in frozen))
            for name, tensor in part.learner.named_parameters():
                self.assertEqual(torch.equal(tensor, before[name]), name in frozen, name)

    def test_a_run_ends_in_a_predictor_and_goes_on(self):
        with tempfile.TemporaryDirectory() as run:
            config, prepared, parts = self.parts(run, steps=20, score_every=10)
            for part in parts:
                part.train()
            again = self.parts(run, steps=20, score_every=10)[2]
            self.assertEqual([part.step for part in again], [20, 20])
            self.assertEqual(sorted(os.listdir(run)), ["member-1", "member-2"])
            made = train_compare.make_predictor(again, config, prepared, parts[0].share)
            self.assertEqual((len(made.networks), made.even_samples), (2, 0))


if __name__ == "__main__":
    unittest.main()
