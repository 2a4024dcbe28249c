"""Customers that behave exactly as the models say: for tests, benchmarks and coverage."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.analytics.maths.kinds import Floats, Ints


@dataclass(frozen=True)
class Simulated:
    """Summaries (n,) at the ages given, and purchases in the horizon that follows (n,)."""

    frequency: Ints
    recency: Floats
    age: Floats
    future: Ints


def simulate(
    parameters: npt.ArrayLike,
    age: npt.ArrayLike,
    *,
    horizon: float = 0.0,
    grain: float = 0.0,
    seed: int,
) -> Simulated:
    """BG/NBD customers with parameters r, alpha, a, b, observed for `age` (n,).

    With a `grain` (such as one day) recency is rounded up to it, as local days do.
    """
    random, T = np.random.default_rng(seed), np.asarray(age, dtype=np.float64)
    r, alpha, a, b = np.asarray(parameters, dtype=np.float64)
    rate, leaving = random.gamma(r, 1 / alpha, len(T)), random.beta(a, b, len(T))
    x, future, t_x = np.zeros(len(T), np.int64), np.zeros(len(T), np.int64), np.zeros(len(T))
    here, clock = np.arange(len(T)), np.zeros(len(T))
    while len(here):
        waits = random.exponential(size=len(here)) / np.maximum(rate[here], 1e-300)
        clock[here] += waits
        here = here[clock[here] <= T[here] + horizon]
        known = clock[here] <= T[here]
        x[here[known]] += 1
        future[here[~known]] += 1
        t_x[here[known]] = clock[here[known]]
        here = here[random.random(len(here)) >= leaving[here]]
    rounded = np.minimum(np.ceil(t_x / grain) * grain, T) if grain else t_x
    return Simulated(x, rounded, T, future)
