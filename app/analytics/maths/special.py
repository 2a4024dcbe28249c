"""Special functions that SciPy has under another name."""

import numpy as np
import numpy.typing as npt
from scipy.special import zeta

from app.analytics.maths.kinds import Floats


def trigamma(x: npt.ArrayLike) -> Floats:
    """The second derivative of log gamma."""
    return np.asarray(zeta(2.0, x), dtype=np.float64)  # type: ignore[no-untyped-call]
