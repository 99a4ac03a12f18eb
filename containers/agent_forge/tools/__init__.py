"""Tools that a model may call: what they are, how calls are written, taught, checked and carried out."""
