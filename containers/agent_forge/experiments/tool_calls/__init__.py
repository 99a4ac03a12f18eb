"""E17: calls of tools in the weights of a small model."""
