"""The deterministic monitor: a small program beside the model, in a process of its own."""
