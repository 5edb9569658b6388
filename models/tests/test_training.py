"""Training: the loss falls, a killed run ends like an uninterrupted one, exports equal the model, scores are right."""
import argparse
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

from models import checkpoint, crossfit, data, export, fit_scaling, sample, scores, train, training
from models.tests import make_fixtures, tiny
from models.source import drop_frames, pair_weights

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run_child(run, wait_for=None):
    """Trains the tiny model in a child process; with `wait_for` kills it (-9) once that step ("part step") is told."""
    script = (f"import torch; torch.set_num_threads(1)\n"
              f"from models.tests import tiny\n"
              f"for part in tiny.parts(tiny.config(), {run!r}):\n    part.train()\n")
    child = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if wait_for is None:
        child.communicate()
        return child.returncode
    for line in child.stdout:
        if line.startswith(f"{wait_for}/"):
            time.sleep(0.05)
            child.send_signal(signal.SIGKILL)
            break
    child.communicate()
    return child.returncode


def steps_and_losses(path):
    with open(path) as file:
        return [line.split(",")[:2] for line in file]


def fresh_loss(part):
    """Mean loss on batches that no training step uses."""
    with torch.no_grad():
        return np.mean([part.loss(step).item() for step in range(100_000, 100_020)])


class Training(unittest.TestCase):
    def test_both_losses_fall(self):
        """Every TM is multiplied by a factor that nobody can foresee: what OD pairs have in common, for the diffusion
        to find."""
        config = tiny.config()
        series, *rest = tiny.prepare(config)
        series.tms *= np.exp(0.5 * np.random.default_rng(1).standard_normal(len(series.tms)))[:, None, None]
        with tempfile.TemporaryDirectory() as run:
            for part in tiny.parts(config, run, (series, *rest)):
                before = fresh_loss(part)
                for _ in range(200):
                    part.advance()
                self.assertLess(fresh_loss(part), 0.97 * before, part.name)

    def test_what_stays_as_it_is(self):
        with tempfile.TemporaryDirectory() as run:
            *_, diffusion = tiny.parts(tiny.config(), run)
            before = {name: tensor.clone() for name, tensor in diffusion.model.state_dict().items()}
            for _ in range(3):
                diffusion.advance()
        for name, tensor in diffusion.model.state_dict().items():
            frozen = ("backbone" in name and ".adapter." not in name or name.endswith("away")
                      or name.startswith("base.") and not name.startswith("base.map."))
            self.assertEqual(torch.equal(tensor, before[name]), frozen, name)

    def test_killed_and_resumed_equals_uninterrupted(self):
        with tempfile.TemporaryDirectory() as whole, tempfile.TemporaryDirectory() as broken:
            self.assertEqual(run_child(whole), 0)
            for wait_for, part, last in (("base 20", "base", 60), ("fold-2 20", "fold-2", 60), ("diffusion 20", "diffusion", 60)):
                self.assertEqual(run_child(broken, wait_for), -signal.SIGKILL)
                saved = checkpoint.load(f"{broken}/{part}.pt")["step"]
                self.assertTrue(10 <= saved < last, saved)
            self.assertEqual(run_child(broken), 0)
            for mine, theirs in zip(*(crossfit.load(run, tiny.CONFIG, tiny.SHA256) for run in (whole, broken))):
                np.testing.assert_array_equal(mine, theirs)
            for name, last in (("base", 60), ("fold-2", 60), ("diffusion", 60)):
                one, other = checkpoint.load(f"{whole}/{name}.pt"), checkpoint.load(f"{broken}/{name}.pt")
                self.assertEqual(other["step"], last)
                for part in ("model", "average"):
                    for key, tensor in one[part].items():
                        self.assertTrue(torch.equal(tensor, other[part][key]), key)
                self.assertEqual(steps_and_losses(f"{whole}/{name}.csv"), steps_and_losses(f"{broken}/{name}.csv"))

    def test_another_configuration_is_refused(self):
        config = tiny.config()
        config["training"]["base"] = {**config["training"]["base"], "steps": 10}
        with tempfile.TemporaryDirectory() as run:
            next(tiny.parts(config, run)).train()
            with self.assertRaisesRegex(SystemExit, "another configuration"):
                next(tiny.parts(tiny.config(), run))

    def test_keys_that_nothing_reads_are_refused(self):
        for changes, key in (({"model": {"mixes": []}}, "mixes"), ({"training": {"mixing": {"steps": 3}}}, "mixing")):
            with self.assertRaisesRegex(SystemExit, f'tiny: .* has a key "{key}", which nothing reads'):
                train.check_keys(tiny.config(**changes))
        for name in ("abilene", "abilene-80", "geant", "geant-80", "synthetic"):
            with open(f"models/configs/{name}.json") as file:
                train.check_keys(json.load(file))

    def test_the_best_step_is_what_is_exported(self):
        with tempfile.TemporaryDirectory() as run:
            for part in tiny.parts(tiny.config(), run):
                part.train()
            part.best = {"step": 5, "choice": -1.0,
                         "average": {name: tensor + 1 for name, tensor in part.average.values.items()}}
            checkpoint.save(f"{run}/diffusion.pt", part.state())
            model, _, state = export.load_run(run)
        self.assertEqual(state["step"], 5)
        for name, tensor in part.average.values.items():
            self.assertTrue(torch.equal(model.state_dict()[name], tensor + 1), name)

    def test_dropped_frames_keep_the_newest(self):
        rows = np.tile(np.arange(9), (500, 1))
        dropped = drop_frames(np.random.default_rng(0), rows, 6, 0.5)
        self.assertTrue((dropped[:, -1] == 8).all())
        self.assertTrue(200 < (dropped[:, :3] < 0).all(1).sum() < 300)
        self.assertTrue((dropped[:, 3:] < 0).any())

    def test_weights_of_pairs(self):
        weights = pair_weights(np.array([[0.0, 0.2], [0.8, 0.0]]), 0.5)
        self.assertAlmostEqual(weights[1, 0].item() / weights[0, 1].item(), 2, places=5)
        self.assertAlmostEqual(weights.sum().item(), 2, places=5)


class Export(unittest.TestCase):
    def test_exported_components_equal_the_model(self):
        config = tiny.config()
        prepared = tiny.prepare(config)
        model, scaling = tiny.shaken(config, prepared)
        inputs = tiny.inputs(prepared, config, prepared[2][0][:1])
        images, *base_inputs = inputs
        with tempfile.TemporaryDirectory() as out, torch.no_grad():
            state = {"nodes": tiny.NODES, "config": config, "step": 0, "strength": 1.0}
            export.export_model(model, state, scaling, tiny.STEP, out, 10, {})
            base, encoder, conditioner, denoiser = (torch.jit.freeze(torch.jit.load(f"{out}/{name}.pt").eval())
                                                    for name in export.COMPONENTS)
            g, c = conditioner(encoder(images), base_inputs[1])
            quantiles, spatial = base(*base_inputs)
            for mine, theirs in zip(tiny.conditions(model, *inputs), (g, c, spatial, quantiles)):
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
            scaling = json.load(file)
        prepared = tiny.prepare(tiny.config())
        np.testing.assert_allclose(scaling["share"], fit_scaling.shares(prepared[0]).ravel(), atol=1e-9)
        self.assertEqual([len(scaling[key]) for key in ("knots", "share", "loads", "calibration")],
                         [17, 25, 1, 8])
        self.assertEqual(os.path.getsize(f"{folder}/bank.bin"), tiny.BANK * 2 * 25)

    def test_not_a_number_is_not_written(self):
        with tempfile.TemporaryDirectory() as out:
            with self.assertRaises(ValueError):
                export.write_json(f"{out}/x.json", {"a": float("nan")})
            self.assertFalse(os.path.exists(f"{out}/x.json"))

    def test_the_shipped_checkpoint_is_whole(self):
        folder = os.path.join(ROOT, "models", "checkpoints", "abilene-80")
        with open(f"{folder}/manifest.json") as file:
            manifest = json.load(file)
        for entry in manifest["files"].values():
            self.assertEqual(data.file_sha256(f"{folder}/{entry['name']}"), entry["sha256"])
        self.assertEqual(len(manifest["nodes"]), 12)
        self.assertLess(sum(os.path.getsize(f"{folder}/{name}") for name in os.listdir(folder)), 20e6)


class Scores(unittest.TestCase):
    def test_crps_of_two_samples(self):
        samples = np.array([1.0, 3.0])[:, None]
        self.assertAlmostEqual(float(scores.crps(samples, np.array([2.0]), scores.even)[0]), 1 - 1 / 2)
        self.assertAlmostEqual(float(scores.crps(samples, np.array([5.0]), scores.even)[0]), 3 - 1 / 2)
        self.assertAlmostEqual(float(scores.crps(samples, np.array([5.0]), scores.even_sums)[0]), 3 - 1 / np.sqrt(2))

    def test_a_calibrated_forecast(self):
        """Of even samples, as LEAD draws them: a normal forecast scores 1 / sqrt(pi), the sum of six sqrt(6 / pi)."""
        rng = np.random.default_rng(0)
        truth = 10 + rng.standard_normal((20000, 3, 3))
        samples = 10 + tiny.even_noise(5, 20, truth.size).reshape(20, *truth.shape)
        found = scores.score(samples, truth)
        self.assertAlmostEqual(found["collapse"], 1, delta=0.05)
        self.assertAlmostEqual(found["coverage_90"], 0.9, delta=0.02)  # bounds are interpolated
        self.assertAlmostEqual(found["nrmse"], 0.1, delta=0.01)
        self.assertAlmostEqual(10 * found["ncrps"], 1 / np.sqrt(np.pi), delta=0.008)
        self.assertAlmostEqual(60 * found["crps_sum"], np.sqrt(6 / np.pi), delta=0.03)
        self.assertLess(scores.score(10 + 0.1 * (samples - 10), truth)["collapse"], 0.2)

    def test_paths(self):
        """Independent steps instead of walks: rougher, and worse at the path's maximum."""
        rng = np.random.default_rng(3)
        walk = lambda *shape: 50 + np.cumsum(rng.standard_normal((*shape, 8, 2, 2)), axis=-3)
        truth, right = walk(300), walk(30, 300)
        wrong = np.stack([right[rng.permutation(30)][:, :, h] for h in range(8)], 2)
        good, bad = scores.score_path(right, truth), scores.score_path(wrong, truth)
        self.assertAlmostEqual(good["roughness"], 1, delta=0.02)
        self.assertGreater(bad["roughness"], 2)
        for key in ("path_energy", "max_crps"):
            self.assertLess(good[key], 0.99 * bad[key], key)

    def test_energy_by_hand(self):
        samples = np.array([[[0.0, 0.0]], [[3.0, 4.0]]])
        self.assertAlmostEqual(float(scores.energy(samples, np.array([[0.0, 0.0]]))[0]), 2.5 - 2.5 / np.sqrt(2))
        self.assertAlmostEqual(float(scores.energy(samples, np.array([[3.0, 0.0]]))[0]), 3.5 - 2.5 / np.sqrt(2))

    def test_samples_of_a_window_do_not_depend_on_the_batch_beside_it(self):
        config = tiny.config()
        prepared = tiny.prepare(config)
        model, scaling = tiny.shaken(config, prepared)
        one = tiny.window(prepared, config, prepared[2][0][:1])
        samples = [sample.sample_window(model, one, scaling, 4, 5, seed) for seed in (1, 1, 2)]
        np.testing.assert_array_equal(samples[0], samples[1])
        self.assertGreater(np.abs(samples[0] - samples[2]).max(), 0)
        self.assertTrue(np.isfinite(samples[0]).all() and (samples[0] >= 0).all())


class Configurations(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/c.json"
            with open(path, "w") as file:
                file.write(text)
            return training.read_config(path)

    def test_what_is_none_is_refused(self):
        for text, said in (("name: x", "not JSON"), ("[1]", "not a configuration"), ('{"data": "x"}', "not a configuration"),
                           ('{"name": "x", "training": {"base": {"steps": -5}}}', "training.base.steps: -5"),
                           ('{"name": "x", "training": {"base": {"save_every": 0}}}', "training.base.save_every: 0 is no whole number from 1"),
                           ('{"name": "x", "horizon": "many"}', 'horizon: "many"')):
            with self.assertRaisesRegex(SystemExit, said):
                self.read(text)
        with self.assertRaisesRegex(SystemExit, "nofile.json: No such file"):
            training.read_config("nofile.json")
        self.assertEqual(self.read('{"name": "x", "training": {"steps": 0}}')["name"], "x")

    def test_those_that_ship_are_read(self):
        folder = os.path.join(os.path.dirname(__file__), "..", "configs")
        for name in ("any", "abilene-80", "compare-geant", "synthetic", "qwen2-micro"):
            self.assertEqual(training.read_config(f"{folder}/{name}.json")["name"], name)

    def test_threads(self):
        self.assertEqual(training.thread_count("2"), 2)
        for text in ("0", "257", "two", "-1"):
            with self.assertRaisesRegex(argparse.ArgumentTypeError, "no number from 1 to 256"):
                training.thread_count(text)


if __name__ == "__main__":
    unittest.main()
