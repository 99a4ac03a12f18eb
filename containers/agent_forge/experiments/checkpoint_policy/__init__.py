"""SPOT-CKPT: how often to write a checkpoint on a machine that may be taken away."""
