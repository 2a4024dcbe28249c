"""Choices that look like chance and are the same on every machine."""

from __future__ import annotations

import hashlib
import math

_GOLDEN = (math.sqrt(5) - 1) / 2


def draw(most: int, *key: object) -> int:
    """A number from 0 to most - 1 that depends on the key alone."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % most


def spread(index: int, most: int) -> int:
    """The index moved within 0 to most - 1: neighbours lie far apart, and no two meet."""
    step = max(1, round(most * _GOLDEN))
    while math.gcd(step, most) != 1:
        step += 1
    return (index * step + most // 3) % most
