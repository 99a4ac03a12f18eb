"""E2: recall beyond the attention window."""
