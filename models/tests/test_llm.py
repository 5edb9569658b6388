"""The experiment `llm`: what arms begin with, scores and intervals against plain arithmetic, the whole on tiny data."""
import dataclasses
import os
import tempfile
import unittest

import numpy as np
import torch

from models import fit_scaling, sample, train
from models.experiments import __main__ as command
from models.experiments import listening, llm, routes, windows
from models.lead import qwen2
from models.tests import qwen2_files, tiny
from models.tests.test_experiments import make_setting, read, write_data
from models.tests.test_variants import quick


class Routes(unittest.TestCase):
    def test_equal_paths_share(self):
        """A to D over B and over C, which cost the same; the detour over E is longer."""
        pairs = [(0, 1, 1), (0, 2, 1), (1, 3, 1), (2, 3, 1), (0, 4, 2), (4, 3, 2)]
        links = [(a, b, 10.0, weight) for a, b, weight in pairs]
        found = routes.utilisation(links, 5).reshape(-1, 5, 5)
        np.testing.assert_allclose(found[:, 0, 3], [0.05, 0.05, 0.05, 0.05, 0, 0])
        np.testing.assert_allclose(found[:, 4, 3], [0, 0, 0, 0, 0, 0.1])
        np.testing.assert_allclose(found[:, 3, 0], 0)  # there is no way back

    def test_weights_are_the_file_s_or_inverse_capacity(self):
        with tempfile.TemporaryDirectory() as folder:
            for text, capacity, wanted in (("src,dst,capacity_kbps,igp_weight\na,b,1e6,7\n", 1e9, 7),
                                           ("src,dst,capacity_kbps\na,b,2e6\n", 2e9, 0.5)):
                with open(f"{folder}/links.csv", "w") as file:
                    file.write(text)
                self.assertEqual(routes.read_links(f"{folder}/links.csv", ["b", "a"]), [(1, 0, capacity, wanted)])

    def test_every_rate_arrives(self):
        rng = np.random.default_rng(1)
        links = [(a, b, 1.0, float(rng.integers(1, 4))) for a in range(7) for b in range(7) if a != b and (abs(a - b) in (1, 6) or rng.random() < 0.2)]
        shares = routes.utilisation(links, 7).reshape(-1, 7, 7)
        for source, destination in ((0, 4), (5, 2), (6, 1)):
            into = sum(share[source, destination] for share, link in zip(shares, links) if link[1] == destination)
            self.assertAlmostEqual(into, 1.0)


class Numbers(unittest.TestCase):
    def test_scores_of_windows(self):
        rng = np.random.default_rng(2)
        samples, truth = rng.random((8, 3, 2, 4, 4)), rng.random((3, 2, 4, 4))
        links = [(a, (a + 1) % 4, 2.0, 1.0) for a in range(4)]
        table = routes.utilisation(links, 4)
        found = windows.of_windows(samples, truth, table)
        self.assertEqual(set(found), {"ncrps_1", "ncrps_2", "peak_mlu_crps", "path_energy"})
        peak = np.array([[max((table @ tm.ravel()).max() for tm in path) for path in one] for one in samples])
        true_peak = np.array([max((table @ tm.ravel()).max() for tm in path) for path in truth])
        apart = np.abs(peak[:, None] - peak[None]).sum((0, 1)) / (2 * 8 * np.sqrt(8 * 7))
        np.testing.assert_allclose(found["peak_mlu_crps"], [np.abs(peak - true_peak).mean(0) - apart, true_peak], rtol=1e-12)

    def test_an_interval_holds_what_is_so(self):
        rng = np.random.default_rng(3)
        theirs = np.stack([rng.random(200) + 1, np.ones(200)])
        self.assertEqual(windows.interval(theirs, theirs), (0, 0, 0))
        ours = theirs * [[1.1], [1.0]]
        np.testing.assert_allclose(windows.interval(ours, theirs), 0.1, rtol=1e-9)
        noisy = np.stack([theirs[0] + 0.3 * rng.standard_normal(200), theirs[1]])
        _, low, high = windows.interval(noisy, theirs)
        self.assertTrue(low < 0 < high)


class Arms(unittest.TestCase):
    def make(self, llm_of_arm):
        config = tiny.config()
        self.prepared = tiny.prepare(config)
        model, scaling = tiny.shaken(config, self.prepared)
        torch.manual_seed(1)
        arm = listening.Arm(len(tiny.NODES), config, model.base.state_dict(), 16, llm_of_arm).eval()
        return config, model, scaling, arm

    def test_it_begins_as_the_network_that_it_was_given(self):
        sizes = qwen2.Qwen2Config(**tiny.CONFIG["model"]["qwen2"])
        config, model, scaling, arm = self.make(("random", sizes, None, 0))
        window = tiny.window(self.prepared, config, self.prepared[2][0][:3])
        with torch.no_grad():
            g, c = arm.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
            self.assertEqual([list(g.shape), list(c.shape)], [[3, 16], [3, config["history"] + 1, 16]])
            found = arm.opinion(window, g, c)
            inputs = sample.base_inputs(window)
            wanted = model.base.pair_opinions(*inputs, listening.all_pairs(inputs[0]))[0]
            torch.testing.assert_close(found, wanted)
            for parameter in arm.listen.parameters():
                parameter.data.add_(0.1)
            self.assertFalse(torch.allclose(arm.opinion(window, g, c), arm.opinion(window, -g, c)))
            self.assertFalse(torch.allclose(arm.opinion(window, g, c), arm.opinion(window, g, -c)))
        tms, own = listening.sample_window(arm, window, scaling.bank, 6, 3)
        np.testing.assert_allclose(np.sort(tms, 0), np.sort(own, 0))  # single steps are the base forecast's

    def test_silence_says_nothing(self):
        config, _, _, arm = self.make(None)
        window = tiny.window(self.prepared, config, self.prepared[2][0][:2])
        g, c = arm.conditions(torch.from_numpy(window.images), torch.from_numpy(window.features))
        self.assertEqual((g.abs().sum(), c.abs().sum()), (0, 0))

    def test_the_frozen_layers_do_not_learn(self):
        sizes = qwen2.Qwen2Config(**tiny.CONFIG["model"]["qwen2"])
        config, _, _, arm = self.make(("random", sizes, None, 2))
        config["training"]["arm"] = {**listening.TRAINING, "steps": 2}
        residuals = np.random.default_rng(1).standard_normal((len(self.prepared[2][0]), config["horizon"], 5, 5)), *self.prepared[2]
        before = {name: value.clone() for name, value in arm.state_dict().items()}
        with tempfile.TemporaryDirectory() as run:
            part = listening.ArmPart(run, config, arm, self.prepared, fit_scaling.shares(self.prepared[0]), residuals)
            part.train()
        moved = {name for name, value in arm.state_dict().items() if not torch.equal(value, before[name])}
        self.assertIn("listen.out.weight", moved)
        self.assertTrue(any(".adapter." in name for name in moved) and any(".lora_" in name for name in moved))
        self.assertFalse({name for name in moved if ".mlp." in name or "o_proj" in name or name.startswith("base.ridge")})


class Whole(unittest.TestCase):
    def test_a_page_from_a_backbone(self):
        with tempfile.TemporaryDirectory() as folder:
            write_data(folder)
            os.makedirs(f"{folder}/Qwen2-Tiny")
            qwen2_files.write_single(f"{folder}/Qwen2-Tiny", qwen2_files.weights())
            for part in train.start(quick(3), folder, f"{folder}/mine"):
                part.train()
            setting = make_setting(folder, base_run=f"{folder}/mine", backbone=f"{folder}/Qwen2-Tiny", seeds=2)
            result = llm.llm.run(setting)
            stamp = os.path.getmtime(f"{llm.folder_of(setting, llm.kinds('x')[0], 1)}/scores.npz")
            few = llm.llm.run(dataclasses.replace(setting, arms=2))
            self.assertEqual([row["predictor"] for row in few.rows], ["no conditions", "random, frozen"])
            again = llm.llm.run(setting)  # trains nothing
            self.assertEqual(os.path.getmtime(f"{llm.folder_of(setting, llm.kinds('x')[0], 1)}/scores.npz"), stamp)
            self.assertEqual([row["scores"] for row in result.rows], [row["scores"] for row in again.rows])
            command.publish(llm.llm, result, folder, "llm")
            lines = read(f"{folder}/results/experiments/llm.md").splitlines()
            self.assertGreater(os.path.getsize(f"{folder}/docs/figures/llm.svg"), 5000)
        labels = [line.split(" | ")[0] for line in lines if line.startswith("| ") and "---" not in line]
        self.assertEqual(labels[:6], ["| conditions from", "| no conditions", "| random, frozen", "| qwen2-tiny, frozen", "| one trained layer",
                                      "| qwen2-tiny, LoRA"])
        self.assertEqual(sum(line.startswith("- ") for line in lines), 2 * 2 * 4)  # of both, against both, a score each

    def test_what_it_needs_is_said(self):
        with self.assertRaisesRegex(SystemExit, "--backbone"):
            llm.run(make_setting(""))


if __name__ == "__main__":
    unittest.main()
