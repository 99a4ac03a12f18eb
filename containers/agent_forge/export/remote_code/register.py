"""Makes transformers know TinyTitan without code from a folder: `register()`, then `from_pretrained`."""

from transformers import AutoConfig, AutoModelForCausalLM

from agent_forge.export.remote_code.configuration_tiny_titan import TinyTitanHFConfig
from agent_forge.export.remote_code.modeling_tiny_titan import TinyTitanForCausalLM


def register() -> None:
    """Idempotent."""
    AutoConfig.register(TinyTitanHFConfig.model_type, TinyTitanHFConfig, exist_ok=True)
    AutoModelForCausalLM.register(TinyTitanHFConfig, TinyTitanForCausalLM, exist_ok=True)
