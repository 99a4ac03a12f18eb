"""E8B: dreams against forgetting, with both tasks learned to their end."""
