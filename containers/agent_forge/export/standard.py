"""Whether a model's backbone may stand for it, and the backbone with what was measured of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_forge.errors import ForgeError
from agent_forge.export.backbone import Property, backbone, is_exact, properties_of
from agent_forge.export.measured import HeldOutText, choose_depth, compare
from agent_forge.export.source import Source
from agent_forge.models.titan import TinyTitan

LEAVABLE = ("memory", "thought", "act")


@dataclass(frozen=True)
class Standard:
    """A backbone, what it carries, and its figures; `figures` is None where there was no text."""

    model: TinyTitan
    properties: tuple[Property, ...]
    depth: int
    depth_bits: tuple[float, ...]
    figures: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """As export.json holds it."""
        return {
            "exact": is_exact(self.properties),
            "properties": [each.to_json() for each in self.properties],
            "depth": self.depth,
            "depthBitsPerByte": list(self.depth_bits),
            "measured": self.figures,
        }


def lost(properties: Sequence[Property]) -> list[Property]:
    """What a plain transformer does not have and a person has to agree to lose."""
    return [
        each
        for each in properties
        if each.verdict == "left out" or (each.name == "act" and each.verdict == "approximate")
    ]


def make_standard(source: Source, text: HeldOutText | None) -> Standard:
    """The backbone: exact, or measured.

    Raises:
        ForgeError(validation): it is not exact and there is no text to measure the loss on.
    """
    properties = properties_of(source.model)
    if text is None:
        if not is_exact(properties):
            missing = [f"{each.name} ({each.why})" for each in properties if each.verdict != "exact"]
            message = (
                f"A plain transformer is not this model: {'; '.join(missing)}. What that costs has to be"
                " measured, and there is no text. Give held-out text with --corpus FILE.ndjson."
            )
            raise ForgeError("validation", message, {"code": "not_measurable"})
        return Standard(backbone(source.model, 1), properties, 1, (), None)
    depth, bits = choose_depth(source.model, text, source.tokenizer)
    plain = backbone(source.model, depth)
    figures = compare(source.model, plain, text, source.tokenizer)
    return Standard(plain, properties, depth, tuple(bits), figures)


def require_agreed(properties: Sequence[Property], agreed: Sequence[str], form: str) -> None:
    """A file that nothing else explains may only leave out what a person named.

    Raises:
        ForgeError(validation): code `cannot_carry`, with every property that was not named.
    """
    refused = [each for each in lost(properties) if each.name not in agreed]
    if not refused:
        return
    listed = "; ".join(f"{each.name} ({each.why})" for each in refused)
    names = ",".join(each.name for each in lost(properties))
    message = (
        f"{form} cannot carry {listed}. The whole model goes to Hugging Face only (--to hf)."
        f" To export the plain transformer inside it, with its loss measured:"
        f" --leave-out {names} --corpus FILE.ndjson"
    )
    raise ForgeError("validation", message, {"code": "cannot_carry"})
