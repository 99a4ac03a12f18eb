"""E3D: the claim of E3C with fine-tunes that have learned their task, and a search from the average."""
