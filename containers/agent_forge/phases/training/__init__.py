"""Phase 5: the main training, with mechanisms that are each a switch."""
