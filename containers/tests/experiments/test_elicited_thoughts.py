"""The chains of E4 are chains, its questions can be answered from the text, and thoughts stand behind x."""

import torch

from agent_forge.experiments.elicited_thoughts import chains
from agent_forge.experiments.elicited_thoughts.experiment import EXPERIMENT
from agent_forge.experiments.runner import run_experiment
from agent_forge.models.thinking import trace_text


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_answer_is_where_three_hops_along_the_edges_end_and_a_chain_writes_each_of_them() -> None:
    for row in chains.draw(seeded(), 64, written_out=True).tolist():
        edges, (start, opened, *rest) = row[: chains.SYMBOLS], row[chains.SYMBOLS :]
        following = dict(divmod(edge - chains.EDGE_0, chains.SYMBOLS) for edge in edges)
        here, hops = start - chains.SYMBOL_0, []
        for _ in range(chains.HOPS):
            here = following[here]
            hops.append(chains.SYMBOL_0 + here)
        assert [opened, *rest] == [chains.OPEN, *hops, chains.CLOSE, chains.EQUALS, hops[-1]]


def test_without_a_chain_the_same_question_has_the_same_answer_two_tokens_behind_x() -> None:
    long, short = (chains.draw(seeded(), 8, written_out=flag) for flag in (True, False))
    assert torch.equal(short[:, : chains.PLACE + 1], long[:, : chains.PLACE + 1])
    assert torch.equal(short[:, -2:], long[:, -2:])
    assert short.shape[1] == chains.PLACE + 3


def test_thoughts_stand_behind_x_and_random_ones_are_symbols() -> None:
    model = chains.thinker(chains.pretrained(1, 1, 4, 1e-3), 1)
    tokens = chains.draw(seeded(), 4, written_out=False)
    trace = trace_text(model, tokens[:, :-1])
    places, counted = chains.behind_x(model, trace)
    assert places.tolist() == [[chains.SYMBOLS]] * 4
    assert bool(counted.all())
    drawn = chains.random_thoughts(model, trace, places, seeded())
    assert drawn.shape == (4, 1, chains.HOPS)
    assert int(drawn.min()) >= chains.SYMBOL_0
    assert int(drawn.max()) < chains.EDGE_0


def test_running_it_again_measures_the_same() -> None:
    one, two = (run_experiment(EXPERIMENT, "ci", [5], lambda _: None) for _ in range(2))
    measured = [[arm["results"][0]["measures"] for arm in record["arms"]] for record in (one, two)]
    assert measured[0] == measured[1]
