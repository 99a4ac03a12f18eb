"""E8: dreams against forgetting."""
