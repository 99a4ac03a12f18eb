"""What the files of a model are called, as contracts/model-folder.json says it for every language.

Loads nothing, so that whoever only names a file may import it; a test holds it against the contract.
"""

WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"
INDEX, PROPERTIES = "model.safetensors.index.json", "properties.json"
LATE_BLOCKS = ("thought.", "quant.", "lora.")  # added by later phases, outside the architecture hash
