"""E18's arms choose within what they may spend, of the codecs that they name."""

import pytest

from agent_forge.codecs.allocation import total_rate
from agent_forge.codecs.registry import CANDIDATES as REGISTERED
from agent_forge.experiments.codec_choice.coded import CANDIDATES, QUICK, bits_of, names_of, room_of, selected
from agent_forge.experiments.codec_choice.experiment import EXPERIMENT


def test_an_arm_names_its_codecs_and_no_other() -> None:
    assert set(CANDIDATES) <= set(REGISTERED)
    assert set(QUICK) <= set(CANDIDATES)
    assert names_of("all") == list(CANDIDATES)
    assert {REGISTERED[name].codec for name in names_of("seedlm,hyper")} == {"seedlm", "hyper"}


def test_a_selection_keeps_its_bits_and_its_file_weighs_what_was_predicted() -> None:
    room = room_of(EXPERIMENT.budgets["ci"], 5)
    measures = EXPERIMENT.trial({**EXPERIMENT.budgets["ci"], "codecs": "all", "bits": 3.0}, 5)
    assert bits_of(room, selected(room, "all", 3.0)) == measures["bits"] <= 3.0
    assert measures["byte_error"] < 0.01
    assert measures["ratio_fp32"] > 8
    smallest = selected(room, "rtn,vptq", 0.0)
    assert bits_of(room, smallest) < bits_of(room, selected(room, "rtn", 4.4))
    assert room.rise(room.catalogue.file(smallest)) == pytest.approx(
        EXPERIMENT.trial({**EXPERIMENT.budgets["ci"], "codecs": "rtn,vptq", "bits": 0.0}, 5)["delta_nats"]
    )


def test_a_file_weighs_what_is_predicted_wherever_some_of_a_family_share_a_codebook() -> None:
    catalogue = room_of(EXPERIMENT.budgets["ci"], 5).catalogue
    table = catalogue.table(["rtn4-g64", "vptq-v2k16"])
    books = {each.book for choices in table.values() for each in choices if each.book is not None}
    assert len(books) < len(table)
    for sharing in range(len(table) + 1):
        names = sorted(table)[:sharing]
        chosen = {
            name: next(each for each in choices if (each.book is not None) == (name in names))
            for name, choices in table.items()
        }
        size = len(catalogue.file(chosen))
        assert abs(catalogue.fixed_bytes + total_rate(chosen) - size) <= 0.002 * size
