"""Phase 2: merges of models that share a base, evolved."""
