"""Draws of parameters, for intervals that include what the data leave open."""

from collections.abc import Callable

import numpy as np

from app.analytics.maths.kinds import Codes, Floats

PROPOSALS = 1000
FREEDOM = 5.0
WIDEST = 3.0


def normal_draws(
    centre: Floats, covariance: Floats, count: int, random: np.random.Generator
) -> Floats:
    """`count` draws (count, k) from the normal approximation of a posterior."""
    return centre + random.standard_normal((count, len(centre))) @ _root(covariance).T


def resampled_draws(
    log_density: Callable[[Floats], float],
    centre: Floats,
    covariance: Floats,
    count: int,
    random: np.random.Generator,
) -> Floats:
    """`count` draws (count, k) from `log_density` itself, by importance resampling.

    Proposals come from a Student distribution around the mode, whose tails reach where the
    normal approximation of thin data fails.
    """
    size = len(centre)
    normals = random.standard_normal((PROPOSALS, size))
    stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, PROPOSALS))
    proposals = centre + (normals * stretch[:, None]) @ _root(covariance).T
    distance = np.sum((normals * stretch[:, None]) ** 2, axis=1)
    proposed = -0.5 * (FREEDOM + size) * np.log1p(distance / FREEDOM)
    wanted = np.array([log_density(proposal) for proposal in proposals])
    return proposals[_systematic(wanted - proposed, count, random)]


def _root(covariance: Floats) -> Floats:
    """A square root of the covariance, no axis wider than `WIDEST` logs."""
    variance, axes = np.linalg.eigh(covariance)
    return np.asarray(axes * np.sqrt(np.clip(variance, 0.0, WIDEST**2)), dtype=np.float64)


def _systematic(log_weights: Floats, count: int, random: np.random.Generator) -> Codes:
    """Indexes of `count` resampled items in random order, evenly spread over the weights."""
    weights = np.exp(log_weights - log_weights.max())
    ladder = np.cumsum(weights) / weights.sum()
    picks = np.searchsorted(ladder, (np.arange(count) + random.random()) / count)
    return np.asarray(random.permutation(np.minimum(picks, len(weights) - 1)))
