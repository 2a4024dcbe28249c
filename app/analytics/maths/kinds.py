"""Array types that the maths share."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
