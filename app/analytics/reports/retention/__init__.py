"""Retention: who came back, by the period of the first order."""
