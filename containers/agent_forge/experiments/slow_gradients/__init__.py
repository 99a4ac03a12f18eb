"""E6: Grokfast beside a control with the same weight decay."""
