"""What the estimators raise when the data cannot carry a model."""

from typing import Literal

Reason = Literal[
    "too_few_customers",
    "no_repeat_buyers",
    "too_few_repeat_buyers",
    "no_time_passed",
    "no_purchases",
]


class ThinData(ValueError):
    """The data are too few for a model; `reason` and `numbers` say what is missing.

    `numbers` maps names such as `customers` and `needed` to counts, so that a caller can write
    the sentence in the reader's language.
    """

    def __init__(self, reason: Reason, **numbers: int) -> None:
        self.reason: Reason = reason
        self.numbers: dict[str, int] = numbers
        told = ", ".join(f"{name} {value}" for name, value in numbers.items())
        super().__init__(f"{reason.replace('_', ' ')} ({told})")


def require(enough: bool, reason: Reason, **numbers: int) -> None:
    """Raise `ThinData` unless `enough`."""
    if not enough:
        raise ThinData(reason, **numbers)
