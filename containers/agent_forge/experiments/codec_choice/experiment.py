"""E18: is a mixture of codecs better than the best one alone, and what are the three of the claim worth?

Every codec encodes the same weights: ratios of several are alternatives and never a product. Each is compared
with rounding to nearest at equal bytes, codebooks and scales counted, each with the same per-tensor choice.
"""

from agent_forge.codecs.allocation import total_rate
from agent_forge.experiments.codec_choice.coded import best_single, bits_of, room_of, selected
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings

THREE, FOUR = 3.0, 4.4


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """One selection: its file is written, decoded and measured on text that decided nothing."""
    room, bits = room_of(settings, seed), float(settings["bits"])
    chosen = selected(room, str(settings["codecs"]), bits)
    file = room.catalogue.file(chosen)
    predicted = room.catalogue.fixed_bytes + total_rate(chosen)
    rise = room.rise(file)
    found = {
        "delta_nats": rise, "bits": bits_of(room, chosen),
        "byte_error": abs(predicted - len(file)) / len(file),
        "ratio_fp32": 4 * room.catalogue.weights / len(file), "nats_before": room.before,
    }  # fmt: skip
    if settings["codecs"] == "all":
        found["over_best_single"] = rise - best_single(room, bits)
    return found


def _arm(codecs: str, bits: float, name: str, description: str) -> Arm:
    return Arm(name=name, description=description, settings={"codecs": codecs, "bits": bits})


def _line(name: str, arm: str, measure: str, op: str, bound: float, text: str, *, must: bool = False) -> Line:
    return Line(
        id=name, text=text, arm=arm, measure=measure, op=">=" if op == ">=" else "<=", bound=bound,
        level="must" if must else "expected",
    )  # fmt: skip


EXPERIMENT = Experiment(
    id="E18",
    title="Codecs and their mixture",
    claim="Choosing a codec per tensor loses less at 3 bits a weight than the best single codec does.",
    source="SeedLM (arXiv 2410.10714), VPTQ (arXiv 2409.17066), Hyper-Compression (arXiv 2409.00592)",
    metric="delta_nats",
    direction="lower",
    baseline="rounding-3",
    arms=(
        _arm("all", THREE, "mixture-3", "all codecs, 3.0 bits"),
        _arm("rtn", THREE, "rounding-3", "rounding alone, 3.0 bits"),
        _arm("vptq", THREE, "vptq-3", "VPTQ alone, 3.0 bits"),
        _arm("seedlm", THREE, "seedlm-3", "SeedLM alone, 3.0 bits"),
        _arm("rtn", FOUR, "rounding-4", "rounding alone, 4.4 bits"),
        _arm("vptq", FOUR, "vptq-4", "VPTQ alone, 4.4 bits"),
        _arm("seedlm", FOUR, "seedlm-4", "SeedLM alone, 4.4 bits"),
        _arm("hyper", FOUR, "hyper-4", "Hyper-Compression alone, 4.4 bits"),
        _arm("seedlm,vptq,hyper", 0.0, "three-smallest", "the three codecs, each tensor at its smallest"),
    ),
    lines=(
        _line(
            "mixing-wins",
            "mixture-3",
            "over_best_single",
            "<=",
            0.0,
            "no more loss than the best single candidate of at most 3.0 bits",
            must=True,
        ),
        _line(
            "bytes", "mixture-3", "byte_error", "<=", 0.01, "bytes on disk within 1 % of predicted", must=True
        ),
        _line("three-bits", "mixture-3", "bits", "<=", THREE, "at most 3.0 bits a weight", must=True),
        _line("two-bit-class", "mixture-3", "delta_nats", "<=", 0.2, "at most .20 nats at 3.0 bits"),
        _line("four-bit-class", "rounding-4", "delta_nats", "<=", 0.05, "at most .05 nats at 4.4 bits"),
        _line("280", "three-smallest", "ratio_fp32", ">=", 280.0, "280 times smaller than fp32"),
    ),
    comparisons=(
        Comparison(arm="mixture-3", baseline="rounding-3", measure="delta_nats"),
        Comparison(arm="vptq-3", baseline="rounding-3", measure="delta_nats"),
        Comparison(arm="seedlm-3", baseline="rounding-3", measure="delta_nats"),
        Comparison(arm="vptq-4", baseline="rounding-4", measure="delta_nats"),
        Comparison(arm="seedlm-4", baseline="rounding-4", measure="delta_nats"),
        Comparison(arm="hyper-4", baseline="rounding-4", measure="delta_nats"),
    ),
    budgets={
        "full": {
            "steps": 200,
            "batch": 8,
            "length": 96,
            "warm_up": 20,
            "rate": 0.003,
            "rows": 32,
            "quick": False,
        },
        "ci": {"steps": 2, "batch": 2, "length": 32, "warm_up": 1, "rate": 0.003, "rows": 2, "quick": True},
    },
    trial=trial,
    parts=("codecs", "compression"),
    notes="Bits count the tensors that are chosen for, with scales, codebooks and header entries, packed."
    " VPTQ passes errors on as GPTQ does; rounding, SeedLM and Hyper-Compression here do not.",
)
