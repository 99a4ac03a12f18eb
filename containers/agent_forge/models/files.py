"""What the files of a model are called. Loads nothing, so that whoever only names a file may import it."""

WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"
PROPERTIES = "properties.json"
