"""Segments: customers by recency, frequency and money."""
