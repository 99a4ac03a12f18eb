"""E9: the difficulty controller on a simulated learner."""
