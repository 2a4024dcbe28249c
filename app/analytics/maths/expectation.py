"""Expected purchases of customers who are still active, by Gauss-Jacobi quadrature.

An active customer's rate is Gamma(n = r + x, alpha + T) and his chance p of dropping out after a
purchase is Beta(a, b + x). Over the next t he buys, on average over the rate,
(1 - (1 + p t / (alpha + T))^-n) / p times; what is left is the mean of that over p. This is
Fader, Hardie and Lee (2005), equation 10, without its hypergeometric function, which overflows
for some hundred purchases and fails at a = 1.
"""

from collections.abc import Iterator

import numpy as np
from scipy.linalg import eigh_tridiagonal

from app.analytics.maths.kinds import Codes, Floats

NODES = np.array([16, 32, 64, 128])
LARGEST_BLOCK = 2_000_000


def beta_nodes(a: float, b: float, count: int) -> tuple[Floats, Floats]:
    """Points p (count,) and weights (count,) that average functions over Beta(a, b).

    Golub and Welsch (1969): the eigenvalues of the Jacobi matrix; the weights sum to 1.
    """
    k = np.arange(1, count, dtype=np.float64)
    total = 2 * k + a + b - 2
    middle = np.r_[
        a / (a + b),
        0.5 + (a - b) * (a + b - 2) / (2 * np.maximum(total * (total + 2), 1e-300)),
    ]
    side = k * (k + a - 1) * (k + b - 1) * (k + a + b - 2)
    off = side / (total**2 * (total + 1) * np.where(k == 1, 1.0, total - 1))
    off[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    p, axes = eigh_tridiagonal(middle, np.sqrt(off), check_finite=False)
    return np.clip(p, 1e-300, 1.0), axes[0] ** 2


def while_active(
    parameters: Floats, times: Floats, x: Floats, T: Floats, *, retention: float = 1.0
) -> Floats:
    """Expected purchases (n, k) within each of `times` (k,), given active at T.

    parameters (4,): r, alpha, a, b; x, T (n,). `retention` multiplies each customer's chance
    1 - p of staying after a future purchase (at most to 1), to ask what that would be worth.
    """
    r, alpha, a, b = parameters
    expected = np.empty((len(x), len(times)))
    scaled = times.max(initial=0.0) / (alpha + T)
    for rows, bought, count in _groups(x, scaled):
        p, weight = beta_nodes(a, b + bought, count)
        p = np.maximum(1 - retention * (1 - p), 1e-300)
        for block in _blocks(rows, len(times) * count):
            z = times / (alpha + T[block])[:, None]
            expected[block] = _mean_over(p, weight, z, r + bought)
    return expected


def _mean_over(p: Floats, weight: Floats, z: Floats, n: float) -> Floats:
    """The mean over p of (1 - (1 + p z)^-n) / p, with the shape of z (n, k)."""
    grown = np.log1p(z[..., None] * p)
    grown *= -n
    np.expm1(grown, out=grown)
    return np.asarray(grown @ (-weight / p))


def _groups(x: Floats, scaled: Floats) -> Iterator[tuple[Codes, float, int]]:
    """Rows that share x and the number of nodes; long horizons on short histories need more."""
    needed = 14 / np.log1p(2 / np.maximum(scaled, 1e-9))
    size = np.minimum(np.searchsorted(NODES, needed), len(NODES) - 1)
    key = x.astype(np.int64) * len(NODES) + size
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[len(key) > 0, np.diff(key[order]) != 0])
    for rows in np.split(order, starts[1:]) if len(key) else []:
        yield rows, float(x[rows[0]]), int(NODES[size[rows[0]]])


def _blocks(rows: Codes, each: int) -> list[Codes]:
    """Slices of the rows whose work arrays stay within `LARGEST_BLOCK` numbers."""
    return np.array_split(rows, max(1, -(-len(rows) * each // LARGEST_BLOCK)))
