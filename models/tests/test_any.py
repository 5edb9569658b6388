"""The checkpoint for any network: it has no node of its own, learns from many, and starts from paths of networks that its base had not seen."""
import json
import os
import tempfile
import unittest

import numpy as np
import torch

from models import data, sample, train_any
from models.lead import spans
from models.tests import tiny
from models.tests.test_experiments import write_data

CONFIG = {**tiny.config(), "name": "any", "data": "", "split": [0.8, 0.8], "networks": [{"data": "tiny", "every": [2]}, {"data": "other", "every": []}],
          "held_out": ["tiny", "other"], "synthetic": {"networks": 2, "nodes": [3, 7], "steps": [1800, 3600], "length": 120}}


def quick():
    config = json.loads(json.dumps(CONFIG))
    config["model"].update(backbone="none", pair_embedding=0, base_way=0.0)
    config["training"]["base"].update(steps=12, save_every=6)
    config["training"]["folds"].update(steps=12, save_every=6)
    return config


class Any(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        write_data(cls.folder.name)
        os.link(f"{cls.folder.name}/tiny-tm.csv.gz", f"{cls.folder.name}/other-tm.csv.gz")
        cls.config = quick()
        cls.base, cls.held_out = train_any.make(cls.config, cls.folder.name, f"{cls.folder.name}/run")

    def test_steps_and_sizes_of_what_it_learns_from(self):
        real = train_any.real_sources(self.config, self.folder.name)
        self.assertEqual([source.series.step for source in real["tiny"]], [3600, 7200])
        drawn = train_any.drawn_series(self.config)
        self.assertEqual(len(drawn), 2)
        for series in drawn:
            self.assertTrue(3 <= len(series.nodes) < 7 and series.step in (1800, 3600))
        chosen = train_any.sources_without(real, ["drawn"], "tiny")
        self.assertEqual(chosen, [*real["other"], "drawn"])

    def test_the_last_part_is_never_loaded(self):
        whole = data.read_csv(f"{self.folder.name}/tiny-tm.csv.gz")[1]
        source = train_any.real_sources(self.config, self.folder.name)["tiny"][0]
        self.assertEqual(len(source.series.times), int(0.8 * len(whole)))
        self.assertGreater(len(source.fit[0]), 100)

    def test_it_goes_on_where_it_was(self):
        again, held_out = train_any.make(self.config, self.folder.name, f"{self.folder.name}/run")
        for name, tensor in self.base.state_dict().items():
            self.assertTrue(torch.equal(tensor, again.state_dict()[name]), name)
        np.testing.assert_array_equal(held_out["tiny"][1], self.held_out["tiny"][1])

    def test_any_number_of_nodes_in_any_order(self):
        """Nodes in another order: the same forecasts in that order; the shares are the window's own."""
        for series in train_any.drawn_series(self.config):
            source = train_any.source_of(series, self.config)
            nodes = len(series.nodes)
            order = np.random.default_rng(1).permutation(nodes)
            moved = data.replace(series, tms=series.tms[:, order][:, :, order])
            asked = [sample.make_windows(one, source.fit[0][-2:], source.history, source.lags, None, spans.spans_of(series.step, 2))
                     for one in (series, moved)]
            with torch.no_grad():
                one, other = (self.base(*sample.base_inputs(window))[0] for window in asked)
            self.assertEqual(one.shape[3:], (nodes, nodes))
            self.assertTrue(torch.allclose(one[..., order, :][..., order], other, atol=1e-4))

    def test_what_is_written(self):
        out = f"{self.folder.name}/out"
        train_any.write_held_out(out, self.held_out, self.config, "x")
        banks = [bank for _, bank in self.held_out.values()]
        train_any.write(f"{out}/any", self.base, banks, self.config, "x")
        for name, wanted in (("any", np.concatenate(banks)), ("without-tiny", banks[1]), ("without-other", banks[0])):
            with open(f"{out}/{name}/manifest.json") as file:
                manifest = json.load(file)
            self.assertEqual((manifest["nodes"], manifest["step_seconds"], manifest["shapes"]["bank_pairs"]), ([], 0, train_any.BANK_PATHS))
            self.assertEqual(sorted(manifest["files"]), ["bank", "base", "scaling"])
            written = np.fromfile(f"{out}/{name}/bank.bin", np.int8).reshape(manifest["shapes"]["bank"], 2, -1)
            np.testing.assert_array_equal(written, wanted)
        loaded = torch.jit.load(f"{out}/any/base.pt")
        window = tiny.window((tiny.series(), np.array([24, 23, 22, 5, 4, 3, 2, 1, 0]), None, None), self.config,
                             tiny.prepare(self.config)[2][0][:2])
        with torch.no_grad():
            mine, theirs = (base(*sample.base_inputs(window)) for base in (self.base.eval(), loaded))
        self.assertLess((mine[0] - theirs[0]).abs().max().item(), 1e-5)


if __name__ == "__main__":
    unittest.main()
