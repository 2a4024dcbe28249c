"""The CDNOW sample as the published figures use it: weeks, calibration to 1997-09-30."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from app.analytics.maths.summary import summarise

PATH = Path(__file__).parents[2] / "data" / "cdnow_sample.txt"
CALIBRATION_END = np.datetime64("1997-09-30")
OBSERVATION_END = np.datetime64("1998-06-30")


@cache
def orders() -> pd.DataFrame:
    names = ["master", "customer", "date", "cds", "value"]
    frame = pd.read_csv(PATH, sep=r"\s+", header=None, names=names, dtype={"date": str})
    return frame.assign(date=pd.to_datetime(frame["date"], format="%Y%m%d"))


@cache
def summary() -> pd.DataFrame:
    lines = orders()
    return summarise(
        lines["customer"],
        lines["date"],
        lines["value"],
        np.ones(len(lines), dtype=bool),
        observation_end=OBSERVATION_END,
        calibration_end=CALIBRATION_END,
        unit="week",
    )
