"""A warm interpreter that starts jobs by forking: `python -m agent_forge fork-server --socket PATH`."""
