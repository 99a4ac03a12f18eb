"""Phase 6: what a prompt does, without the prompt."""
