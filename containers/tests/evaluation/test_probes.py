"""Probes: an oracle scores 1, an ignorant model scores chance, padding does not matter."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from agent_forge.data.tokenizer import PAD_ID, TextTokenizer
from agent_forge.evaluation.probes import Probe, hops_probe, ponder_steps, recall_probe, score_probe
from agent_forge.models.titan import TinyTitan, TitanOutput
from tests.data.texts import documents
from tests.models.reference import pico_config


@pytest.fixture(scope="module")
def tokenizer() -> TextTokenizer:
    return TextTokenizer.train(documents(2), 320)


class Oracle(TinyTitan):
    """Answers from the rows it was shown, except in the rows it is told to get wrong."""

    def __init__(self, rows: Tensor, wrong: Sequence[int] = ()) -> None:
        config = pico_config()
        super().__init__(replace(config, arch=replace(config.arch, vocab_size=320)))
        self.rows, self.wrong = rows, wrong

    def forward(self, tokens_BT: Tensor, state: object = None, compact: bool = False) -> TitanOutput:
        logits = torch.nn.functional.one_hot(self.rows[:, 1:], 320).float() * 50
        for row in self.wrong:
            logits[row] = logits[row].flip(-1)
        zero = torch.zeros(tokens_BT.shape)
        return TitanOutput(logits, logits, zero, zero, self.start(1))


def probes(tokenizer: TextTokenizer) -> list[Probe]:
    return [
        hops_probe(tokenizer, 6, 1, 3),
        hops_probe(tokenizer, 6, 1, 1),
        recall_probe(tokenizer, 6, 1, 0.5, 4),
    ]


def test_knowing_every_answer_scores_one_and_each_wrong_row_costs_its_share(tokenizer: TextTokenizer) -> None:
    for probe in probes(tokenizer):
        assert score_probe(Oracle(probe.tokens_BT), probe, 6).accuracy == 1.0
        assert score_probe(Oracle(probe.tokens_BT), probe, 6).answer_bits < 1e-3
        assert score_probe(Oracle(probe.tokens_BT, wrong=[1, 4]), probe, 6).accuracy == pytest.approx(4 / 6)


def test_an_untrained_model_does_not_know_the_answers(tokenizer: TextTokenizer) -> None:
    config = pico_config()
    model = TinyTitan(replace(config, arch=replace(config.arch, vocab_size=320))).initialise(1)
    for probe in probes(tokenizer):
        score = score_probe(model, probe, 4)
        assert score.accuracy < 0.5
        assert score.answer_bits > 5.0


def test_an_item_asks_for_the_walk_that_its_edges_describe(tokenizer: TextTokenizer) -> None:
    probe = hops_probe(tokenizer, 3, 1, 2)
    for tokens, scored in zip(probe.tokens_BT, probe.scored_BT, strict=True):
        text = tokenizer.decode(tokens.tolist())
        edges = {edge[0]: edge[1] for edge in text.removeprefix("#").split("?")[0].strip(";").split(";")}
        start = text.split("?")[1][0]
        assert tokenizer.decode(tokens[scored].tolist()) == edges[start] + edges[edges[start]]


def test_recall_items_score_one_value_that_stands_behind_its_key_in_the_list(
    tokenizer: TextTokenizer,
) -> None:
    probe = recall_probe(tokenizer, 4, 1, 1.0, 0)
    for tokens, scored in zip(probe.tokens_BT, probe.scored_BT, strict=True):
        listed, asked = tokenizer.decode(tokens.tolist()).split("?")
        assert int(scored.sum()) == 1
        assert asked in listed


def test_padding_behind_an_item_does_not_change_its_score(tokenizer: TextTokenizer) -> None:
    config = pico_config()
    model = TinyTitan(replace(config, arch=replace(config.arch, vocab_size=320))).initialise(1)
    probe = recall_probe(tokenizer, 4, 1, 0.5, 0)
    longer = Probe(
        torch.nn.functional.pad(probe.tokens_BT, (0, 5), value=PAD_ID),
        torch.nn.functional.pad(probe.scored_BT, (0, 5)),
    )
    assert score_probe(model, longer, 4).answer_bits == pytest.approx(
        score_probe(model, probe, 4).answer_bits, rel=1e-5
    )


def test_ponder_steps_are_those_of_the_model() -> None:
    model = TinyTitan(pico_config()).initialise(1)
    with torch.no_grad():
        model.act.halt.weight.zero_()
        model.act.halt.bias.fill_(-20.0)
    assert set(ponder_steps(model, torch.ones(2, 5, dtype=torch.int64)).tolist()) == {3.0}
