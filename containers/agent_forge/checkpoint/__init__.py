"""Resumable state of one job: safetensors and JSON, published atomically, verified when read."""
