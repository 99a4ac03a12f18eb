"""Phase 3: a model that thinks before it speaks."""
