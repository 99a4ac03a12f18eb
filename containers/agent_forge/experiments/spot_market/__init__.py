"""SPOT: what a run costs on machines that are taken away, and whether it is the same run."""
