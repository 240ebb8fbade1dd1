"""Counts as observations of a logarithm.

A count y is Poisson around exp(x + offset), where x is the response of its hour plus what is the
content's own, N(0, v). With few counts log y is a poor reading of x, and none at all for y = 0.
So the Poisson part is replaced by the Gaussian that has its slope and curvature at the most
probable x (Laplace's approximation: Rasmussen and Williams 2006, section 3.4), given what is
believed of the hour; it is found anew as that belief gets better.
"""

from __future__ import annotations

import numpy as np

from unisono.rooms.orchestration.audience.week import Array

STEPS = 8


def sites(counts: Array, offsets: Array, believed: Array, variance: Array) -> tuple[Array, Array]:
    """Observed logarithms and the variance of counting, each n.

    `believed` and `variance` are mean and variance of x beforehand.
    """
    x = np.log(counts + 0.5) - offsets
    for _ in range(STEPS):
        rate = np.exp(np.clip(x + offsets, -20, 20))
        slope = counts - rate - (x - believed) / variance
        x = x + np.clip(slope / (rate + 1 / variance), -2, 2)
    rate = np.maximum(np.exp(np.clip(x + offsets, -20, 20)), 1e-6)
    return x + (counts - rate) / rate, 1 / rate


def own_part(missed: Array, total: Array, doubt: Array, variance: Array) -> Array:
    """Expected square, n, of what is the content's own in what a fit missed.

    `missed` is the residual, `total` its variance beside the fit's own `doubt`, `variance` what
    of the total is the content's. The E step of the EM algorithm for a variance of noise.
    """
    share = variance / total
    return np.asarray((share * missed) ** 2 + variance * (1 - share) + share**2 * doubt)
