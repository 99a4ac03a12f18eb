"""The training loop and its schedules."""
