"""The model architecture record, extracted from config.json, the tensors' types and the properties."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent_forge.model_files import CONFIG, WEIGHTS

_BITS = {
    "F64": 64,
    "F32": 32,
    "BF16": 16,
    "F16": 16,
    "I64": 64,
    "I32": 32,
    "I16": 16,
    "I8": 8,
    "U8": 8,
    "BOOL": 8,
}
DEFAULT_TYPE = "tiny-titan"


def extract_architecture(folder: Path, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The `architecture` member of a produced model.

    Args:
        folder: a measured model folder.
        properties: what `measure_model` returned for it.
    """
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return {
        "type": config.get("model_type", DEFAULT_TYPE),
        "parameters": properties["parameters"],
        "bytes": properties["bytes"],
        "layers": properties["layers"],
        "hiddenSize": properties["hiddenSize"],
        "thoughtTokens": properties["thoughtTokens"],
        "quantised": properties["ternary"] != "none",
        "bits": _bits_per_weight(folder / WEIGHTS),
        "toolLayers": properties["toolLayers"],
        "toolTypes": properties["toolTypes"],
    }


def _bits_per_weight(weights: Path) -> float:
    """Mean bits per stored element, rounded to four places."""
    from safetensors import safe_open

    bits = elements = 0
    with safe_open(weights, "pt") as file:
        for name in file.keys():  # noqa: SIM118 - safe_open is no mapping
            part = file.get_slice(name)
            size = 1
            for width in part.get_shape():
                size *= width
            elements += size
            bits += size * _BITS.get(part.get_dtype(), 8)
    return round(bits / elements, 4) if elements else 0.0
