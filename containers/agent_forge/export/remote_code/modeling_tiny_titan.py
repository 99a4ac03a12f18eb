"""A TinyTitan for transformers: the same modules under the same names, so its weights load unchanged."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import GenerationMixin, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from agent_forge.export.remote_code.configuration_tiny_titan import TinyTitanHFConfig
from agent_forge.models.config import ModelConfig
from agent_forge.models.titan import TinyTitan


class TinyTitanForCausalLM(PreTrainedModel, GenerationMixin):
    """Logits of the next token, memory and pondering included. Each new token reads all again."""

    config_class = TinyTitanHFConfig
    _supports_sdpa = True

    def __init__(self, config: TinyTitanHFConfig) -> None:
        super().__init__(config)
        titan = TinyTitan(ModelConfig.from_json(config.registered()))
        # Its parts become ours, so that tensors keep their names; the whole is kept unregistered.
        for name, part in titan.named_children():
            self.add_module(name, part)
        self.__dict__["titan"] = titan
        self.post_init()

    def _init_weights(self, module: torch.nn.Module) -> None:
        """Nothing: every tensor comes from the file."""

    def get_input_embeddings(self) -> torch.nn.Module:
        """The tied rows."""
        embedding: torch.nn.Module = self.embedding
        return embedding

    def prepare_inputs_for_generation(self, input_ids: Tensor, **_: Any) -> dict[str, Tensor]:
        """The whole text again: memory and keys are not kept between calls."""
        return {"input_ids": input_ids}

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        **_: Any,
    ) -> CausalLMOutput:
        """Logits (B, T, V) of texts of one length.

        Raises:
            ValueError: the mask hides a token; a memory cannot skip what it reads.
        """
        if attention_mask is not None and not bool(attention_mask.bool().all()):
            raise ValueError("attention_mask hides tokens; expected texts of one length without padding")
        logits_BTV = self.titan(input_ids).logits_BTV
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits_BTV[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return CausalLMOutput(loss=loss, logits=logits_BTV)
