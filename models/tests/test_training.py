"""Training: the loss falls, a killed run ends like an uninterrupted one, exports equal the model, scores are right."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np
import torch

from models import checkpoint, data, export, sample, scores
from models.tests import make_fixtures, tiny
from models.train import Trainer, drop_frames, pair_weights

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run_child(run, wait_for=None):
    """Trains the tiny model in a child process; with `wait_for` kills it (-9) once that step is saved."""
    script = (f"import torch; torch.set_num_threads(1)\n"
              f"from models.tests import tiny\nfrom models.train import Trainer\n"
              f"c = tiny.config()\nTrainer(c, {run!r}, tiny.prepare(c), None).train()\n")
    child = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if wait_for is None:
        child.communicate()
        return child.returncode
    for line in child.stdout:
        if line.startswith(f"step {wait_for}/"):
            time.sleep(0.05)
            child.send_signal(signal.SIGKILL)
            break
    child.communicate()
    return child.returncode


def steps_and_losses(run):
    with open(f"{run}/log.csv") as file:
        return [line.split(",")[:2] for line in file]


class Training(unittest.TestCase):
    def test_the_loss_falls(self):
        config = tiny.config()
        with tempfile.TemporaryDirectory() as run:
            trainer = Trainer(config, run, tiny.prepare(config), None)
            losses = [trainer.advance() for _ in range(150)]
        self.assertLess(np.mean(losses[-30:]), 0.97 * np.mean(losses[:10]))

    def test_the_backbone_stays(self):
        config = tiny.config()
        with tempfile.TemporaryDirectory() as run:
            trainer = Trainer(config, run, tiny.prepare(config), None)
            before = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
            for _ in range(3):
                trainer.advance()
            for name, tensor in trainer.model.state_dict().items():
                frozen = "backbone" in name and ".adapter." not in name or name.endswith("away")
                self.assertEqual(torch.equal(tensor, before[name]), frozen, name)

    def test_killed_and_resumed_equals_uninterrupted(self):
        with tempfile.TemporaryDirectory() as whole, tempfile.TemporaryDirectory() as broken:
            self.assertEqual(run_child(whole), 0)
            self.assertEqual(run_child(broken, wait_for=20), -signal.SIGKILL)
            saved = checkpoint.load(f"{broken}/state.pt")["step"]
            self.assertTrue(10 <= saved < 60, saved)
            self.assertEqual(run_child(broken), 0)
            one, other = checkpoint.load(f"{whole}/state.pt"), checkpoint.load(f"{broken}/state.pt")
            self.assertEqual(other["step"], 60)
            for part in ("model", "average"):
                for name, tensor in one[part].items():
                    self.assertTrue(torch.equal(tensor, other[part][name]), name)
            self.assertEqual(steps_and_losses(whole), steps_and_losses(broken))

    def test_another_configuration_is_refused(self):
        config = tiny.config(training={"steps": 10})
        with tempfile.TemporaryDirectory() as run:
            Trainer(config, run, tiny.prepare(config), None).train()
            with self.assertRaisesRegex(SystemExit, "another configuration"):
                Trainer(tiny.config(), run, tiny.prepare(config), None)

    def test_dropped_frames_keep_the_newest(self):
        rows = np.tile(np.arange(9), (500, 1))
        dropped = drop_frames(np.random.default_rng(0), rows, 6, 0.5)
        self.assertTrue((dropped[:, -1] == 8).all())
        self.assertTrue(200 < (dropped[:, :3] < 0).all(1).sum() < 300)
        self.assertTrue((dropped[:, 3:] < 0).any())

    def test_weights_of_pairs(self):
        weights = pair_weights(np.array([[0.0, 0.2], [0.8, 0.0]]), 0.5)[0, 0]
        self.assertAlmostEqual(weights[1, 0].item() / weights[0, 1].item(), 2, places=5)
        self.assertAlmostEqual(weights.sum().item(), 2, places=5)


class Export(unittest.TestCase):
    def test_exported_components_equal_the_model(self):
        config = tiny.config()
        prepared = tiny.prepare(config)
        model = tiny.shaken(config)
        window = tiny.window(prepared, config, prepared[2][0][:1])
        with tempfile.TemporaryDirectory() as out, torch.no_grad():
            export.export_model(model, {"nodes": tiny.NODES, "config": config, "step": 0}, prepared[4], tiny.STEP, out,
                                10, {})
            encoder, conditioner, denoiser = (torch.jit.freeze(torch.jit.load(f"{out}/{name}.pt").eval())
                                              for name in export.COMPONENTS)
            images, features, context = sample.tensors(window)
            tokens, spatial = encoder(images, context)
            g, c = conditioner(tokens, features)
            for mine, theirs in zip(model.conditions(images, features, context), (g, c, spatial)):
                self.assertLess((mine - theirs).abs().max().item(), 1e-5)
            for count in (1, 6):
                x = torch.randn(count, 2, 5, 5)
                arguments = (x, torch.tensor([499.0]), g, c, spatial)
                self.assertLess((model.denoiser(*arguments) - denoiser(*arguments)).abs().max().item(), 1e-5)

    def test_manifest(self):
        folder = os.path.join(make_fixtures.FOLDER, "tiny")
        with open(f"{folder}/manifest.json") as file:
            manifest = json.load(file)
        for entry in manifest["files"].values():
            self.assertEqual(data.file_sha256(f"{folder}/{entry['name']}"), entry["sha256"])
        with open(f"{folder}/scaling.json") as file:
            scaling = export.scaling_from_json(json.load(file), 5, 2)
        np.testing.assert_allclose(scaling.weights, tiny.prepare(tiny.config())[4].weights, atol=1e-9)

    def test_not_a_number_is_not_written(self):
        with tempfile.TemporaryDirectory() as out:
            with self.assertRaises(ValueError):
                export.write_json(f"{out}/x.json", {"a": float("nan")})
            self.assertFalse(os.path.exists(f"{out}/x.json"))

    def test_the_shipped_checkpoint_is_whole(self):
        folder = os.path.join(ROOT, "models", "checkpoints", "abilene")
        with open(f"{folder}/manifest.json") as file:
            manifest = json.load(file)
        for entry in manifest["files"].values():
            self.assertEqual(data.file_sha256(f"{folder}/{entry['name']}"), entry["sha256"])
        self.assertEqual(len(manifest["nodes"]), 12)
        self.assertLess(sum(os.path.getsize(f"{folder}/{name}") for name in os.listdir(folder)), 20e6)


class Scores(unittest.TestCase):
    def test_fair_crps_of_two_samples(self):
        samples = np.array([1.0, 3.0])[:, None]
        self.assertAlmostEqual(float(scores.fair_crps(samples, np.array([2.0]))[0]), 1 - 1)
        self.assertAlmostEqual(float(scores.fair_crps(samples, np.array([5.0]))[0]), 3 - 1)

    def test_a_calibrated_forecast(self):
        rng = np.random.default_rng(0)
        truth, samples = 10 + rng.standard_normal((400, 3, 3)), 10 + rng.standard_normal((100, 400, 3, 3))
        found = scores.score(samples, truth)
        self.assertAlmostEqual(found["collapse_ratio"], 1, delta=0.05)
        self.assertAlmostEqual(found["coverage_90"], 0.89, delta=0.02)
        self.assertAlmostEqual(found["nrmse"], 0.1, delta=0.01)
        self.assertLess(scores.score(10 + 0.1 * (samples - 10), truth)["collapse_ratio"], 0.2)

    def test_samples_of_a_window_do_not_depend_on_the_batch_beside_it(self):
        config = tiny.config()
        prepared = tiny.prepare(config)
        model = tiny.shaken(config)
        one = tiny.window(prepared, config, prepared[2][0][:1])
        samples = [sample.sample_window(model, one, config, prepared[4], 4, 5, seed) for seed in (1, 1, 2)]
        np.testing.assert_array_equal(samples[0], samples[1])
        self.assertGreater(np.abs(samples[0] - samples[2]).max(), 0)
        self.assertTrue(np.isfinite(samples[0]).all() and (samples[0] >= 0).all())


if __name__ == "__main__":
    unittest.main()
