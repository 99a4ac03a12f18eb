"""E12: does an ONNX graph say what the model says, and what do eight and four bits save and cost?

A byte model of .45 million parameters is trained on speeches, traced, and made smaller twice. Agreement is
taken on 64 random and 64 real batches, loss on held-out speeches, bytes from the files, time as CPU time in
turns on one thread: wall times of a busy machine decide nothing here.

Legend: B rows, T bytes of a row.
"""

import functools
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.evaluation.timing import timed_in_turns
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.experiments.ood_monitor.reader import LENGTH, pieces, trained
from agent_forge.models.titan import TinyTitan

if TYPE_CHECKING:  # importing it takes onnxruntime, which listing experiments does not need
    from agent_forge.graphs.session import GraphSession

VARIANTS = ("fp32", "int8", "int4")
READ_AT_ONCE, BLOCK = 64, 32
Reader = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Made:
    """One trained model and the folders of its graphs; the folder lives as long as this does."""

    model: TinyTitan
    room: "tempfile.TemporaryDirectory[str]"

    def folder(self, variant: str) -> Path:
        """Of a variant's graph."""
        return Path(self.room.name) / variant


@functools.lru_cache(maxsize=4)
def made(budget: tuple[tuple[str, float], ...], seed: int) -> Made:
    """Train and trace, once per seed for all arms."""
    from agent_forge.graphs.dequantised import dequantised
    from agent_forge.graphs.document import write_document
    from agent_forge.graphs.quantise import write_int4, write_int8
    from agent_forge.graphs.trace import write_graph

    found = Made(trained(budget, seed), tempfile.TemporaryDirectory())
    write_graph(dequantised(found.model), found.folder("fp32"))
    write_int8(found.folder("fp32"), found.folder("int8"))
    write_int4(found.folder("fp32"), found.folder("int4"), BLOCK)
    arch = found.model.config.arch
    facts = {"vocabRows": arch.vocab_size, "window": arch.window}
    for variant in VARIANTS:
        write_document(
            found.folder(variant), variant, {**facts, "weightsHash": "0" * 64, "tokenizerHash": "0" * 64}
        )  # fmt: skip
    return found


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Compare one variant with torch and with the fp32 graph."""
    from agent_forge.graphs.parity import parity, random_batches
    from agent_forge.graphs.session import GraphSession

    budget = {key: float(settings[key]) for key in ("steps", "batch", "learning_rate", "warm_up")}
    found = made(tuple(sorted(budget.items())), seed)
    session = GraphSession.open(found.folder(str(settings["variant"])))
    texts_RT = torch.tensor([list(text) for text in pieces("held_out", int(settings["texts"]), seed)])
    count = int(settings["batches"])
    real = [texts_RT[4 * number : 4 * number + 1 + number % 4] for number in range(count)]
    same = parity(session, found.model, [*random_batches(256, count, LENGTH, seed), *real])
    ours, torchs = _nats(_reader(session), texts_RT), _nats(_torch(found.model), texts_RT)
    sizes = {
        variant: sum(path.stat().st_size for path in found.folder(variant).iterdir()) for variant in VARIANTS
    }
    own = sizes[str(settings["variant"])]
    times = _times(found, str(settings["variant"]), int(settings["repeats"]))
    return {
        "difference": same.difference, "top1": same.top1, "nats": ours, "dnats": ours - torchs,
        "bytes": float(own), "bytes_of_fp32": own / sizes["fp32"], **times,
    }  # fmt: skip


def _reader(session: "GraphSession") -> Reader:
    return lambda rows_BT: torch.from_numpy(session.step(rows_BT.numpy(), session.start(len(rows_BT)))[0])


def _torch(model: TinyTitan) -> Reader:
    return lambda rows_BT: model(rows_BT).logits_BTV


@torch.no_grad()
def _nats(read: Reader, texts_RT: Tensor) -> float:
    total = 0.0
    for rows in texts_RT.split(READ_AT_ONCE):
        logits = read(rows[:, :-1])
        total += float(F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten(), reduction="sum").double())
    return total / texts_RT[:, 1:].numel()


def _times(made_: Made, variant: str, repeats: int) -> dict[str, float]:
    """Median CPU time of a call, of one row and of sixteen, and as shares of eager torch's and of fp32's."""
    from agent_forge.graphs.session import GraphSession

    sessions = {name: GraphSession.open(made_.folder(name)) for name in {"fp32", variant}}
    found = {}
    for rows in (1, 16):
        tokens_BT = torch.randint(256, (rows, LENGTH), generator=torch.Generator().manual_seed(rows))
        ways: dict[str, Callable[[], object]] = {
            name: functools.partial(each.step, tokens_BT.numpy(), each.start(rows))
            for name, each in sessions.items()
        }
        ways["eager"] = torch.no_grad()(lambda tokens_BT=tokens_BT: made_.model(tokens_BT))
        times = timed_in_turns(ways, repeats=repeats, clock=time.process_time)
        mine = times[variant].median
        found[f"cpu_ms_b{rows}"] = mine
        found[f"cpu_of_eager_b{rows}"] = mine / times["eager"].median
        found[f"cpu_of_fp32_b{rows}"] = mine / times["fp32"].median
    return found


def _must(arm: str, measure: str, op: str, bound: float, text: str) -> Line:
    return Line(
        id=f"{arm}-{measure.replace('_', '-')}", text=text, arm=arm, measure=measure,
        op=">=" if op == ">=" else "<=", bound=bound,
    )  # fmt: skip


def _expected(arm: str, measure: str, bound: float, text: str) -> Line:
    return Line(
        id=f"{arm}-{measure.replace('_', '-')}", text=text, arm=arm, measure=measure, op="<=", bound=bound,
        level="expected",
    )  # fmt: skip


EXPERIMENT = Experiment(
    id="E12",
    title="ONNX graphs",
    claim="The fp32 graph gives torch's logits to 1e-4 with every first choice the same, in at most .9 of"
    " eager torch's CPU time; int8 takes at most .40 of its bytes and .01 nats, int4 .30 and .02.",
    source="ONNX Runtime 1.32: dynamic quantisation, MatMulNBits; torch's dynamo exporter",
    metric="bytes_of_fp32",
    direction="lower",
    baseline="fp32",
    arms=(
        Arm(name="fp32", description="as traced", settings={"variant": "fp32"}),
        Arm(name="int8", description="matrices in int8, a scale per output", settings={"variant": "int8"}),
        Arm(name="int4", description="matrices in 4 bits, a scale per 32; rows in int8",
            settings={"variant": "int4"}),
    ),
    lines=(
        _must("fp32", "difference", "<=", 1e-4, "fp32: largest difference of a logit at most 1e-4"),
        _must("fp32", "top1", ">=", 1.0, "fp32: every first choice is torch's"),
        _must("fp32", "cpu_of_eager_b1", "<=", 0.9, "fp32: CPU time of one row at most .9 of eager torch's"),
        _must("int8", "bytes_of_fp32", "<=", 0.40, "int8: at most .40 of fp32's bytes, graph included"),
        _must("int8", "dnats", "<=", 0.01, "int8: at most .01 nats above torch on held-out text"),
        _must("int4", "bytes_of_fp32", "<=", 0.30, "int4: at most .30 of fp32's bytes, graph included"),
        _must("int4", "dnats", "<=", 0.02, "int4: at most .02 nats above torch on held-out text"),
        _expected("int8", "cpu_of_fp32_b16", 1.0, "int8: no more CPU time than fp32, sixteen rows"),
        _expected("int4", "cpu_of_fp32_b1", 1.0, "int4: no more CPU time than fp32, one row"),
        _expected("int4", "cpu_of_fp32_b16", 1.0, "int4: no more CPU time than fp32, sixteen rows"),
    ),
    comparisons=(
        Comparison(arm="int8", baseline="fp32", measure="nats"),
        Comparison(arm="int4", baseline="fp32", measure="nats"),
        Comparison(arm="int8", baseline="fp32", measure="cpu_ms_b16"),
        Comparison(arm="int4", baseline="fp32", measure="cpu_ms_b1"),
    ),
    budgets={
        "full": {
            "steps": 200, "batch": 32, "learning_rate": 3e-3, "warm_up": 20, "texts": 512, "batches": 64,
            "repeats": 60,
        },
        "ci": {
            "steps": 3, "batch": 4, "learning_rate": 3e-3, "warm_up": 1, "texts": 40, "batches": 4,
            "repeats": 30,
        },
    },
    trial=trial,
    parts=("graphs", "data/corpus.py"),
    notes="Bounds were fixed before any of it was run. The text and the byte model are E14's. Bytes are those"
    " of all files that have to be downloaded. Times are CPU times in turns on one thread."
    " An int4 graph with the embedding in four bits too was measured before at one seed, after 600 steps: it"
    " lost .031 nats, beyond its bound; the embedding has eight bits since. Bounds are as they were.",
)  # fmt: skip
