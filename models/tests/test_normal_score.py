"""Normal scores: the inverse is one, knots are the quantiles they say, empty pairs, the steps' mixing."""
import math
import unittest

import numpy as np

from models.lead import normal_score


def quantiles_of_a_bell(mean, deviation, pairs=3):
    """[1, 1, K, pairs, pairs] of a normal distribution."""
    values = mean + deviation * normal_score.KNOTS
    return np.broadcast_to(values[None, None, :, None, None], (1, 1, len(values), pairs, pairs)).copy()


class NormalScore(unittest.TestCase):
    def test_knots(self):
        for level, knot in zip(normal_score.LEVELS, normal_score.KNOTS):
            self.assertAlmostEqual(0.5 * (1 + math.erf(knot / math.sqrt(2))), level, places=12)

    def test_a_bell_gives_itself_also_beyond_the_knots(self):
        quantiles = quantiles_of_a_bell(20, 2)
        z = np.linspace(-2.9, 2.9, 9).reshape(1, 1, 1, 3, 3)
        np.testing.assert_allclose(normal_score.restore(z, quantiles), 20 + 2 * z, rtol=1e-12)
        np.testing.assert_allclose(normal_score.score_of(20 + 2 * z[0], quantiles), z[0], atol=1e-9)

    def test_inverse_of_uneven_quantiles(self):
        rng = np.random.default_rng(1)
        quantiles = 1 + np.cumsum(rng.exponential(size=(2, 3, len(normal_score.KNOTS), 4, 4)), axis=2)
        z = np.clip(rng.standard_normal((1, 2, 3, 4, 4)), -2.5, 2.5)
        y = normal_score.restore(z, quantiles)[0]
        inside = y > 0
        self.assertGreater(inside.mean(), 0.9)
        np.testing.assert_allclose(normal_score.score_of(y, quantiles)[inside], z[0][inside], atol=1e-9)

    def test_bounds(self):
        quantiles = quantiles_of_a_bell(1, 1)
        far = np.full((1, 1, 1, 3, 3), 50.0)
        np.testing.assert_allclose(normal_score.restore(far, quantiles), 1 + normal_score.LIMIT)
        np.testing.assert_allclose(normal_score.restore(-far, quantiles), 0)
        np.testing.assert_allclose(normal_score.score_of(far[0], quantiles), normal_score.LIMIT)

    def test_empty_pairs_draw_one_of_the_scores_that_give_nothing(self):
        quantiles = np.broadcast_to(quantiles_of_a_bell(-0.5, 1)[..., :1, :1], (4000, 1, len(normal_score.KNOTS), 1, 1))
        truth = np.maximum(-0.5 + np.random.default_rng(2).standard_normal((4000, 1, 1, 1)), 0)
        z = normal_score.random_score_of(truth, quantiles, np.random.default_rng(3))
        self.assertAlmostEqual(z.mean(), 0, delta=0.06)
        self.assertAlmostEqual(z.std(), 1, delta=0.04)
        self.assertAlmostEqual(np.mean(z < -1), 0.1587, delta=0.02)


if __name__ == "__main__":
    unittest.main()
