"""Agent Forge's container: the phases that train, merge and compress, behind one entry point."""
