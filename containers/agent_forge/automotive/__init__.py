"""What the automotive adapter puts around a model: validate, bound, infer, monitor, fall back, record."""
