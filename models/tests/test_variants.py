"""Variants of the architecture: what each no longer sees, that it exports as it is, and the base forecast that they share."""
import tempfile
import unittest

import torch

from models import export, sample, shared_base, train
from models.lead.encoder import Encoder
from models.lead.model import build
from models.tests import tiny

VARIANTS = ({"image": "rgb", "condition": "both"}, {"image": "intensity"}, {"condition": "global"},
            {"condition": "sequential"}, {"backbone": "none"}, {"bottleneck": 8})


def quick(steps, **model):
    """The tiny configuration with few training steps and changes of "model"."""
    training = {name: {**part, "steps": steps, "save_every": steps, "score_every": steps}
                for name, part in tiny.CONFIG["training"].items()}
    return tiny.config(model=model, training=training)


def train_to_the_end(config, run, base_state=None):
    for part in train.make_parts(config, run, tiny.prepare(config), None, base_state):
        part.train()
    return export.load_run(run)


def shaken(**model):
    config = tiny.config(model=model)
    return tiny.shaken(config, tiny.prepare(config))[0]


def changes_of_output(denoiser):
    """How far the output moves when g moves, and when c does."""
    torch.manual_seed(2)
    g, c = torch.randn(1, 16), torch.randn(1, 10, 16)
    x, step, spatial = torch.randn(3, 2, 5, 5), torch.tensor([400.0]), torch.randn(1, 8, 5, 5)
    with torch.no_grad():
        before = denoiser(x, step, g, c, spatial)
        moved = denoiser(x, step, g + 1, c, spatial), denoiser(x, step, g, torch.randn_like(c), spatial)
    return [(after - before).abs().max().item() for after in moved]


class Conditions(unittest.TestCase):
    def test_each_listens_to_what_it_says(self):
        for condition, hears_g, hears_c in (("both", True, True), ("global", True, False), ("sequential", False, True)):
            by_g, by_c = changes_of_output(shaken(condition=condition).denoiser)
            self.assertEqual((by_g > 1e-4, by_c > 1e-4), (hears_g, hears_c), condition)
            self.assertEqual((by_g == 0, by_c == 0), (not hears_g, not hears_c), condition)

    def test_the_diffusion_step_reaches_every_denoiser(self):
        for condition in ("both", "global", "sequential"):
            denoiser = shaken(condition=condition).denoiser
            arguments = torch.randn(1, 16), torch.randn(1, 10, 16), torch.randn(1, 8, 5, 5)
            x = torch.randn(2, 2, 5, 5)
            with torch.no_grad():
                early, late = (denoiser(x, torch.tensor([step]), *arguments) for step in (10.0, 900.0))
            self.assertGreater((early - late).abs().max().item(), 1e-4, condition)

    def test_another_word_is_refused(self):
        with self.assertRaisesRegex(ValueError, "condition none is none of both, global, sequential"):
            shaken(condition="none")


class Images(unittest.TestCase):
    def tokens_change(self, image, channel):
        torch.manual_seed(3)
        encoder, images = Encoder(5, 4, 2, 12, image), torch.randn(2, 9, 3, 5, 5)
        changed = images.clone()
        changed[:, :, channel] += 1
        with torch.no_grad():
            return (encoder(changed) - encoder(images)).abs().max().item()

    def test_intensity_alone_sees_neither_trend_nor_acceleration(self):
        self.assertEqual([self.tokens_change("intensity", channel) > 0 for channel in range(3)], [True, False, False])
        self.assertEqual([self.tokens_change("rgb", channel) > 1e-3 for channel in range(3)], [True] * 3)


class Exports(unittest.TestCase):
    def check_components(self, model, scaling, state, config, out):
        prepared = tiny.prepare(config)
        inputs = tiny.inputs(prepared, config, prepared[2][0][:1])
        export.export_model(model, state, scaling, tiny.STEP, out, 4, {})
        base, encoder, conditioner, denoiser = (torch.jit.freeze(torch.jit.load(f"{out}/{name}.pt").eval())
                                                for name in export.COMPONENTS)
        images, *base_inputs = inputs
        with torch.no_grad():
            g, c = conditioner(encoder(images), base_inputs[1])
            quantiles, spatial = base(*base_inputs)
            for mine, theirs in zip(tiny.conditions(model, *inputs), (g, c, spatial, quantiles)):
                self.assertLess((mine - theirs).abs().max().item(), 1e-5)
            for count in (1, 6):
                arguments = torch.randn(count, 2, 5, 5), torch.tensor([499.0]), g, c, spatial
                mine, theirs = model.denoiser(*arguments), denoiser(*arguments)
                self.assertGreater(mine.abs().max().item(), 0)
                self.assertLess((mine - theirs).abs().max().item(), 1e-5)

    def test_variants_learn_and_export_as_they_are(self):
        for changes in VARIANTS:
            config = quick(5, **changes)
            with self.subTest(changes), tempfile.TemporaryDirectory() as run:
                model, scaling, state = train_to_the_end(config, run)
                self.assertEqual(state["step"], 5)
                self.check_components(model, scaling, state, config, f"{run}/out")


def train_base_model(run, config):
    """A model with the base forecast that lies in `run`."""
    model = build(len(tiny.NODES), config)
    model.base.load_state_dict(shared_base.load({**config, "base_run": run}, tiny.SHA256)[1][0])
    return model.eval()


class SharedBase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.first = f"{self.folder.name}/first"
        self.config = quick(8)
        self.parts = tiny.parts(self.config, self.first)
        self.base = next(self.parts)

    def train_base(self):
        self.base.train()
        for part in self.parts:
            if part.name == "diffusion":
                return
            part.train()

    def variant(self, **model):
        """Configuration and base state as models.train has them."""
        return shared_base.load({**quick(8, **model), "base_run": self.first}, tiny.SHA256)

    def quantiles(self, model):
        prepared = tiny.prepare(self.config)
        with torch.no_grad():
            return sample.quantiles_of(model, tiny.window(prepared, self.config, prepared[2][0][:6]))

    def test_the_quantiles_are_those_of_the_other_run(self):
        self.train_base()
        wanted = self.quantiles(train_base_model(self.first, self.config))
        config, given = self.variant(condition="global", bottleneck=8)
        run = f"{self.folder.name}/second"
        (part,) = train.make_parts({**config, "seed": 99}, run, tiny.prepare(config), None, given)
        self.assertTrue(torch.equal(self.quantiles(part.model), wanted))
        part.train()
        self.assertTrue(torch.equal(self.quantiles(export.load_run(run)[0]), wanted))

    def test_the_configuration_names_the_file_not_the_folder(self):
        self.train_base()
        config, (_, residuals) = self.variant()
        self.assertNotIn("base_run", config)
        self.assertEqual([len(config[key]) for key in ("base_sha256", "residuals_sha256")], [64, 64])
        self.assertEqual(len(residuals[0]), 60)
        self.assertEqual(shared_base.load(self.config, tiny.SHA256), (self.config, None))

    def test_what_cannot_be_shared_is_told(self):
        self.base.train()
        with self.assertRaisesRegex(SystemExit, "first/whole-base.pt: not there, or not residuals.npz beside it"):
            self.variant()
        self.train_base()
        with self.assertRaisesRegex(SystemExit, "whole-base.pt: map is 8, tiny has 6"):
            self.variant(map=6)


if __name__ == "__main__":
    unittest.main()
