"""The configuration of a TinyTitan as transformers reads it: our config.json, block by block."""

from typing import Any

from transformers import PretrainedConfig

BLOCKS = ("schema_version", "arch", "act", "ltm", "thought", "quant", "lineage", "tokenizer_hash")


class TinyTitanHFConfig(PretrainedConfig):
    """Holds the registered config.json unchanged; the common names of sizes stand beside it."""

    model_type = "tiny-titan"

    def __init__(self, **document: Any) -> None:
        blocks = {name: document.pop(name) for name in BLOCKS if name in document}
        for name, value in blocks.items():
            setattr(self, name, value)
        arch = blocks.get("arch", {})
        self.vocab_size = arch.get("vocab_size", 0)
        self.hidden_size = arch.get("d_model", 0)
        self.num_hidden_layers = arch.get("num_layers", 0)
        self.num_attention_heads = arch.get("num_heads", 0)
        for name in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads"):
            document.pop(name, None)
        super().__init__(**{"tie_word_embeddings": False, "use_cache": False, **document})

    def registered(self) -> dict[str, Any]:
        """The document that `agent_forge.models.config` reads."""
        return {name: getattr(self, name) for name in BLOCKS}
