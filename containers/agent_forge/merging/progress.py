"""How far a merge is, on stderr: a line that is written over on a terminal, else one every ten seconds."""

import time
from typing import TextIO

EVERY_SECONDS, TERMINAL_SECONDS = 10.0, 0.2


class Progress:
    """Told of bytes written.

    Args:
        total_bytes: of the whole result.
        stream: to write to; None says nothing.
    """

    def __init__(self, total_bytes: int, stream: TextIO | None = None) -> None:
        self._total = max(1, total_bytes)
        self._stream = stream
        self._terminal = stream is not None and stream.isatty()
        self._done = 0
        self._began = self._told = time.monotonic()

    def add(self, size: int) -> None:
        """So many bytes more."""
        self._done += size
        now = time.monotonic()
        if self._stream is None or now - self._told < (TERMINAL_SECONDS if self._terminal else EVERY_SECONDS):
            return
        self._told = now
        share = self._done / self._total
        left = (now - self._began) * (1 - share) / share
        line = f"merging: {share:.0%} of {self._total / 1e6:,.0f} MB, about {left:.0f} s left"
        self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        """Clear the terminal's line."""
        if self._stream is not None and self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
