"""What a Hugging Face folder carries as its own code; needs transformers, which nothing else here imports."""
