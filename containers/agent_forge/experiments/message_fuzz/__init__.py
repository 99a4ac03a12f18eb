"""E15: what broken messages do to the V2X validator."""
