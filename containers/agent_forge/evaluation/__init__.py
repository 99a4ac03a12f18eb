"""Measures: held-out bits per byte, baselines and probes."""
