"""Tracks of moving things from several sensors, and what may be believed of them."""
