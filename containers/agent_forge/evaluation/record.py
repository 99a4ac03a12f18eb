"""Metric records of what was measured on text, under the names that gates and reports look for."""

from agent_forge.evaluation.held_out import Score, score_model
from agent_forge.phase import Tracker

SOURCE = f"{score_model.__module__}.{score_model.__name__}"


def record_score(tracker: Tracker, model: str, score: Score, split: str = "held_out") -> None:
    """Record `<model>/bits_per_byte` and `<model>/perplexity`."""
    for measure, value, unit in (
        ("bits_per_byte", score.bits_per_byte, "bits/byte"),
        ("perplexity", score.perplexity, "per token"),
    ):
        tracker.record(f"{model}/{measure}", value, unit, source=SOURCE, model=model, split=split)
