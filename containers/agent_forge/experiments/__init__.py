"""Experiments that decide claims: arms against a baseline on paired seeds, with bounds set before the run."""
