"""The networks: Qwen2 blocks, adapters and gradients, causality, shapes, sampler and noise."""
import copy
import unittest

import numpy as np
import torch

from models import data, fit_scaling, sample, scores
from models.lead import adapters, base as base_module, diffusion, normal_score, pair_features, qwen2, spans, tm_image
from models.lead.aggregator import Aggregator
from models.lead.model import build
from models.tests import tiny

SMALL = qwen2.Qwen2Config(16, 2, 4, 2, 24)


def batch(config, count=3, nodes=5):
    """images, and relative, features, spans, known, size."""
    frames, longer = config["history"] + len(config["day_offsets"]), spans.count(config["horizon"])
    generator = torch.Generator().manual_seed(0)
    return (torch.randn(count, frames, 3, nodes, nodes, generator=generator),
            torch.rand(count, frames, nodes, nodes, generator=generator),
            torch.randn(count, frames + 1, 9, generator=generator),
            torch.rand(count, longer, nodes, nodes, generator=generator), torch.ones(count, longer),
            torch.rand(count, nodes, nodes, generator=generator))


def predict(model, config, x, step=7.0, count=3):
    g, c, spatial, _ = tiny.conditions(model, *batch(config, count, x.size(-1)))
    return model.denoiser(x, torch.full([count], step), g, c, spatial)


class Qwen2(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.model = qwen2.Backbone(SMALL, 4).eval()
        for parameter in self.model.parameters():
            parameter.data.add_(0.1 * torch.randn_like(parameter))
        self.x = torch.randn(2, 7, 16)

    def test_parameter_names_are_those_of_public_checkpoints(self):
        names = {name for name in self.model.state_dict() if ".adapter." not in name}
        for name in ("self_attn.q_proj.weight", "self_attn.q_proj.bias", "self_attn.k_proj.bias",
                     "self_attn.v_proj.bias", "self_attn.o_proj.weight", "mlp.gate_proj.weight", "mlp.up_proj.weight",
                     "mlp.down_proj.weight", "input_layernorm.weight", "post_attention_layernorm.weight"):
            self.assertIn(f"layers.1.{name}", names)
        self.assertIn("norm.weight", names)
        self.assertEqual(len(names), 2 * 12 + 1)

    def test_size_of_qwen2_half_billion(self):
        config = qwen2.Qwen2Config(896, 1, 14, 2, 4864)
        layer = sum(p.numel() for p in qwen2.Backbone(config, 0).layers[0].parameters())
        self.assertEqual(24 * layer + 896, 357_898_112)

    def test_causal(self):
        changed = self.x.clone()
        changed[:, 5:] += 1
        before, after = self.model(self.x), self.model(changed)
        self.assertTrue(torch.equal(before[:, :5], after[:, :5]))
        self.assertFalse(torch.allclose(before[:, 5:], after[:, 5:]))

    def test_rotary_positions_are_relative(self):
        cosine, sine = qwen2.rotary(9, 4, 1e4, self.x)
        q, k = torch.randn(1, 1, 1, 4).expand(1, 1, 9, 4), torch.randn(1, 1, 1, 4).expand(1, 1, 9, 4)
        product = qwen2.rotate(q, cosine, sine) @ qwen2.rotate(k, cosine, sine).transpose(2, 3)
        self.assertTrue(torch.allclose(product[0, 0, 2, 0], product[0, 0, 8, 6], atol=1e-5))
        self.assertFalse(torch.allclose(product[0, 0, 2, 0], product[0, 0, 4, 0], atol=1e-3))

    def test_rms_norm(self):
        norm = qwen2.RmsNorm(16, 1e-6)
        self.assertTrue(torch.allclose(norm(3 * self.x), norm(self.x), atol=1e-4))
        self.assertTrue(torch.allclose(norm(self.x).square().mean(-1), torch.ones(2, 7), atol=1e-3))

    def test_grouped_heads_equal_repeated_ones(self):
        grouped = self.model.layers[0].self_attn
        full = qwen2.Attention(qwen2.Qwen2Config(16, 1, 4, 4, 24))
        state = {name: tensor.clone() for name, tensor in grouped.state_dict().items()}
        for name in ("k_proj.weight", "k_proj.bias", "v_proj.weight", "v_proj.bias"):
            state[name] = state[name].unflatten(0, (2, 4)).repeat_interleave(2, 0).flatten(0, 1)
        full.load_state_dict(state)
        cosine, sine = qwen2.rotary(7, 4, 1e6, self.x)
        mask = torch.triu(torch.full([7, 7], float("-inf")), 1)
        one, other = grouped(self.x, cosine, sine, mask), full(self.x, cosine, sine, mask)
        self.assertTrue(torch.allclose(one, other, atol=1e-5))

    def test_missing_weights_are_told(self):
        state = self.model.state_dict()
        del state["norm.weight"]
        with self.assertRaisesRegex(ValueError, "norm.weight"):
            qwen2.load_frozen(qwen2.Backbone(SMALL, 4), state)


class Adapters(unittest.TestCase):
    def test_nothing_at_first_and_several_scales(self):
        adapter = adapters.MultiScaleAdapter(16, 4)
        x = torch.randn(1, 20, 16, requires_grad=True)
        self.assertTrue((adapter(x) == 0).all())
        torch.nn.init.normal_(adapter.up.weight)
        adapter(x)[0, 15].sum().backward()
        self.assertEqual(x.grad[0].abs().sum(1).nonzero().flatten().tolist(), [7, 9, 11, 13, 14, 15])

    def test_gradients_flow_through_the_frozen_blocks(self):
        config = tiny.config()
        model = build(5, config)
        for name, parameter in model.named_parameters():
            if name.endswith(("adapter.up.weight", "write.weight", "modulate.weight", "out.weight")):
                torch.nn.init.normal_(parameter, std=0.1)
        predict(model, config, torch.randn(3, 2, 5, 5)).square().mean().backward()
        for name, parameter in model.named_parameters():
            frozen = "backbone" in name and ".adapter." not in name
            unused = ".outward." in name or ".trust." in name  # give the quantiles, which the denoiser does not read
            self.assertEqual(parameter.requires_grad, not frozen, name)
            self.assertEqual(parameter.grad is None, frozen or unused, name)
        for name in ("encoder.stem.weight", "conditioner.backbone.layers.0.adapter.down.weight",
                     "conditioner.backbone.layers.1.adapter.scales.2.convolution.weight", "base.map.weight"):
            self.assertGreater(dict(model.named_parameters())[name].grad.abs().max().item(), 0, name)


class Whole(unittest.TestCase):
    def test_backbones(self):
        for kind in ("random", "none"):
            config = tiny.config(model={"backbone": kind})
            self.assertEqual(predict(build(5, config), config, torch.randn(3, 2, 5, 5)).shape, (3, 2, 5, 5))
        with self.assertRaisesRegex(ValueError, "pre-trained"):
            build(5, tiny.config(model={"backbone": "qwen2-micro"}))

    def test_sizes_of_networks_and_horizons(self):
        for nodes, horizon in ((2, 1), (12, 1), (23, 20)):
            config = tiny.config(horizon=horizon)
            output = predict(build(nodes, config), config, torch.randn(3, horizon, nodes, nodes))
            self.assertEqual(output.shape, (3, horizon, nodes, nodes))
            self.assertTrue((output.diagonal(dim1=2, dim2=3) == 0).all())

    def test_every_od_pair_reaches_the_output(self):
        config = tiny.config()
        model, _ = tiny.shaken(config, tiny.prepare(config))
        x = torch.randn(3, 2, 5, 5)
        with torch.no_grad():
            before = predict(model, config, x)
            for i, j in ((0, 1), (4, 3), (3, 4)):
                changed = x.clone()
                changed[:, :, i, j] += 5
                self.assertGreater((predict(model, config, changed) - before)[:, :, i, j].abs().min().item(), 1e-4)

    def test_conditions_of_one_window_serve_many_samples(self):
        config = tiny.config()
        model, _ = tiny.shaken(config, tiny.prepare(config))
        with torch.no_grad():
            g, c, spatial, _ = tiny.conditions(model, *batch(config, 1))
            x = torch.randn(6, 2, 5, 5)
            together = model.denoiser(x, torch.tensor([3.0]), g, c, spatial)
            one = [tensor.repeat([6] + [1] * (tensor.dim() - 1)) for tensor in (g, c, spatial)]
            apart = model.denoiser(x, torch.full([6], 3.0), *one)
        self.assertTrue(torch.allclose(together, apart, atol=1e-5))

    def test_each_condition_matters(self):
        config = tiny.config()
        model, _ = tiny.shaken(config, tiny.prepare(config))
        with torch.no_grad():
            conditions = list(tiny.conditions(model, *batch(config, 1))[:3])
            x, step = torch.randn(2, 2, 5, 5), torch.tensor([3.0])
            before = model.denoiser(x, step, *conditions)
            for i in range(3):
                changed = list(conditions)
                changed[i] = changed[i] + torch.randn_like(changed[i])
                self.assertGreater((model.denoiser(x, step, *changed) - before).abs().max().item(), 1e-3, i)

    def test_aggregator_is_causal(self):
        model = Aggregator(6, 5, 9, 8, 2, 2).eval()
        tokens, features = torch.randn(1, 6, 5), torch.randn(1, 7, 9)
        changed = tokens.clone()
        changed[:, 4] += 1
        self.assertTrue(torch.equal(model(tokens, features)[:, :4], model(changed, features)[:, :4]))


class Base(unittest.TestCase):
    def setUp(self):
        self.config = tiny.config()
        self.prepared = tiny.prepare(self.config)
        self.model, _ = tiny.shaken(self.config, self.prepared)
        self.window = tiny.window(self.prepared, self.config, self.prepared[2][0][:40])

    def test_quantiles_rise(self):
        with torch.no_grad():
            quantiles = sample.quantiles_of(self.model, self.window)
        steps = quantiles[:, :, 1:] - quantiles[:, :, :-1]
        off = ~torch.eye(5, dtype=torch.bool)
        self.assertGreater(steps[..., off].min().item(), 0)
        self.assertTrue((quantiles[..., ~off] == 0).all())

    def test_the_untrained_one_has_the_spread_of_the_ridge(self):
        series, lags, fit, _ = self.prepared
        model = build(5, self.config)
        rows, _ = tm_image.fill_rows(fit[0], self.config["history"])
        fit_scaling.fit_base(model.base, series, rows, fit[1], lags, fit_scaling.shares(series))
        model.eval()
        samples = sample.base_window(model, self.window, 50)
        found = scores.score(samples[:, :, 0], series.tms[fit[1][:40, 0]])
        self.assertTrue(0.75 < found["coverage_90"] < 1, found["coverage_90"])

    def test_the_forecast_is_the_steered_mean_of_its_networks(self):
        base = build(5, self.config).base.eval()
        for network in base.pairs.networks:
            torch.nn.init.normal_(network.trust.weight)
        base.steer.stack.copy_(torch.rand(2, pair_features.EXPERTS))
        inputs = sample.base_inputs(self.window)
        pairs = torch.arange(25).expand(40, -1)
        experts = base.pairs.seen(*inputs, base.ridge(inputs[0]), pairs)[1]
        opinions = base.pair_opinions(*inputs, pairs)
        self.assertEqual(len(opinions), 2)
        self.assertFalse(torch.allclose(opinions[0], opinions[1], atol=1e-3))
        wanted = base.steer(opinions.mean(0), experts).permute(0, 2, 3, 1).reshape(40, 2, -1, 5, 5) * (1 - torch.eye(5))
        self.assertTrue(torch.allclose(base(*inputs)[0], wanted, atol=1e-6))

    def test_the_order_of_the_nodes_means_nothing(self):
        """Nodes in another order, and what is known of each pair with them: the same answers in that order."""
        config, order = self.config, torch.tensor([3, 0, 4, 1, 2])
        model, _ = tiny.shaken(config, self.prepared)
        pairs = (5 * order[:, None] + order).flatten()
        other = copy.deepcopy(model)
        other.base.pairs.pair.data = model.base.pairs.pair[:, pairs]
        other.base.ridge.weights = model.base.ridge.weights[:, :, order][..., order]
        other.encoder.pair.data = model.encoder.pair[:, :, order][..., order]
        inputs = tiny.inputs(self.prepared, config, self.prepared[2][0][:3])
        moved = [x[..., order, :][..., order] if x.dim() > 3 or x.shape == (3, 5, 5) else x for x in inputs]
        x = torch.randn(3, 2, 5, 5)
        with torch.no_grad():
            g, c, spatial, quantiles = tiny.conditions(model, *inputs)
            there = tiny.conditions(other, *moved)
            self.assertTrue(torch.allclose(g, there[0], atol=1e-5) and torch.allclose(c, there[1], atol=1e-5))
            self.assertTrue(torch.allclose(quantiles[..., order, :][..., order], there[3], atol=1e-5))
            said = model.denoiser(x, torch.tensor([7.0]), g, c, spatial)
            again = other.denoiser(x[:, :, order][..., order], torch.tensor([7.0]), *there[:3])
        self.assertTrue(torch.allclose(said[:, :, order][..., order], again, atol=1e-5))
        self.assertGreater(said.std(), 0.01)

    def test_experts(self):
        base = build(5, self.config).base
        _, relative, features, long, known, size = batch(self.config)
        pairs, ridge = torch.arange(25).expand(3, -1), torch.rand(3, 2, 5, 5)
        given = base.pairs.see(relative, features, long, known, size, ridge, pairs)[1].permute(0, 2, 3, 1).reshape(3, 2, -1, 5, 5).numpy()
        last = relative[:, -6:].numpy()
        weights = 0.7 * 0.3 ** np.arange(5, -1, -1)
        smoothed = np.einsum("f,bfij->bij", weights / weights.sum(), last)
        rows = spans.spans_of(tiny.STEP, 2)
        for step in range(2):  # day_offsets -1, 0, 1: the first target's time of day is that of the second frame
            np.testing.assert_allclose(given[:, step, 0], ridge[:, step])
            np.testing.assert_allclose(given[:, step, 1], last[:, -1], rtol=1e-6)
            np.testing.assert_allclose(given[:, step, 2], smoothed, rtol=1e-5)
            np.testing.assert_allclose(given[:, step, 4], last.mean(1), rtol=1e-5)
            np.testing.assert_allclose(given[:, step, 5], long[:, rows.index((0, 24, 1))])
            np.testing.assert_allclose(given[:, step, 6], long[:, rows.index((0, 168, 1))])
            np.testing.assert_allclose(given[:, step, 7], relative[:, 1 + step])
            for at, day in enumerate((2, 3, 7)):  # the block of the first five targets
                np.testing.assert_allclose(given[:, step, 8 + at], long[:, rows.index((24 * day - 5, 24 * day, 1))])
        with self.assertRaisesRegex(ValueError, "day_offsets"):
            pair_features.rows_of_targets([], 2)

    def test_steering_moves_the_mean_and_nothing_below_the_median(self):
        steer = base_module.Steer(1, 0.4)
        steer.stack[0, 0] = 1.0
        bell = torch.tensor(normal_score.KNOTS).float().view(1, 1, -1, 1, 1)
        quantiles = (10.0 + bell.flatten()).expand(1, 4, 1, -1)
        experts = torch.zeros(1, 4, 1, pair_features.EXPERTS)
        experts[0, :, 0, 0] = torch.tensor([10.0, 10.2, 9.9, 50.0])
        given = steer(quantiles, experts)
        mean = given[0, :, 0].numpy() @ normal_score.mean_weights()
        self.assertTrue(torch.equal(given[..., :9], quantiles[..., :9]))
        np.testing.assert_allclose(mean[:3], [10.0, 10.0 + 0.4 * 0.2, 10.0 - 0.4 * 0.1], atol=1e-5)
        np.testing.assert_allclose(given[0, 3, 0, -1], 10 + base_module.STRETCH[1] * bell.flatten()[-1])
        self.assertTrue((given[..., 1:] > given[..., :-1]).all())

    def test_the_mean_of_quantiles_is_that_of_their_samples(self):
        rng = np.random.default_rng(4)
        quantiles = np.sort(rng.random((1, 1, len(normal_score.KNOTS), 1, 1)), axis=2)
        z = normal_score.normal_quantile((np.arange(20000) + 0.5) / 20000).reshape(-1, 1, 1, 1, 1)
        mean = normal_score.restore(z, quantiles).mean()
        self.assertAlmostEqual(normal_score.mean_weights() @ quantiles[0, 0, :, 0, 0], mean, places=4)

    def test_the_stack_is_of_experts_on_windows_that_the_ridge_has_not_seen(self):
        """Only the smoothed value is worth anything, but a ridge that has seen the targets would know better."""
        rng = np.random.default_rng(6)
        tms = 1e9 * (1 + 0.3 * rng.standard_normal((300, 5, 5))).clip(0.1)
        tms[:, np.arange(5), np.arange(5)] = 0
        times = 3600 * np.arange(300)
        series = data.Series("noise", list("abcde"), 3600, times, tms, int(times[-1]) + 1, int(times[-1]) + 1, 300, "")
        rows, targets = data.windows(series, 6, [24, 23, 22], 2, "fit")
        rows, _ = tm_image.fill_rows(rows, 6)
        base = build(5, self.config).base
        lags = data.frame_lags(6, [24, 23, 22])
        fit_scaling.fit_base(base, series, rows, targets, lags, fit_scaling.shares(series))
        for weights in base.steer.stack.numpy():
            self.assertGreater(weights[4:7].sum(), 0.3)  # the means of the last frames, of a day and of a week
            self.assertLess(weights[1], 0.1)
            self.assertAlmostEqual(weights.sum(), 1.0, places=5)

    def test_weights_that_are_not_negative(self):
        rng = np.random.default_rng(7)
        x = rng.standard_normal((50, 3))
        gram, moment = x.T @ x, x.T @ (x @ [1.0, -2.0, 0.5])
        grid = np.stack(np.meshgrid(*[np.linspace(0, 1.5, 31)] * 3, indexing="ij"), -1).reshape(-1, 3)
        loss = np.einsum("ni,ij,nj->n", grid, gram, grid) / 2 - grid @ moment
        np.testing.assert_allclose(fit_scaling.not_negative(gram, moment), grid[loss.argmin()], atol=0.04)

    def test_an_empty_tm_has_no_shares(self):
        tms = np.tile(np.array([[0.0, 3.0], [1.0, 0.0]]), (6, 1, 1))
        tms[2] = 0
        series = data.Series("gap", ["a", "b"], 3600, 3600 * np.arange(6), tms, 6 * 3600, 6 * 3600, 6, "")
        np.testing.assert_allclose(fit_scaling.shares(series), [[0, 0.75], [0.25, 0]])

    def test_the_ridge_finds_a_linear_rule(self):
        rng = np.random.default_rng(5)
        tms = rng.random((400, 2, 2)) + 1
        for t in range(2, 400):
            tms[t] = 0.5 * tms[t - 1] + 0.3 * tms[t - 2] + 0.2 * tms[t]
            tms[t, [0, 1], [0, 1]] = 0
        times = 3600 * np.arange(400)
        series = data.Series("linear", ["a", "b"], 3600, times, tms, int(times[-1]) + 1, int(times[-1]) + 1, 400, "")
        rows, targets = data.windows(series, 4, [], 1, "fit")
        weights = fit_scaling.ridge(series, rows, targets, 4, fit_scaling.shares(series))[0, 0, 1]
        frames = series.tms[rows][:, :, 0, 1]
        forecast = frames[:, -1] + (frames - frames[:, -1:]) @ weights
        error = series.tms[targets][:, 0, 0, 1] - forecast
        self.assertLess(error.std(), 0.25 * 0.3)
        self.assertGreater(weights[2], 0.15)


class Diffusion(unittest.TestCase):
    def test_schedule(self):
        angles = diffusion.angles()
        self.assertEqual(len(angles), 1000)
        self.assertTrue((np.diff(angles) > 0).all() and angles[0] < 0.01 and angles[-1] > 1.57)
        self.assertEqual(diffusion.timesteps(4), [999, 749, 499, 249])
        self.assertEqual(len(set(diffusion.timesteps(1000))), 1000)

    def test_sampler_recovers_a_known_distribution(self):
        """With the exact velocity of a Gaussian, samples have its mean and deviation; of white noise, at one step."""
        angles = diffusion.angles()

        def sampled(mean, deviation, count):
            def exact(x, step):
                c, s = np.cos(angles[int(step)]), np.sin(angles[int(step)])
                power = (c * deviation) ** 2 + s ** 2
                rest = (x - c * mean) / power
                return s * rest * c - (mean + c * deviation ** 2 * rest) * s
            return diffusion.sample(exact, torch.from_numpy(tiny.even_noise(3, 1, 4000)), count)

        w = sampled(0.5, 0.3, 100)
        self.assertAlmostEqual(w.mean().item(), 0.5, delta=0.02)
        self.assertAlmostEqual(w.std().item(), 0.3, delta=0.02)
        one = sampled(0, 1, 1)
        self.assertTrue(torch.allclose(one, torch.from_numpy(tiny.even_noise(3, 1, 4000)), atol=1e-9))

    def test_velocity_is_the_derivative_of_the_path(self):
        w, noise, angle = (torch.randn(4, 1, 2, 2).double(), torch.randn(4, 1, 2, 2).double(), torch.rand(4).double())
        noisy, v = diffusion.add_noise(w, noise, angle)
        moved, _ = diffusion.add_noise(w, noise, angle + 1e-6)
        self.assertTrue(torch.allclose((moved - noisy) / 1e-6, v, atol=1e-4))

    def test_philox_known_answer(self):
        """Random123's known answers for philox4x32-10: counter and key 0."""
        self.assertEqual([hex(word) for word in diffusion.philox(0, 1)[0]],
                         ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"])


if __name__ == "__main__":
    unittest.main()
