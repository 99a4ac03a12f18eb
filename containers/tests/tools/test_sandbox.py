"""What a tool tries that it may not is stopped, each with its own error; what it may do is answered."""

import platform
from pathlib import Path

import pytest

from agent_forge.tools.calls import Call
from agent_forge.tools.definitions import Tool, known_tools
from agent_forge.tools.functions import FUNCTIONS
from agent_forge.tools.generator import examples
from agent_forge.tools.sandbox import Limits, Outcome, Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOCKET, CLONE = {"x86_64": (41, 56), "aarch64": (198, 220)}[platform.machine()]


def unruly(name: str, limits: Limits = Limits(), **arguments: int) -> Outcome:  # noqa: B008
    tool = Tool("tool", "", {"type": "object"}, (), (), name)
    box = Sandbox((tool,), limits, "tests.support.unruly_tools", (ROOT,))
    return box.carry_out(Call("tool", arguments))


@pytest.mark.parametrize(("name", "error"), [
    ("opens_a_socket", "tool_network"), ("hides_its_socket", "tool_network"), ("forks", "tool_process"),
    ("eats_memory", "tool_memory"), ("writes_a_file", "tool_files"), ("raises", "tool_failed"),
    ("says_much", "tool_length"), ("says_no_text", "tool_failed"), ("says_too_much", "tool_killed"),
])  # fmt: skip
def test_a_tool_that_does_what_none_may_is_stopped_with_an_error_of_its_own(name: str, error: str) -> None:
    assert unruly(name) == Outcome("", error)


def test_a_tool_that_computes_for_ever_is_stopped_after_its_seconds_of_computing() -> None:
    assert unruly("loops", Limits(cpu_seconds=1, seconds=300)) == Outcome("", "tool_cpu")


def test_a_tool_that_waits_for_ever_is_stopped_after_its_seconds_on_the_clock() -> None:
    assert unruly("sleeps", Limits(seconds=1.5)) == Outcome("", "tool_time")


@pytest.mark.parametrize("number", [SOCKET, CLONE])
def test_the_kernel_refuses_what_goes_past_the_interpreter(number: int) -> None:
    assert unruly("calls_the_kernel", number=number) == Outcome("-1")


def test_only_what_a_tool_returns_is_its_answer() -> None:
    assert unruly("prints") == Outcome("the answer")


def test_a_call_is_carried_out_as_the_function_says_and_an_error_is_counted() -> None:
    tools = tuple(known_tools().values())
    box = Sandbox(tools)
    calls = [each.call for each in examples(tools, 8, 3, plain=0.0) if each.call is not None]
    runs = {tool.name: tool.runs for tool in tools}
    assert len({call.tool for call in calls}) == 8
    for call in calls:
        assert box(call) == FUNCTIONS[runs[call.tool]](**call.arguments)
    assert box(Call("calculator", {"a": 1, "b": 2, "op": "nothing"})) == "error tool_failed"
    assert box.errors == {"tool_failed": 1}
