"""E11B: E11 with a tolerance on one of its bounds that is measured, on other seeds."""
