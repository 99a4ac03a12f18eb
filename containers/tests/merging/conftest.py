"""Fixtures of merges."""

import os

import pytest


@pytest.fixture(autouse=True)
def _impatient_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of small merges need not wait for the disk: no power cut is tested here."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
