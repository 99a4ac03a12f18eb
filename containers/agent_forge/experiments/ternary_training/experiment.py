"""E5: does a model that trains ternary weights cost little, and one that is only rounded to them much more?

Source: BitNet b1.58, Ma et al. 2024 (arXiv 2402.17764), section 2, at a size far below the paper's: parity
with full precision is claimed from about three billion parameters on, so a gap is expected here.
Byte-level model, 0.36 million parameters, 93 percent of them ternary. Equal steps, bytes and seeds; the
ternary arms train at 1.5 to 2 times the rate, which full precision does not stand as well; all fine-tunes
go without weight decay, which is better for both.
Measured beside it: what the packed file weighs, whether it says what the trained model says, and whether the
integer kernel is exact and fast.
"""

import tempfile
from pathlib import Path

import torch

from agent_forge.evaluation.packed_size import measure_packed
from agent_forge.evaluation.timing import timed_in_turns
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.experiments.ternary_training.text import byte_stream, rows
from agent_forge.experiments.ternary_training.training import bits_per_byte, trained
from agent_forge.models.compiled_kernel import compile_library, kernel_in_use
from agent_forge.models.packed import as_stored, load_packed, write_packed
from agent_forge.models.packed_header import Storage
from agent_forge.models.packing import TWO_BIT, pack
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.ternary_kernel import ternary_product
from agent_forge.models.titan import TinyTitan

SIDE = 1024
# Every arm trains on the same budget; what an arm is compared with is a model of the same seed.
CONTROL = {"ptq": "fp", "qat": "fp", "qat-cold": "fp", "tuned-cold": "fp-longer", "tuned-warm": "fp-longer"}


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Train or look up one arm's model and measure it."""
    kind = str(settings["kind"])
    if kind == "kernel":
        return kernel_measures(seed, int(settings["repeats"]))
    budget = tuple(sorted((k, float(v)) for k, v in settings.items() if k != "kind"))
    model = trained(kind, budget, seed)
    loss = bits_per_byte(model, settings)
    found = {"bits_per_byte": loss}
    if kind in CONTROL:
        found["gap"] = loss / bits_per_byte(trained(CONTROL[kind], budget, seed), settings) - 1.0
    if kind == "ptq":
        qat = bits_per_byte(trained("qat", budget, seed), settings)
        fp = bits_per_byte(trained("fp", budget, seed), settings)
        found["gap_beyond_three_times_qat"] = found["gap"] - 3.0 * (qat / fp - 1.0)
    if kind == "qat":
        found |= packed_measures(model, settings)
    return found


@torch.no_grad()
def packed_measures(model: TinyTitan, settings: Settings) -> dict[str, float]:
    """Size of the packed file, and how its model differs from the one that quantises on the fly."""
    length = int(settings["length"])
    tokens_BT = rows(byte_stream("held_out"), torch.arange(32) * length, length)[:, :-1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packed.safetensors"
        write_packed(model, path, Storage(packing=TWO_BIT, embedding="float32", kept="float32"))
        exact = load_packed(path)(tokens_BT).logits_BTV
        trained_logits = model(tokens_BT).logits_BTV
        write_packed(model, path, Storage(packing=TWO_BIT))
        size = measure_packed(path, model)
        small, stored = (each(tokens_BT).logits_BTV for each in (load_packed(path), as_stored(model, path)))
        loss = bits_per_byte(load_packed(path), settings)
    zeros = [(ternarise(each.weight.detach())[0] == 0) for _, each in ternary_projections(model)]
    return {
        **size.ratios(), "embedding_share": size.embedding_share, "packed_bytes": float(size.packed),
        "logit_difference": float((exact - trained_logits).abs().max()),
        "logit_difference_stored": float((small - stored).abs().max()),
        "argmax_agreement": float((exact.argmax(-1) == trained_logits.argmax(-1)).double().mean()),
        "argmax_agreement_int8_rows": float((small.argmax(-1) == trained_logits.argmax(-1)).double().mean()),
        "packed_bits_per_byte": loss,
        "zero_share": float(torch.cat([each.flatten() for each in zeros]).double().mean()),
    }  # fmt: skip


@torch.no_grad()
def kernel_measures(seed: int, repeats: int) -> dict[str, float]:
    """One token through a 1024 x 1024 matrix: exactness, and the time beside torch's fp32."""
    compile_library()
    data = torch.Generator().manual_seed(seed)
    codes = torch.randint(-1, 2, (SIDE, SIDE), generator=data).to(torch.int8)
    values = torch.randint(-128, 128, (1, SIDE), generator=data).to(torch.int8)
    packed, weight, x = pack(codes, TWO_BIT), codes.float(), values.float()
    exact = torch.equal(ternary_product(packed, values, SIDE).long(), values.long() @ codes.long().t())
    times = timed_in_turns(
        {
            "packed": lambda: ternary_product(packed, values, SIDE),
            "fp32": lambda: torch.nn.functional.linear(x, weight),
        },
        repeats=repeats,
        inner=20,
    )
    return {
        "bits_per_byte": 0.0, "exact": float(exact), "vectorised": float(kernel_in_use() == "avx2"),
        "packed_ms": times["packed"].median, "fp32_ms": times["fp32"].median,
        "speed_ratio": times["fp32"].median / times["packed"].median,
        "speed_ratio_least": times["fp32"].least / times["packed"].least,
    }  # fmt: skip


def _arm(name: str, description: str) -> Arm:
    return Arm(name=name, description=description, settings={"kind": name})


EXPERIMENT = Experiment(
    id="E5",
    title="Ternary weights",
    claim="Trained ternary weights cost at most 3 % bits per byte, a third of what rounding them costs, and"
    " pack into an eighth of the fp32 file without changing what the model says.",
    source="BitNet b1.58 (arXiv 2402.17764), section 2",
    metric="bits_per_byte",
    direction="lower",
    baseline="fp",
    arms=(
        _arm("fp", "full precision"),
        _arm("qat", "ternary training from scratch, lambda growing over the first half of the steps"),
        _arm("qat-cold", "ternary from the first step on"),
        _arm("ptq", "full precision, rounded to ternary without training"),
        _arm("fp-longer", "full precision with the extra steps of the fine-tunes"),
        _arm("tuned-cold", "full precision, then ternary at once for the extra steps"),
        _arm("tuned-warm", "full precision, then ternary with lambda growing over half of the extra steps"),
        _arm("kernel", "the integer kernel at 1024 x 1024, one thread; no text, so no bits"),
    ),
    lines=(
        Line(id="from-scratch", text="trained from scratch: at most 3 % above full precision", arm="qat",
             measure="gap", op="<=", bound=0.03),
        Line(id="fine-tuned", text="fine-tuned with warm-up: at most 3 % above the same extra steps",
             arm="tuned-warm", measure="gap", op="<=", bound=0.03),
        Line(id="training-matters", text="rounding costs at least three times as much as training",
             arm="ptq", measure="gap_beyond_three_times_qat", op=">=", bound=0.0),
        Line(id="file", text="whole file at most an eighth of the fp32 file", arm="qat",
             measure="ratio_fp32_file", op=">=", bound=8.0),
        Line(id="embedding", text="embedding at most 13 % of the parameters", arm="qat",
             measure="embedding_share", op="<=", bound=0.13),
        Line(id="same-logits", text="packed file: logits within .001 of the trained model's", arm="qat",
             measure="logit_difference", op="<=", bound=1e-3),
        Line(id="same-choice", text="packed file: same first choice on 99.9 %", arm="qat",
             measure="argmax_agreement", op=">=", bound=0.999),
        Line(id="exact", text="kernel: every integer exact", arm="kernel", measure="exact", op=">=",
             bound=1.0),
        Line(id="fast", text="kernel: at least twice as fast as torch fp32 at 1024 x 1024", arm="kernel",
             measure="speed_ratio", op=">=", bound=2.0),
        Line(id="faster", text="kernel: at least three times as fast", arm="kernel", measure="speed_ratio",
             op=">=", bound=3.0, level="expected"),
        Line(id="from-scratch-at-once", text="ternary from the first step on: at most 3 % above",
             arm="qat-cold", measure="gap", op="<=", bound=0.03, level="expected"),
        Line(id="cold", text="fine-tuned at once: at most 3 % above the same extra steps", arm="tuned-cold",
             measure="gap", op="<=", bound=0.03, level="expected"),
        Line(id="int8-rows", text="with int8 rows and fp16 gains: same first choice on 99 %", arm="qat",
             measure="argmax_agreement_int8_rows", op=">=", bound=0.99, level="expected"),
        Line(id="half-file", text="whole file at most a quarter of the fp16 file", arm="qat",
             measure="ratio_fp16_file", op=">=", bound=4.0, level="expected"),
    ),
    comparisons=(
        *(Comparison(arm=arm, baseline="fp", measure="bits_per_byte") for arm in ("qat", "qat-cold", "ptq")),
        *(Comparison(arm=arm, baseline="fp-longer", measure="bits_per_byte")
          for arm in ("tuned-cold", "tuned-warm")),
        Comparison(arm="tuned-warm", baseline="tuned-cold", measure="bits_per_byte"),
        Comparison(arm="qat", baseline="qat-cold", measure="bits_per_byte"),
    ),
    budgets={
        "full": {"steps": 300, "extra": 200, "batch": 8, "length": 128, "warm_up": 20, "learning_rate": 4e-3,
                 "ternary_factor": 1.5, "tune_factor": 2.0, "weight_decay": 0.1, "tune_decay": 0.0,
                 "strength_share": 0.5, "held_out_rows": 256, "repeats": 60},
        "ci": {"steps": 3, "extra": 2, "batch": 2, "length": 32, "warm_up": 1, "learning_rate": 4e-3,
               "ternary_factor": 1.5, "tune_factor": 2.0, "weight_decay": 0.1, "tune_decay": 0.0,
               "strength_share": 0.5, "held_out_rows": 32, "repeats": 2},
    },
    trial=trial,
    notes="Rates, decay, the growth of lambda and the numbers of steps were chosen on seed 11, before the"
    " record's seeds were run; there, full precision was best at this rate of two, and ternary weights from"
    " the first step on missed the bound at three rates. Arms of one seed share their trainings, so the CPU"
    " seconds of a training count for the arm that asked for it first. The speed of the kernel is this"
    " machine's; sizes and losses are not.",
)  # fmt: skip
