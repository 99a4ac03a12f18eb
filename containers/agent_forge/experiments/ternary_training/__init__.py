"""E5: ternary weights that are trained, not rounded."""
