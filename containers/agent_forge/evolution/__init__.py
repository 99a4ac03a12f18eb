"""Search without gradients: dominance, hypervolume, diversity, variation, CMA-ES. Knows no models."""
