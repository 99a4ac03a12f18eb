"""Models for other programs: Hugging Face folders, GGUF, ONNX, and the files as registered."""
