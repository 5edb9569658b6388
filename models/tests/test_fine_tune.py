"""A checkpoint for any network, fine-tuned: what is taken over, what is the own network's, and what is refused."""
import contextlib
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from models import checkpoint, export, fine_tune, from_checkpoint, sample, train
from models.lead.model import build_base
from models.tests import tiny
from models.tests.test_experiments import write_data
from models.tests.test_training import ROOT

OWN = tiny.config(model={"base_way": 0.0, "backbone": "none"}, training={name: {**tiny.CONFIG["training"][name], "steps": steps, "score_every": 5,
                  "save_every": 5} for name, steps in (("base", 5), ("folds", 5), ("diffusion", 0))})


def write_any(folder, config=OWN):
    """The checkpoint for any network `folder`, never trained; its base forecast."""
    model, scaling = tiny.for_any(config)
    settings = {**config, "model": {**config["model"], "pair_embedding": 0}}
    state = {"nodes": [], "config": settings, "step": 1, "strength": 0.0}
    export.export_model(model, state, scaling, 0, folder, 0, {"command": "x"})
    return model.base


class FineTune(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = cls.scratch.name
        write_data(cls.folder)
        cls.any = f"{cls.folder}/any"
        cls.base = write_any(cls.any)
        cls.config = {**OWN, "from_checkpoint": cls.any, "split": [0.7, 0.8]}

    def beginning(self):
        return from_checkpoint.load(self.config)[1]

    def begun(self, networks=2):
        torch.manual_seed(1)
        base = build_base(len(tiny.NODES), self.config, networks)
        self.beginning().fill(base)
        return base

    def test_it_begins_with_the_forecasts_of_any(self):
        """With any's ridge the own base forecast gives what any's gives, whatever the new embedding is."""
        own = self.begun().eval()
        own.ridge.weights.copy_(self.base.ridge.weights.expand_as(own.ridge.weights))
        prepared = tiny.prepare(self.config)
        given = sample.base_inputs(tiny.window(prepared, self.config, prepared[2][0][:3]))
        with torch.no_grad():
            self.assertLess((own(*given)[0] - self.base(*given)[0]).abs().max().item(), 1e-5)
        self.assertGreater(own.pairs.pair.abs().max().item(), 0)

    def test_a_fold_begins_with_its_first_network(self):
        fold, whole = self.begun(1), self.begun()
        for name, tensor in fold.pairs.networks[0].state_dict().items():
            self.assertTrue(torch.equal(tensor, whole.pairs.networks[0].state_dict()[name]), name)

    def test_without_the_key_nothing_is_taken_over(self):
        base = build_base(len(tiny.NODES), OWN, 2)
        before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
        config, beginning = from_checkpoint.load(OWN)
        beginning.fill(base)
        beginning.settle(base)
        beginning.choose(base, None)
        self.assertIs(config, OWN)
        for name, tensor in base.state_dict().items():
            self.assertTrue(torch.equal(tensor, before[name]), name)

    def test_every_part_begins_with_it(self):
        """Of no steps, base and folds are what they begin with."""
        still = {**self.config, "training": {**OWN["training"], "base": {**OWN["training"]["base"], "steps": 0},
                                             "folds": {**OWN["training"]["folds"], "steps": 0}}}
        wanted = self.base.state_dict()["pairs.networks.0.outward.weight"]
        for part in train.start(still, self.folder, f"{self.folder}/still"):
            part.train()
            if part.name != "diffusion":
                own = part.base.state_dict()
                self.assertTrue(torch.equal(own["pairs.networks.0.outward.weight"], wanted), part.name)
                self.assertEqual(own["ridge.weights"].shape[2], len(tiny.NODES), part.name)

    def shaken(self):
        """A base that has learnt something, and (what it began with, what it has learnt)."""
        base = self.begun()
        begun = {name: tensor.clone() for name, tensor in base.state_dict().items()}
        for parameter in base.pairs.parameters():
            parameter.data.add_(torch.randn(parameter.shape))
        return base, begun, {name: tensor.clone() for name, tensor in base.state_dict().items()}

    def assert_share(self, base, begun, learnt, share):
        for name, tensor in base.state_dict().items():
            own = name.startswith(from_checkpoint.NEW) or not tensor.is_floating_point()
            wanted = learnt[name] if own else (1 - share) * begun[name] + share * learnt[name]
            self.assertTrue(torch.allclose(tensor, wanted, atol=1e-5), name)

    def test_what_was_learnt_is_a_part_of_the_way(self):
        """A quarter, for parameters that are taken over and for the embedding's columns, which begin at 0."""
        base, begun, learnt = self.shaken()
        beginning = self.beginning()
        beginning.share = 0.25
        beginning.settle(base)
        self.assert_share(base, begun, learnt, 0.25)
        self.assertGreater(base.state_dict()["pairs.networks.0.inward.weight"][:, -2:].abs().max().item(), 0)

    def test_the_least_share_about_as_good_as_the_best(self):
        """Scores of the shares as they come; 0.5 is within a hundredth of the best one, 0.75."""
        base, begun, learnt = self.shaken()
        scores = iter((1.2, 1.05, 1.009, 1.0, 1.5))
        part = mock.Mock(scores=lambda: {"ncrps_1": next(scores)}, choice=lambda found: found["ncrps_1"])
        beginning = self.beginning()
        beginning.choose(base, part)
        self.assertEqual(beginning.share, 0.5)
        self.assert_share(base, begun, learnt, 0.5)

    def is_a_part_of_the_way(self, path, run, share):
        """Parameters of the checkpoint's file are that share of the way from those of `any` to those that RUN/base.pt has learnt."""
        written, begun = torch.jit.load(path).state_dict(), self.base.state_dict()
        learnt = checkpoint.load(f"{run}/base.pt")["best"]["average"]
        self.assertEqual(written["ridge.weights"].shape[2], len(tiny.NODES))
        shares = []
        for name in ("networks.0.outward.weight", "networks.1.hidden.0.bias"):
            way = learnt[name] - begun[f"pairs.{name}"]
            shares.append(((written[f"pairs.{name}"] - begun[f"pairs.{name}"]) * way).sum().item() / (way * way).sum().item())
        self.assertAlmostEqual(shares[0], share, 3)
        self.assertAlmostEqual(shares[1], share, 3)

    def test_the_command(self):
        """It writes a checkpoint of this network, and goes on with no other beginning."""
        settings = f"{self.folder}/settings.json"
        with open(settings, "w") as file:
            json.dump({key: OWN[key] for key in ("seed", "model", "training")}, file)
        out, run = f"{self.folder}/out", f"{self.folder}/run"
        words = ["fine_tune", f"{self.folder}/tiny-tm.csv.gz", out, "--checkpoint", self.any, "--run", run]
        with mock.patch.object(fine_tune, "SETTINGS", settings), mock.patch.object(sys, "argv", words):
            with contextlib.redirect_stdout(io.StringIO()) as said:
                fine_tune.main()
            share = float(re.search("taken: ([0-9.]+) of what was learnt", said.getvalue())[1])
            with open(f"{out}/manifest.json") as file:
                manifest = json.load(file)
            self.assertEqual((manifest["nodes"], manifest["step_seconds"], manifest["name"]), (tiny.NODES, tiny.STEP, "tiny-fine"))
            self.assertEqual(manifest["training"]["config"]["from_sha256"], from_checkpoint.load(self.config)[0]["from_sha256"])
            self.assertNotIn(self.folder, json.dumps(manifest["training"]["config"]))
            self.is_a_part_of_the_way(f"{out}/base.pt", run, share)
            with open(f"{out}/base.pt", "rb") as file:
                first = file.read()
            fine_tune.main()  # goes on behind the end
            with open(f"{out}/base.pt", "rb") as file:
                self.assertEqual(file.read(), first)
            self.base.map.bias.data.add_(1)
            with open(f"{self.any}/base.pt", "rb") as file:
                kept = file.read()
            torch.jit.save(torch.jit.script(self.base), f"{self.any}/base.pt")
            with self.assertRaisesRegex(SystemExit, "another configuration"):
                fine_tune.main()
        with open(f"{self.any}/base.pt", "wb") as file:
            file.write(kept)

    def test_the_shipped_settings_fit_the_shipped_checkpoint(self):
        config = fine_tune.configuration("x", fine_tune.ANY, (0.7, 0.8))
        beginning = from_checkpoint.load(config)[1]
        train.check_keys(config)
        base = build_base(3, config, config["model"]["base_networks"])
        beginning.fill(base)
        theirs = torch.jit.load(f"{fine_tune.ANY}/base.pt").state_dict()
        np.testing.assert_array_equal(base.state_dict()["pairs.mean"], theirs["pairs.mean"])

    def test_a_file_that_has_grown_is_another_run(self):
        """The state of a training knows the TMs that it has seen."""
        folder, run = f"{self.folder}/grown", f"{self.folder}/grown-run"
        os.makedirs(folder)
        write_data(folder, 300)
        next(train.start(self.config, folder, run)).train()
        write_data(folder, 320)
        with self.assertRaisesRegex(SystemExit, "other TMs"):
            next(train.start(self.config, folder, run))

    def test_what_does_not_fit_is_refused(self):
        one = f"{self.folder}/one"
        os.makedirs(one, exist_ok=True)
        with open(f"{self.any}/manifest.json") as file:
            manifest = json.load(file)
        with open(f"{one}/manifest.json", "w") as file:
            json.dump({**manifest, "nodes": tiny.NODES}, file)
        for changes, said in (({"from_checkpoint": f"{self.folder}/none"}, "not there"), ({"from_checkpoint": one}, "of a network of 5 nodes"),
                              ({"history": 7}, "history is 6, tiny has 7"), ({"day_offsets": [0, 1]}, "day_offsets is"),
                              ({"model": {**OWN["model"], "base": 13}}, "base is 12, tiny has 13"),
                              ({"base_run": "x"}, "leave one of them out"),
                              ({"model": {**OWN["model"], "base_networks": 3}}, "has 2 pair networks, tiny wants 3")):
            with self.assertRaisesRegex(SystemExit, said):
                from_checkpoint.load({**self.config, **changes})

    def test_a_killed_training_ends_in_the_same(self):
        """Killed in the middle of a fold: the same parameters to the last bit."""
        class Killed(Exception):
            pass

        def trained(run, kill_at=None):
            config = {**self.config, "training": {name: {**part, "save_every": 2} for name, part in self.config["training"].items()}}
            steps, advance = [0], train.PairPart.advance

            def counted(part):
                steps[0] += 1
                if steps[0] == kill_at:
                    raise Killed
                return advance(part)
            with mock.patch.object(train.PairPart, "advance", counted), contextlib.redirect_stdout(io.StringIO()):
                for part in train.start(config, self.folder, run):
                    part.train()
            return checkpoint.load(f"{run}/diffusion.pt")["model"]
        whole = trained(f"{self.folder}/at-once")
        with self.assertRaises(Killed):
            trained(f"{self.folder}/killed", 8)
        self.assertEqual(checkpoint.load(f"{self.folder}/killed/fold-1.pt")["step"], 2)
        for name, tensor in trained(f"{self.folder}/killed").items():
            np.testing.assert_array_equal(tensor, whole[name], err_msg=name)

    def test_what_cannot_be_read_is_said(self):
        def said_of(*words, program="fine_tune"):
            command = [sys.executable, "-m", f"models.{program}", *words]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertNotIn("Traceback", done.stderr)
            return done.stderr
        self.assertIn("lead convert", said_of(f"{self.folder}/tiny.csv", "out"))
        self.assertIn("not there", said_of(f"{self.folder}/no-tm.csv.gz", "out"))
        short = f"{self.folder}/tiny-tm.csv.gz"
        self.assertIn("too few TMs", said_of(short, "out"))
        self.assertIn("no folder for a checkpoint", said_of(short, f"{short}/out", "--run", f"{self.folder}/no-run"))
        self.assertFalse(os.path.exists(f"{self.folder}/no-run"))
        for split in (("0.9", "0.8"), ("0", "1"), ("0.7", "1.5"), ("nan", "1")):
            self.assertIn("as in --split 0.7 0.8", said_of(short, "out", "--split", *split))
        with open(short, "rb") as file:
            whole = file.read()
        for name, content in (("cut", whole[:len(whole) // 2]), ("plain", b"time,A>A\n"), ("few", gzip.compress(gzip.decompress(whole)[:600])),
                              ("one", gzip.compress(b"\n".join(gzip.decompress(whole).split(b"\n")[:2]))),
                              ("odd", gzip.compress(b"time,A,B,C,D\n")), ("damaged", whole[:40] + bytes(40) + whole[80:])):
            with open(f"{self.folder}/{name}-tm.csv.gz", "wb") as file:
                file.write(content)
            told = f"{name}-tm.csv.gz: (cannot be read as TMs|.* windows|.*too few$)"
            self.assertRegex(said_of(f"{self.folder}/{name}-tm.csv.gz", "out"), told)
            with open(f"{self.folder}/{name}.json", "w") as file:
                json.dump({**OWN, "name": name, "data": name}, file)
            words = "--data", self.folder, "--run", f"{self.folder}/{name}-run"
            self.assertRegex(said_of(f"{self.folder}/{name}.json", *words, program="train"), told)
            self.assertRegex(said_of(f"{self.folder}/{name}.json", "mlp", *words, program="train_compare"), told)
            self.assertFalse(os.path.exists(f"{self.folder}/{name}-run"))


if __name__ == "__main__":
    unittest.main()
