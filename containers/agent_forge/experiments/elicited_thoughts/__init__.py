"""E4: thoughts that carry what a direct answer cannot."""
