"""Damped Newton ascent, and the weak prior that keeps thin data finite."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from app.analytics.maths.kinds import Floats

LONGEST_STEP = 2.0
FLATTEST = 1e-6


class Surface(NamedTuple):
    """A log density at one point: its value, gradient (k,) and Hessian (k, k)."""

    value: float
    gradient: Floats
    hessian: Floats


@dataclass(frozen=True)
class SoftBox:
    """A prior on log parameters: flat between the bounds, falling as a normal outside them.

    Within the bounds the estimate is exactly the maximum likelihood estimate.
    """

    lower: Floats
    upper: Floats
    softness: float = 0.5

    def surface(self, theta: Floats) -> Surface:
        """The log density (up to a constant) of log parameters `theta` (k,)."""
        excess = theta - np.clip(theta, self.lower, self.upper)
        precision = 1.0 / self.softness**2
        return Surface(
            float(-0.5 * precision * (excess @ excess)),
            -precision * excess,
            np.diag(np.where(excess != 0, -precision, 0.0)),
        )


@dataclass(frozen=True)
class Optimum:
    """Where an ascent ended; `converged` is false when it ran out of steps."""

    theta: Floats
    surface: Surface
    converged: bool
    steps: int

    def covariance(self) -> Floats:
        """The inverse of the negative Hessian (k, k), with flat directions held finite."""
        curvature, axes = np.linalg.eigh(-self.surface.hessian)
        floored = np.maximum(curvature, FLATTEST)
        return np.asarray((axes / floored) @ axes.T, dtype=np.float64)


def in_logs(surface: Surface, parameters: Floats) -> Surface:
    """The surface over log parameters, from the one over the parameters themselves."""
    slope = surface.gradient * parameters
    hessian = surface.hessian * np.outer(parameters, parameters) + np.diag(slope)
    return Surface(surface.value, slope, hessian)


def added(first: Surface, second: Surface) -> Surface:
    """The product of two densities, as the sum of their logs."""
    return Surface(
        first.value + second.value,
        first.gradient + second.gradient,
        first.hessian + second.hessian,
    )


class Likelihood(Protocol):
    """A log likelihood over positive parameters (k,)."""

    def value(self, parameters: Floats) -> float:
        """The log likelihood alone."""

    def surface(self, parameters: Floats) -> Surface:
        """The log likelihood with its slope and curvature."""


@dataclass(frozen=True)
class Posterior:
    """A likelihood and a prior (None is flat everywhere) over log parameters."""

    likelihood: Likelihood
    prior: SoftBox | None

    def value(self, theta: Floats) -> float:
        """The log density (up to a constant) alone."""
        prior = 0.0 if self.prior is None else self.prior.surface(theta).value
        return self.likelihood.value(_natural(theta)) + prior

    def surface(self, theta: Floats) -> Surface:
        """The log density with its slope and curvature."""
        parameters = _natural(theta)
        surface = in_logs(self.likelihood.surface(parameters), parameters)
        return surface if self.prior is None else added(surface, self.prior.surface(theta))


def _natural(theta: Floats) -> Floats:
    """Parameters from their logs, held within what floating point can square."""
    return np.asarray(np.exp(np.clip(theta, -100, 100)))


def newton_step(surface: Surface) -> Floats:
    """An ascent direction (k,), at most `LONGEST_STEP` long, concave surface or not."""
    curvature, axes = np.linalg.eigh(-surface.hessian)
    step = axes @ ((axes.T @ surface.gradient) / np.maximum(np.abs(curvature), FLATTEST))
    length = float(np.linalg.norm(step))
    return np.asarray(step * min(1.0, LONGEST_STEP / max(length, 1e-300)), dtype=np.float64)


def maximise(
    surface_at: Callable[[Floats], Surface], start: Floats, *, most_steps: int = 100
) -> Optimum:
    """Climb from `start` (k,) until another step would gain next to nothing."""
    theta, here = start, surface_at(start)
    for steps in range(most_steps):
        step = newton_step(here)
        if here.gradient @ step < max(1e-8, 1e-14 * abs(here.value)):
            return Optimum(theta, here, True, steps)
        theta, here = _climb(surface_at, theta, here, step)
    return Optimum(theta, here, False, most_steps)


def _climb(
    surface_at: Callable[[Floats], Surface], theta: Floats, here: Surface, step: Floats
) -> tuple[Floats, Surface]:
    """Halve the step until it gains; rounding may hide a gain near the top."""
    rounding = 1e-13 * abs(here.value)
    for _ in range(40):
        there = surface_at(theta + step)
        if there.value >= here.value - rounding:
            return theta + step, there
        step = step / 2
    return theta, here
