"""E5S: is a ternary model 8.2 times smaller?

The figure was claimed for this product's first version without a denominator. It has four: the whole file or
the ternary matrices alone, against fp32 or fp16. Ternary codes take 2 or 1.6 bits a weight and embedding rows
8 or 16, so what a whole file comes to depends on the share of the embedding.
Sizes are those of files that were written, in a shape of 24.4 million parameters with 13 % of them embedding.
"""

import tempfile
from pathlib import Path

from agent_forge.evaluation.packed_size import measure_packed
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.experiments.ternary_size.shapes import drawn
from agent_forge.models.packed import write_packed
from agent_forge.models.packed_header import Storage

CLAIMED = 8.2


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Write one packed file and weigh it."""
    shape = "tiny" if settings["tiny"] else str(settings["shape"])
    model = drawn(shape, seed, ternary=True)
    storage = Storage(packing=str(settings["packing"]), embedding=str(settings["embedding"]), kept="float16")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packed.safetensors"
        write_packed(model, path, storage)
        size = measure_packed(path, model)
    return {
        **size.ratios(), "packed_bytes": float(size.packed), "fp32_bytes": float(size.fp32),
        "fp16_bytes": float(size.fp16), "parameters": float(size.parameters),
        "embedding_share": size.embedding_share,
    }  # fmt: skip


def _arm(name: str, shape: str, packing: str, embedding: str, description: str) -> Arm:
    return Arm(
        name=name, description=description,
        settings={"shape": shape, "packing": packing, "embedding": embedding},
    )  # fmt: skip


def _line(name: str, arm: str, measure: str, text: str, *, must: bool = False) -> Line:
    return Line(
        id=name, text=f"{text}: at least {CLAIMED} times", arm=arm, measure=measure, op=">=", bound=CLAIMED,
        level="must" if must else "expected",
    )  # fmt: skip


EXPERIMENT = Experiment(
    id="E5S",
    title="Size of ternary models",
    claim="A packed ternary model is 8.2 times smaller than its fp32 file, embedding and all.",
    source="this product's first version; BitNet b1.58 (arXiv 2402.17764), section 3",
    metric="ratio_fp32_file",
    direction="higher",
    baseline="float16-rows",
    arms=(
        _arm("smallest", "large", "base-3", "int8", "24.4 M parameters, base 3, int8 rows"),
        _arm("two-bit", "large", "two-bit", "int8", "24.4 M parameters, 2 bits, int8 rows"),
        _arm("float16-rows", "large", "two-bit", "float16", "24.4 M parameters, 2 bits, fp16 rows"),
        _arm("demo", "demo", "base-3", "int8", "1.9 M parameters, base 3, int8 rows"),
    ),
    lines=(
        _line("file-fp32", "smallest", "ratio_fp32_file", "whole file against fp32", must=True),
        _line("file-fp32-two-bit", "two-bit", "ratio_fp32_file", "whole file against fp32, 2 bits"),
        _line("file-fp32-fp16-rows", "float16-rows", "ratio_fp32_file", "the same with fp16 rows"),
        _line("file-fp16", "smallest", "ratio_fp16_file", "whole file against fp16"),
        _line("matrices-fp32", "smallest", "ratio_fp32_matrices", "ternary matrices against fp32"),
        _line("matrices-fp16", "smallest", "ratio_fp16_matrices", "ternary matrices against fp16, base 3"),
        _line("matrices-fp16-two-bit", "two-bit", "ratio_fp16_matrices", "the same with 2 bits"),
        _line("demo-fp32", "demo", "ratio_fp32_file", "whole file of the demo's size against fp32"),
    ),
    comparisons=(Comparison(arm="smallest", baseline="two-bit", measure="ratio_fp32_file"),),
    budgets={"full": {"tiny": False}, "ci": {"tiny": True}},
    trial=trial,
    notes="Seeds draw other weights; bytes do not depend on them.",
)
