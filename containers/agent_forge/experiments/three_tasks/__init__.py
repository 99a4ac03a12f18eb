"""E3B: every merge operator on fine-tunes of one base for three tasks."""
