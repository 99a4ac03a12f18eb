"""Text to batches: tokenizer, split, synthetic tasks and deterministic sampling."""
