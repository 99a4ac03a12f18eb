"""E10: a temperature curriculum of the loss beside other learning rates."""
