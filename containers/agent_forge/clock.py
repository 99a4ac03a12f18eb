"""The one place that reads the wall clock; nothing computed depends on it."""

from datetime import UTC, datetime


def utc_now() -> str:
    """UTC, ISO 8601 with milliseconds, as every document writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
