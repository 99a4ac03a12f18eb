"""Real things at toy size that tests build on."""
