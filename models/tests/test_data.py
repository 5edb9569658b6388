"""The reader of TM files: units, diagonal, gaps, faulty epochs, and the part that is never read."""
import gzip
import os
import tempfile
import unittest

import numpy as np

from models import data


def write(folder, rows, suspects=()):
    with gzip.open(f"{folder}/net-tm.csv.gz", "wt") as file:
        file.write("time,a>a,a>b,b>a,b>b\n")
        for hour, values in rows:
            file.write(f"{data.format_time(3600 * hour)},{','.join(map(str, values))}\n")
    if suspects:
        with open(f"{folder}/net-tm-suspect-epochs.csv", "w") as file:
            file.write("time,ratio\n" + "".join(f"{data.format_time(3600 * hour)},9\n" for hour in suspects))


class Reader(unittest.TestCase):
    def test_units_split_and_suspects(self):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, [(hour, (9, hour + 1, 0.5, 9)) for hour in range(10)], suspects=[3])
            series = data.load(folder, "net")
        self.assertEqual(series.nodes, ["a", "b"])
        self.assertEqual(series.step, 3600)
        self.assertEqual((series.times // 3600).tolist(), [0, 1, 2, 4, 5, 6, 7])
        np.testing.assert_allclose(series.tms[0], [[0, 1000.0], [500.0, 0]])
        self.assertEqual((series.fit_until // 3600, series.choose_until // 3600), (7, 8))

    def test_geants_faulty_epochs_are_dropped(self):
        folder = os.environ.get("LEAD_DATA", "")
        if not os.path.exists(f"{folder}/geant-tm.csv.gz"):
            self.skipTest("no real data")
        series = data.load(folder, "geant")
        total = series.tms.sum((1, 2))
        self.assertLess(total.max() / np.median(total), 5)
        self.assertNotIn(data.parse_time("2005-01-24T02:45:00Z"), series.times)
        self.assertLess(len(series.times), 0.8 * 8016)


if __name__ == "__main__":
    unittest.main()
