"""Event lines."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_forge.contracts import validate
from agent_forge.errors import ForgeError
from agent_forge.tracking.events import EventStream

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_every_event_is_one_line_of_json_that_fits_the_schema(data: dict) -> None:
    # when
    out = io.StringIO(newline="")
    EventStream(out).emit("phase_progress", data)
    # then
    line = out.getvalue()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    event = json.loads(line)
    assert event["data"] == data
    validate(event, "event-line", kind="bug", where="the event")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_carry_is_a_numeric_error(value: float) -> None:
    out = io.StringIO()
    with pytest.raises(ForgeError, match="not finite") as caught:
        EventStream(out).emit("training_metrics", {"loss": value})
    assert caught.value.kind == "numeric"
    assert out.getvalue() == ""


def test_a_reader_that_has_gone_does_not_stop_the_work() -> None:
    # given a stream whose reader has closed its end
    class Gone(io.StringIO):
        writes = 0

        def write(self, text: str) -> int:
            self.writes += 1
            raise BrokenPipeError

    out = Gone()
    events = EventStream(out)
    # when
    events.emit("phase_progress", {})
    events.emit("phase_progress", {})
    # then it was tried once
    assert out.writes == 1


@pytest.mark.parametrize(("job_id", "said"), [("job-1:3", {"job": "job-1:3"}), (None, {})])
def test_every_line_says_which_job_it_is_of_where_a_queue_runs_it(job_id: str | None, said: dict) -> None:
    # when
    out = io.StringIO()
    EventStream(out, job_id).emit("phase_progress", {"step": 1})
    # then
    event = json.loads(out.getvalue())
    assert {key: value for key, value in event.items() if key == "job"} == said
    validate(event, "event-line", kind="bug", where="the event")
