"""Foreign pickles to safetensors, read by a process that may do nothing else."""
