"""What is taught, by whom and how: held-out things stay out, only the model's own words are learned."""

from dataclasses import replace

import pytest
import torch

from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import BOS_ID, EOS_ID, PAD_ID, TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.tools.batches import ToolBatches
from agent_forge.tools.calls import Call, fits, read_call
from agent_forge.tools.definitions import known_tools, tools_of
from agent_forge.tools.dialogue import Turn
from agent_forge.tools.functions import FUNCTIONS
from agent_forge.tools.generator import Side, examples, is_held_out
from agent_forge.tools.measures import mark, rates
from agent_forge.tools.router import routed
from agent_forge.tools.sources import gather
from agent_forge.tools.transcript import Example, Spelling, refuse_misplaced, rows_of

TOOLS = tuple(known_tools().values())
KNOWN, STRANGE = TOOLS[:7], TOOLS[7:]


def carry(call: Call) -> str:
    return str(FUNCTIONS[call.tool](**call.arguments))


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(TextTokenizer.train(["some text to train a tokenizer on"], 320))


def values(example: Example) -> list[int | str]:
    """Values of a call that are no choice of few."""
    assert example.call is not None
    tool = known_tools()[example.call.tool]
    found = [
        value for name, value in example.call.arguments.items()
        if "enum" not in tool.parameters["properties"][name]
    ]  # fmt: skip
    return [each for value in found for each in (value if isinstance(value, list) else [value])]


def test_the_contract_has_eight_tools_whose_calls_are_valid_and_three_in_ten_requests_need_none() -> None:
    assert len(TOOLS) == 8
    made = examples(TOOLS, 400, 1)
    assert made == examples(TOOLS, 400, 1) != examples(TOOLS, 400, 2)
    assert sum(each.call is None for each in made) == 120
    for each in made:
        if each.call is not None:
            assert read_call(each.call.text, TOOLS) == each.call
            assert each.result in each.answer
            assert "{" not in each.request


def test_values_and_ways_of_asking_that_are_held_out_are_never_trained_on() -> None:
    # A letter alone may be on either side only.
    trained, new = examples(KNOWN, 2000, 1), examples(KNOWN, 2000, 1, Side(new_ways=True, new_values=True))
    seen = {value for each in trained if each.call for value in values(each)}
    unseen = {value for each in new if each.call for value in values(each)}
    assert not any(map(is_held_out, seen))
    assert all(map(is_held_out, unseen))
    assert not {each.request for each in trained} & {each.request for each in new}
    ways = {way.text for tool in KNOWN for way in tool.requests}
    assert not ways & {way.text for tool in KNOWN for way in tool.held_out}


def test_only_calls_and_answers_are_learned(spelling: Spelling) -> None:
    # given
    made = examples(TOOLS, 60, 4)
    rows = rows_of(spelling, made)
    # then
    refuse_misplaced(spelling, rows)
    for example, tokens, learned in zip(made, rows.tokens_NT.tolist(), rows.learned_NT, strict=True):
        own = [token for token, is_own in zip(tokens, learned.tolist(), strict=True) if is_own]
        call = [] if example.call is None else spelling.called(example.call.text)
        assert own == [*call, *spelling.encode(example.answer), EOS_ID]
        assert tokens[0] == BOS_ID
        said = [token for token in tokens if token != PAD_ID]
        assert spelling.decode([token for token in said if token in spelling.bytes]).startswith(
            example.request
        )


@pytest.mark.parametrize(
    "where", ["request", "result", "result mark", "end mark", "padding", "call", "answer"]
)
def test_an_error_of_the_mask_is_caught_wherever_it_is(spelling: Spelling, where: str) -> None:
    # given rows with one token that is on the wrong side
    made = [examples(KNOWN, 1, 4, plain=0.0)[0], examples(KNOWN, 3, 5, plain=1.0)[0]]
    made.sort(key=lambda example: example.call is None)
    rows = rows_of(spelling, made)
    row = rows.tokens_NT[0].tolist()
    place = {
        "request": 3, "result": row.index(spelling.result) + 1, "result mark": row.index(spelling.result),
        "end mark": row.index(spelling.result_end), "padding": len(row) - 1,
        "call": row.index(spelling.call) + 4,
        "answer": row.index(spelling.result_end) + 1,
    }[where]  # fmt: skip
    at = 1 if where == "padding" else 0
    learned = rows.learned_NT.clone()
    learned[at, place] = ~learned[at, place]
    # when, then
    with pytest.raises(ForgeError) as error:
        refuse_misplaced(spelling, replace(rows, learned_NT=learned))
    assert (error.value.kind, error.value.detail) == ("bug", {"row": at, "token": place})


def test_text_cannot_spell_a_mark(spelling: Spelling) -> None:
    tokens = spelling.asked("<|tool_call|></tool><|reserved_0|>")
    assert not set(tokens) & set(spelling.marks)


def test_a_batch_is_a_function_of_its_step_and_weighs_what_is_replayed_by_its_share(
    spelling: Spelling,
) -> None:
    # given
    tokenizer = TextTokenizer.train(["some text to train a tokenizer on"], 320)
    rows = rows_of(spelling, examples(TOOLS, 20, 4))
    old = Sampler(torch.arange(2000) % 250, tokenizer, rows.tokens_NT.shape[1], 2, 1, 5)
    batches = ToolBatches(rows, 8, 3, old, 0.2)
    # when
    batch = batches.batch(2)
    # then
    assert torch.equal(batch.tokens, batches.batch(2).tokens)
    assert len(batch.tokens) == 10
    assert float(batch.weights_BT[:8].sum()) == pytest.approx(0.8)
    assert float(batch.weights_BT[8:].sum()) == pytest.approx(0.2)
    assert batch.weights_BT.shape[1] == batch.tokens.shape[1] - 1
    seen = torch.cat([batches.batch(step).tokens[:8, :30] for step in range(5)])
    assert len(seen.unique(dim=0)) == len(rows.tokens_NT[:, :30].unique(dim=0))


def test_no_source_has_more_than_its_share_and_the_rest_is_made_up() -> None:
    given = [
        {"source": source, "request": f"{source} {n}", "answer": "yes.",
         "call": {"tool": "noop", "arguments": {}} if n % 2 else None}
        for source, count in (("mine", 5), ("theirs", 90)) for n in range(count)
    ]  # fmt: skip
    taught = gather(KNOWN, given, 100, 0.1, 1, carry)
    assert len(taught.examples) == 100
    assert (taught.used["mine"], taught.used["theirs"]) == (5, 10)
    assert taught.left_out == {"mine": 0, "theirs": 80}
    assert sum(taught.used.values()) == 100
    assert {each.result for each in taught.examples if each.call and each.source == "theirs"} <= {"ok"}


@pytest.mark.parametrize("call", [
    {"tool": "nothing", "arguments": {}}, {"tool": "noop", "arguments": {"x": 1}},
    {"tool": "calculator", "arguments": {"a": 100, "b": 1, "op": "add"}},
])  # fmt: skip
def test_an_example_that_calls_what_is_not_there_is_refused(call: dict[str, object]) -> None:
    given = [{"source": "mine", "request": "do", "call": call, "answer": "done."}]
    with pytest.raises(ForgeError) as error:
        gather(KNOWN, given, 10, 1.0, 1, carry)
    assert (error.value.kind, error.value.detail) == ("validation", {"code": "invalid_call"})


def test_an_unknown_tool_is_refused_and_a_definition_of_ones_own_is_taken() -> None:
    with pytest.raises(ForgeError, match="There are no tools"):
        tools_of(["calculator", "hammer"])
    own = {
        "name": "adder", "description": "Adds.", "runs": "calculator",
        "parameters": TOOLS[0].parameters, "requests": [{"text": "{a} and {b}", "arguments": {"op": "add"}}],
    }  # fmt: skip
    (tool,) = tools_of([own])
    (example,) = examples([tool], 1, 1, plain=0.0)
    assert example.call is not None
    assert example.call.tool == "adder"
    assert fits(tool.parameters, dict(example.call.arguments))


def test_rates_are_what_counting_by_hand_gives() -> None:
    call, other = Call("noop", {}), Call("lookup", {"key": "abc"})
    asked = [Example("a", call, "ok", "it is ok.", "x")] * 3 + [Example("b", None, "", "good.", "x")] * 2
    turns = [
        Turn(call.text, call, "ok", "it is ok."), Turn(other.text, other, "12", "it is 12."),
        Turn(answer="good."), Turn(answer="good."), Turn("{", None),
    ]  # fmt: skip
    assert rates([mark(*pair) for pair in zip(asked, turns, strict=True)]) == pytest.approx({
        "valid": 2 / 4, "named": 1 / 3, "exact": 1 / 3, "no_call_precision": 1 / 2, "no_call_recall": 1 / 2,
        "call_f1": 2 / 3, "answered": 2 / 5,
    })  # fmt: skip


def test_the_rule_of_words_in_common_is_a_real_baseline() -> None:
    # given what it knows the ways of asking for
    made = examples(KNOWN, 200, 9, Side(new_values=True))
    found = rates(
        [mark(*pair) for pair in zip(made, routed(KNOWN, [e.request for e in made], carry), strict=True)]
    )
    # then it finds most calls, and calls where none is needed
    assert found["exact"] > 0.8
    assert found["no_call_recall"] < 0.9
