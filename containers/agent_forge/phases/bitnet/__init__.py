"""Phase 4: ternary weights with full-precision masters."""
