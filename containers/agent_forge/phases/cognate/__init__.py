"""Phase 1: one trained base and three variants of it."""
