"""E3A: what trimming and electing signs remove from a sum of task vectors."""
