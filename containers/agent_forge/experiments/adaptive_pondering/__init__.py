"""E1: pondering that follows difficulty."""
