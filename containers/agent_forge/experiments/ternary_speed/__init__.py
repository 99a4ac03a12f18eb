"""E5V: how fast packed ternary weights are, and beside what."""
