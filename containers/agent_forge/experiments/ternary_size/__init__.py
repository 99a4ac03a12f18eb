"""E5S: how small a ternary model's file is, and beside what."""
