"""The eight phases. A phase imports models, training, data and evaluation, never another phase."""
