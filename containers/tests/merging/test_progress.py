"""Progress: written over on a terminal, a line every ten seconds elsewhere."""

from io import StringIO

import pytest

from agent_forge.merging import progress
from agent_forge.merging.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (StringIO(), "merging: 50% of 100 MB, about 12 s left\n"),
        (
            Terminal(),
            "\rmerging: 25% of 100 MB, about 18 s left\x1b[K"
            "\rmerging: 50% of 100 MB, about 12 s left\x1b[K"
            "\r\x1b[K",
        ),
    ],
    ids=["file", "terminal"],
)  # fmt: skip
def test_the_time_left_follows_from_the_bytes_done(
    stream: StringIO, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 6.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(times))
    told = Progress(100_000_000, stream)
    for _ in range(2):
        told.add(25_000_000)
    told.end()
    assert stream.getvalue() == said
