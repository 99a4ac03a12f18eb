"""Stands in for `agent_forge.fork_server.preload`: nothing of a script needs seconds to load."""

import importlib


def preload() -> None:
    """Import the entry point only."""
    importlib.import_module("agent_forge.entrypoint")
