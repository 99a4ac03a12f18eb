"""A small model of everything: memory, pondering, ternary weights, persistent tokens; and its graph."""

from pathlib import Path

import torch

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.document import facts_of, write_document
from agent_forge.graphs.trace import write_graph
from agent_forge.models.config import (
    ActConfig,
    ArchConfig,
    LineageConfig,
    LtmConfig,
    ModelConfig,
    QuantConfig,
)
from agent_forge.models.folder import load_model, save_model
from agent_forge.models.titan import TinyTitan
from tests.data.texts import documents

ROWS, WINDOW, CHUNK = 320, 8, 4


def config_of(*, persistent: int = 0, depth: int = 1, memory: bool = True, act: int = 2) -> ModelConfig:
    """config.json of the toy."""
    return ModelConfig(
        arch=ArchConfig(d_model=32, num_layers=2, num_heads=2, d_ff=64, vocab_size=ROWS, window=WINDOW),
        act=ActConfig(enabled=act > 0, n_max=max(1, act)),
        ltm=LtmConfig(enabled=memory, dim=8, chunk=CHUNK, persistent=persistent, depth=depth),
        quant=QuantConfig(enabled=True, kept_fp=("embedding.*", "*norm.*")),
        lineage=LineageConfig(held_out_every=5),
    )  # fmt: skip


def titan(config: ModelConfig, *, halt_bias: float | None = None) -> TinyTitan:
    """Untrained; gates and persistent tokens are not what they start as."""
    model = TinyTitan(config).initialise(3)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight") or "step_embedding" in name or "persistent" in name:
                parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
        if halt_bias is not None and model.act is not None:
            model.act.halt.bias.fill_(halt_bias)
    return model.eval()


def write_model(folder: Path) -> Path:
    """The model's folder."""
    tokenizer = TextTokenizer.train(documents(12, sentences=30), ROWS)
    save_model(titan(config_of(persistent=1)), folder, tokenizer.json)
    return folder


def write_toy_graph(model: Path, folder: Path) -> Path:
    """Its graph and graph.json."""
    source = load_model(model)
    write_graph(dequantised(source), folder)
    write_document(folder, "fp32", facts_of(source.config, model))
    return folder


def tokens(batch: int, length: int, seed: int = 5) -> torch.Tensor:
    """Random token ids (B, T)."""
    return torch.randint(32, ROWS, (batch, length), generator=torch.Generator().manual_seed(seed))
