"""E6P: Grokfast on the task, size and optimizer of its paper."""
