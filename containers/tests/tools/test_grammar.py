"""The automaton lets through exactly the canonical texts of what a JSON Schema lets through."""

import itertools
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agent_forge.errors import ForgeError
from agent_forge.tools.calls import canonical, read_call
from agent_forge.tools.definitions import known_tools
from agent_forge.tools.generator import examples
from agent_forge.tools.grammar import Automaton, calls_of, pattern, value_of

INTEGERS = {
    "type": "array",
    "items": {"type": "integer", "minimum": -3, "maximum": 12},
    "minItems": 1,
    "maxItems": 2,
}
CASES: list[tuple[dict[str, Any], str, int]] = [
    ({"type": "integer", "minimum": -12, "maximum": 120}, "-0129.", 4),
    ({"type": "integer", "minimum": 7, "maximum": 7}, "-07 ", 3),
    ({"type": "integer", "minimum": -30, "maximum": -2}, "-0123", 4),
    ({"type": "boolean"}, "truefals", 5),
    ({"enum": ["a", "ab", 3, None, True]}, 'ab"3tn', 4),
    ({"type": "string", "maxLength": 2}, 'a"\\né ', 5),
    ({"type": "string", "minLength": 1, "maxLength": 3}, 'a"\\u', 5),
    ({"type": "string", "pattern": "^[a-b]{1,2}c?$".replace("?", "{0,1}")}, 'abc"', 6),
    (INTEGERS, "[],-13", 5),
    ({**INTEGERS, "minItems": 0, "maxItems": 1}, "[],12 ", 5),
    ({"type": "object", "properties": {"b": {"type": "boolean"}, "a": {"enum": [1]}}, "required": ["a", "b"],
      "additionalProperties": False}, "{}", 3),
    ({"type": "object", "properties": {}, "required": [], "additionalProperties": False}, "{} ", 3),
]  # fmt: skip


def is_right(schema: dict[str, Any], raw: bytes) -> bool:
    """By the library: valid, and written as a canonical writer would, whole numbers without a fraction."""
    try:
        document = json.loads(raw.decode(), parse_float=lambda _: json.loads(""))
    except ValueError:
        return False
    return canonical(document).encode() == raw and Draft202012Validator(schema).is_valid(document)


@pytest.mark.parametrize(("schema", "letters", "longest"), CASES)
def test_every_short_text_is_let_through_where_the_library_calls_it_valid(
    schema: dict[str, Any], letters: str, longest: int
) -> None:
    automaton, found = Automaton(value_of(schema)), 0
    alphabet = [letter.encode() for letter in dict.fromkeys(letters)]
    for length in range(longest + 1):
        for parts in itertools.product(alphabet, repeat=length):
            raw = b"".join(parts)
            right = is_right(schema, raw)
            found += right
            assert automaton.accepts(raw) == right, raw
    assert found > 0 or "properties" in schema


@pytest.mark.parametrize(("schema", "letters", "longest"), CASES)
def test_a_byte_is_allowed_where_something_valid_begins_so(
    schema: dict[str, Any], letters: str, longest: int
) -> None:
    # Whoever follows the allowed bytes can always come to an end, and a prefix of a valid text is allowed.
    automaton = Automaton(value_of(schema))
    frontier = [(Automaton.START, b"")]
    for _ in range(40):
        frontier = [
            (automaton.after(state, byte), said + bytes([byte]))
            for state, said in frontier[:20]
            for byte in automaton.allowed(state)[:3] + automaton.allowed(state)[-1:]
        ]
        for state, said in frontier:
            assert automaton.ends(state) or automaton.allowed(state), said
            assert not automaton.ends(state) or is_right(schema, said), said


def test_made_up_calls_are_let_through_and_a_changed_byte_is_judged_as_the_library_does() -> None:
    tools = tuple(known_tools().values())
    automaton = Automaton(calls_of(tools))
    for example in examples(tools, 32, 5, plain=0.0):
        assert example.call is not None
        raw = example.call.text.encode()
        assert automaton.accepts(raw)
        assert read_call(example.call.text, tools) == example.call
        for place in range(len(raw)):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            assert automaton.accepts(changed) == (read_call(changed.decode(), tools) is not None), changed


NO_CALLS = (
    "", "{}", '{"args":{},"tool":"none"}', '{"args": {},"tool":"noop"}', "[" * 600,
    '{"tool":"noop","args":{}}', '{"args":{"x":1},"tool":"noop"}', '{"args":{},"tool":"noop","x":1}',
    '{"args":{},"args":{},"tool":"noop"}', '{"args":{"a":1.0,"b":2,"op":"add"},"tool":"calculator"}',
)  # fmt: skip


@pytest.mark.parametrize("text", NO_CALLS)
def test_what_is_no_canonical_valid_call_is_none(text: str) -> None:
    assert read_call(text, tuple(known_tools().values())) is None


@pytest.mark.parametrize(
    "source", ["[a-z]+", "^(a+)+$", "^a*$", "^[a-z]{1,100}$", "^a|b$", "^.$", "^[^a]$", "^[z-a]$", "a$"]
)
def test_a_pattern_that_could_run_away_is_refused(source: str) -> None:
    with pytest.raises(ForgeError) as error:
        pattern(source)
    assert error.value.detail == {"code": "pattern_rejected"}
