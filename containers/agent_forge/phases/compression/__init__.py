"""Phase 8: the smallest file that says the same."""
