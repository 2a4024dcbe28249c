"""Customer lifetime value: what customers should bring over a stated horizon."""
