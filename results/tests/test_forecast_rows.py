"""Checkpoints that lack a part of LEAD's: what they are made from stays as it was."""
import json
import os
import tempfile
import unittest

import numpy as np

from models.experiments.given import read_manifest
from results import forecast_page, forecast_rows

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "models", "tests", "fixtures")


def bank_of(folder):
    manifest = read_manifest(folder)
    bank = np.fromfile(f"{folder}/{manifest['files']['bank']['name']}", np.int8)
    return bank.reshape(manifest["shapes"]["bank"], manifest["horizon"], -1).astype(float)


def correlation(bank):
    """Of the first two steps, the mean over pairs that vary."""
    moving = bank.std(0).min(0) > 0
    return np.mean([np.corrcoef(bank[:, 0, pair], bank[:, 1, pair])[0, 1] for pair in np.flatnonzero(moving)])


class Rows(unittest.TestCase):
    def rows(self, name):
        out = tempfile.TemporaryDirectory()
        self.addCleanup(out.cleanup)
        return list(forecast_rows.rows(f"{FIXTURES}/{name}", f"{out.name}/net"))

    def test_they_have_names(self):
        for name in ("tiny", "tiny-paths"):
            self.assertEqual([forecast_page.label(row) for row in self.rows(name)], [forecast_page.BARE, forecast_page.BOOTSTRAP])

    def test_steps_are_independent_and_nothing_is_denoised_or_smoothed(self):
        before = bank_of(f"{FIXTURES}/tiny")
        bare, past = (row.removeprefix("lead:") for row in self.rows("tiny"))
        self.assertGreater(correlation(before), 0.4)
        self.assertLess(abs(correlation(bank_of(bare))), 0.2)
        self.assertTrue((bank_of(past) == before).all())
        self.assertTrue((bank_of(f"{FIXTURES}/tiny") == before).all())
        for folder in (bare, past):
            with open(f"{folder}/manifest.json") as file:
                manifest = json.load(file)
            self.assertEqual((manifest["diffusion"]["sampling_steps"], manifest["paths"]["smooth"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
