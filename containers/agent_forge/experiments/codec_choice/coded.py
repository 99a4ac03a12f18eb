"""A byte model trained on real text, every tensor in every candidate, and what a selection of them loses.

One model and its catalogue per seed are kept: all arms choose from the same encodings.
"""

import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from agent_forge.codecs.allocation import Chosen, total_rate, within_bytes, within_loss
from agent_forge.codecs.registry import CANDIDATES as REGISTERED
from agent_forge.compression.curvature import second_moments
from agent_forge.compression.decoded import model_of_bytes
from agent_forge.compression.encodings import items_of, tried
from agent_forge.compression.selection import Catalogue, single_choices
from agent_forge.compression.sensitivity import sensitivity
from agent_forge.compression.slots import SEARCHED, families_of, slots_of
from agent_forge.experiments.experiment import Settings
from agent_forge.experiments.ternary_training.text import byte_stream, rows
from agent_forge.experiments.ternary_training.training import Course, build, fit
from agent_forge.models.titan import TinyTitan

CANDIDATES = (
    "rtn8-g64", "rtn4-g64", "rtn4-g32", "rtn3-g64", "rtn3-g32", "rtn2-g64", "rtn2-g32",
    "vptq-v2k16", "vptq-v2k64", "vptq-v4k256", "vptq-v4k256r16",
    "seedlm-k10c12p4", "seedlm-k10c8p3", "seedlm-k12c12p4", "seedlm-k12c8p3", "seedlm-k12c8p4",
    "hyper-u64", "hyper-u256", "hyper-golden-u256",
)  # fmt: skip
# What a smoke run tries.
QUICK = ("rtn4-g64", "rtn2-g64", "vptq-v2k16", "seedlm-k10c12p4", "hyper-u64")
DISTURBANCE = 0.1


@dataclass(frozen=True)
class Room:
    """A seed's model, its loss, its catalogue, and rows to measure on that no choice was made by."""

    model: TinyTitan
    catalogue: Catalogue
    report_BT: torch.Tensor
    before: float

    @property
    def searched(self) -> int:
        """Weights that are chosen for."""
        return sum(s.weight.numel() for s in self.catalogue.slots.values() if s.kind == SEARCHED)

    def rise(self, file: bytes) -> float:
        """Loss of what a file holds over the model's own, in nats a byte of text."""
        return nats(model_of_bytes(file), self.report_BT) - self.before


@torch.no_grad()
def nats(model: TinyTitan, rows_BT: torch.Tensor) -> float:
    """Mean loss of a byte."""
    total = 0.0
    for part_BT in rows_BT.split(16):
        logits_BTV = model(part_BT[:, :-1]).logits_BTV
        total += float(F.cross_entropy(logits_BTV.flatten(0, 1), part_BT[:, 1:].flatten(), reduction="sum"))
    return total / rows_BT[:, 1:].numel()


@functools.cache
def _room(seed: int, budget: tuple[tuple[str, str | int | float | bool], ...]) -> Room:
    settings = dict(budget)
    torch.manual_seed(seed)
    steps, length = int(settings["steps"]), int(settings["length"])
    course = Course(steps, float(settings["rate"]), 0.01, lambda _: 0.0)
    model = fit(build(False).initialise(seed), settings, seed, course).eval()
    stream, count = byte_stream("held_out"), int(settings["rows"])
    places = torch.linspace(0, len(stream) - length - 2, 2 * count).long()
    held_out_BT = rows(stream, places, length)
    guard_BT, report_BT = held_out_BT[::2], held_out_BT[1::2]
    slots = slots_of(model)
    families = families_of(slots)
    names = [slot.name for slot in slots if slot.kind == SEARCHED]
    train_BT = rows(byte_stream("train"), torch.arange(count) * length, length)
    moments = second_moments(model, names, train_BT[:, :-1], 16)
    before = nats(model, guard_BT)
    found = {
        name: sensitivity(
            model, name, moments.get(name), lambda: nats(model, guard_BT), before, size=DISTURBANCE, seed=seed
        )
        for name in names
    }
    results = [
        tried(item, families[item.family], moments)
        for item in items_of(families, QUICK if settings["quick"] else CANDIDATES)
    ]
    catalogue = Catalogue.of(model.config.to_json(), slots, results, found)
    return Room(model, catalogue, report_BT, nats(model, report_BT))


def room_of(settings: Settings, seed: int) -> Room:
    """The seed's room under a budget; an arm's own settings change nothing of it."""
    budget = {key: value for key, value in settings.items() if key not in ("codecs", "bits")}
    return _room(seed, tuple(sorted(budget.items())))


def names_of(codecs: str) -> list[str]:
    """Candidates of the named codecs, which have commas between; all where it says so."""
    wanted = codecs.split(",")
    return [name for name in CANDIDATES if codecs == "all" or REGISTERED[name].codec in wanted]


def selected(room: Room, codecs: str, bits: float) -> Chosen:
    """The best selection within so many bits a searched weight; the smallest where none is."""
    table = room.catalogue.table(names_of(codecs))
    found = within_bytes(table, bits * room.searched / 8) or within_loss(table, float("inf"))
    return found[0]


def bits_of(room: Room, chosen: Chosen) -> float:
    """Of a searched weight, with codebooks and its entry in the header."""
    return 8 * total_rate(chosen) / room.searched


def best_single(room: Room, bits: float) -> float:
    """The least loss of one candidate for all tensors within so many bits: measured, not predicted."""
    fitting = [each for each in single_choices(room.catalogue).values() if bits_of(room, each) <= bits]
    return min(room.rise(room.catalogue.file(each)) for each in fitting)
