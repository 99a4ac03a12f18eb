"""E3C: a merge that is searched on one half of the questions and judged on the other."""
