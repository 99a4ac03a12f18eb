"""The model's config.json: one frozen dataclass per block, strict about unknown keys and values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

T = TypeVar("T")

CONFIG_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ArchConfig:
    """Shape of the transformer. `vocab_size` counts embedding rows, reserved ones included.

    `embed_scale` multiplies the tied rows where they enter: they are drawn small for the head, and the
    residual stream has to carry a token's identity at unit size (2.13 against 1.81 held-out bits per byte
    after 350 steps of 512 tokens).
    """

    d_model: int
    num_layers: int
    num_heads: int
    d_ff: int
    vocab_size: int
    window: int
    rope_theta: float = 10_000.0
    norm_eps: float = 1e-5
    embed_scale: float = 50.0
    tied: bool = True

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.d_model // self.num_heads


@dataclass(frozen=True, kw_only=True)
class ActConfig:
    """Adaptive computation time. Tokens halt one by one (`per`), over the named blocks (`blocks`)."""

    enabled: bool = True
    n_max: int = 2
    eps: float = 0.01
    halt_bias: float = 1.0
    blocks: str = "last"
    per: str = "token"
    tau: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LtmConfig:
    """Titans long-term memory. `depth` 1 is a matrix; `error_clip` bounds the inner gradient's norm."""

    enabled: bool = True
    variant: str = "mal"
    dim: int = 64
    depth: int = 1
    chunk: int = 16
    conv: int = 4
    persistent: int = 0
    theta_max: float = 1.0
    error_clip: float = 1.0
    write_bias: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ThoughtConfig:
    """Quiet-STaR thoughts (arXiv 2403.09629): disabled until phase 3 fills this in.

    A thought is `start_id`, `n_thought` tokens sampled at `temperature`, `end_id`; it speaks on for `n_true`
    tokens. `select` says where one is thought: after `every`-th token, or (`hard`) where the next token's
    entropy is above `threshold` nats. `mix` names what is mixed: `log-probs` as in the paper.
    """

    enabled: bool = False
    start_id: int | None = None
    end_id: int | None = None
    n_thought: int = 0
    n_true: int = 0
    mix: str = "none"
    select: str = "every"
    every: int = 8
    threshold: float = 0.0
    temperature: float = 1.0


@dataclass(frozen=True, kw_only=True)
class QuantConfig:
    """BitNet b1.58. `subln` applies the sub-layer gains, which exist as tensors in any case."""

    enabled: bool = False
    weight: str = "ternary-absmean"
    act: str = "int8-token"
    scale_convention: str = "multiply"
    kept_fp: tuple[str, ...] = ()
    packing: str = "none"
    subln: bool = True


@dataclass(frozen=True, kw_only=True)
class LineageConfig:
    """Where the weights come from. `base_hash` is the common base's weights hash, None for the base.

    `held_out_every` says which documents of the corpus no phase may train on (every k-th, 0 where nothing is
    known of it), so that a later phase measures on what no earlier one has seen.
    """

    base_hash: str | None = None
    parents: tuple[str, ...] = ()
    phase: str = "cognate"
    seed: int = 0
    held_out_every: int = 0

    def child(self, weights_hash: str, phase: str, seed: int) -> "LineageConfig":
        """Of a model that `phase` makes of this one; a model without a base is the base of its children.

        Args:
            weights_hash: of this model.
        """
        base = self.base_hash or weights_hash
        return replace(self, base_hash=base, parents=(weights_hash,), phase=phase, seed=seed)


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """All of config.json."""

    arch: ArchConfig
    act: ActConfig = field(default_factory=ActConfig)
    ltm: LtmConfig = field(default_factory=LtmConfig)
    thought: ThoughtConfig = field(default_factory=ThoughtConfig)
    quant: QuantConfig = field(default_factory=QuantConfig)
    lineage: LineageConfig = field(default_factory=LineageConfig)
    tokenizer_hash: str = ""

    def __post_init__(self) -> None:
        """Refuse shapes that cannot be built.

        Raises:
            ValueError: names the key, the value and what is expected.
        """
        arch, act, ltm = self.arch, self.act, self.ltm
        for block in (arch, act, ltm):
            for key in (
                "d_model",
                "num_layers",
                "num_heads",
                "d_ff",
                "window",
                "n_max",
                "dim",
                "depth",
                "chunk",
                "conv",
            ):
                value = getattr(block, key, 1)
                _expect(value >= 1, f"{type(block).__name__}.{key}", value, "an integer >= 1")
        _expect(
            arch.d_model % arch.num_heads == 0,
            "arch.num_heads",
            arch.num_heads,
            f"a divisor of d_model {arch.d_model}",
        )
        _expect(arch.head_dim % 2 == 0, "arch.head_dim", arch.head_dim, "an even number, for rotary pairs")
        _expect(arch.vocab_size % 64 == 0, "arch.vocab_size", arch.vocab_size, "a multiple of 64")
        _expect(arch.tied, "arch.tied", arch.tied, "true: the head shares the embedding's rows")
        _expect(act.blocks == "last", "act.blocks", act.blocks, "'last', the only placement built")
        _expect(0.0 < act.eps < 1.0, "act.eps", act.eps, "a number between 0 and 1")
        _expect(ltm.variant == "mal", "ltm.variant", ltm.variant, "'mal', the only variant built")
        _expect(ltm.persistent >= 0, "ltm.persistent", ltm.persistent, "an integer >= 0")
        if self.thought.enabled:
            _expect_thoughts(self.thought, arch.vocab_size)

    def to_json(self) -> dict[str, Any]:
        """The document written as config.json; round-trips through `from_json`."""
        document: dict[str, Any] = {"schema_version": CONFIG_VERSION, **asdict(self)}
        return document

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "ModelConfig":
        """Read config.json.

        Raises:
            ValueError: a missing block, an unknown key or an unknown schema version.
        """
        version = document.get("schema_version")
        _expect(version == CONFIG_VERSION, "schema_version", version, str(CONFIG_VERSION))
        blocks = {
            "arch": ArchConfig, "act": ActConfig, "ltm": LtmConfig,
            "thought": ThoughtConfig, "quant": QuantConfig, "lineage": LineageConfig,
        }  # fmt: skip
        unknown = set(document) - set(blocks) - {"schema_version", "tokenizer_hash"}
        _expect(
            not unknown,
            "config.json",
            sorted(unknown),
            f"only the blocks {sorted(blocks)} and tokenizer_hash",
        )
        parsed: dict[str, Any] = {
            name: _block(kind, name, document.get(name)) for name, kind in blocks.items()
        }
        return ModelConfig(**parsed, tokenizer_hash=str(document.get("tokenizer_hash", "")))

    def with_lineage(self, **changes: Any) -> "ModelConfig":
        """A copy with other lineage values."""
        return replace(self, lineage=replace(self.lineage, **changes))


def _block(kind: type[T], name: str, document: Mapping[str, Any] | None) -> T:
    if document is None:
        raise ValueError(f"config.json has no block '{name}'; every block must be present")
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    unknown = set(document) - set(known)
    _expect(not unknown, f"config.json {name}", sorted(unknown), f"only the keys {sorted(known)}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in document.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"config.json block '{name}': {error}") from error


def _expect_thoughts(thought: ThoughtConfig, rows: int) -> None:
    ids = (thought.start_id, thought.end_id)
    within = all(isinstance(value, int) and 0 < value < rows for value in ids) and ids[0] != ids[1]
    _expect(within, "thought.start_id, thought.end_id", ids, f"two different rows above 0 and below {rows}")
    _expect(thought.n_thought >= 1, "thought.n_thought", thought.n_thought, "an integer >= 1")
    _expect(thought.n_true >= 1, "thought.n_true", thought.n_true, "an integer >= 1")
    _expect(thought.mix == "log-probs", "thought.mix", thought.mix, "'log-probs', the only mixture built")
    _expect(thought.select in ("every", "hard"), "thought.select", thought.select, "'every' or 'hard'")
    _expect(thought.every >= 1, "thought.every", thought.every, "an integer >= 1")
    _expect(thought.threshold >= 0, "thought.threshold", thought.threshold, "a number >= 0")
    _expect(thought.temperature > 0, "thought.temperature", thought.temperature, "a number above 0")


def _expect(holds: bool, key: str, received: object, expected: str) -> None:
    if not holds:
        raise ValueError(f"{key} is {received!r}; expected {expected}")
