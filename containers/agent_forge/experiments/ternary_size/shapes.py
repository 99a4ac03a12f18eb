"""Shapes whose files and times are measured; weights are drawn, since neither depends on what was learned."""

from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.titan import TinyTitan

# 24.4 million parameters with 8,192 rows (13 % of them), the demo's 1.9 million, and a few for a smoke run.
SHAPES = {
    "large": (ArchConfig(
        d_model=384, num_layers=12, num_heads=6, d_ff=1024, vocab_size=8192, window=64), 64),
    "demo": (ArchConfig(d_model=256, num_layers=2, num_heads=4, d_ff=512, vocab_size=2048, window=64), 64),
    "tiny": (ArchConfig(d_model=32, num_layers=1, num_heads=2, d_ff=64, vocab_size=64, window=16), 8),
}  # fmt: skip


def drawn(shape: str, seed: int, *, ternary: bool) -> TinyTitan:
    """A model of this shape with memory and pondering, its weights drawn from the seed."""
    arch, memory = SHAPES[shape]
    config = ModelConfig(
        arch=arch, act=ActConfig(n_max=2), ltm=LtmConfig(dim=memory, chunk=16),
        quant=QuantConfig(enabled=ternary),
    )  # fmt: skip
    return TinyTitan(config).initialise(seed).eval()
