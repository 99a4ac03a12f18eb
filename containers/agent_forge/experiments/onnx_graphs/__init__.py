"""E12: a model as ONNX graphs, in full, eight and four bits."""
