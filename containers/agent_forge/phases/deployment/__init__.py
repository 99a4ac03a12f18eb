"""Phase 7, deployment."""
