"""Storage formats of weights: what a tensor becomes on disk, and back, bit for bit."""
