"""E11: a prompt's effect in the weights."""
