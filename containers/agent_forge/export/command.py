"""`python -m agent_forge export`: one model folder to one form, whole or not at all."""

import hashlib
import importlib.util
import json
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_forge.errors import ForgeError, classify
from agent_forge.export.measured import HeldOutText, read_text
from agent_forge.export.source import Source, open_source
from agent_forge.export.standard import LEAVABLE
from agent_forge.merging.output_folder import refuse_occupied, staged

EXPORT = "export.json"
FORMS = ("hf", "gguf", "onnx", "safetensors")
NEEDED = {"gguf": ("gguf",)}
INSTALL = "npm run test:foreign -- --install"


@dataclass(frozen=True)
class Request:
    """One export."""

    form: str
    source: Source
    text: HeldOutText | None
    leave_out: Sequence[str]


def run_export(
    model: Path, form: str, out: Path, *, record: Path | None, corpus: Path | None, leave_out: str
) -> int:
    """Run the command; the exit code. One JSON document goes to stdout.

    Args:
        model: folder with a model's files.
        form: one of FORMS.
        out: folder to make; it must not exist, or be empty.
        record: metadata document of the registry for the card, or None.
        corpus: NDJSON file with held-out text, or None.
        leave_out: names of properties that may be lost, with commas between.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        document, code = {"result": _export(model, form, out, record, corpus, leave_out)}, 0
    except Exception as error:
        failure = classify(error)
        document, code = {"error": failure.to_json()}, failure.exit_code
    sys.stdout.write(json.dumps(document) + "\n")
    return code


def _export(
    model: Path, form: str, out: Path, record: Path | None, corpus: Path | None, leave_out: str
) -> dict[str, Any]:
    agreed = [name for name in leave_out.split(",") if name]
    if unknown := sorted(set(agreed) - set(LEAVABLE)):
        message = f"--leave-out names {', '.join(unknown)}; expected some of {', '.join(LEAVABLE)}."
        raise ForgeError("validation", message, {"code": "unknown_property"})
    _require_packages(form)
    refuse_occupied(out)
    source = open_source(model, record)
    every = source.model.config.lineage.held_out_every
    text = read_text(corpus, source.tokenizer, every) if corpus else None
    with staged(out) as staging:
        told = _writer(form)(Request(form, source, text, agreed), staging)
        files = _hashes(staging)
        document = {"schemaVersion": 1, "to": form, "source": source.to_json(), **told, "files": files}
        (staging / EXPORT).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return {**document, "out": str(out)}


def _require_packages(form: str) -> None:
    missing = [name for name in NEEDED.get(form, ()) if importlib.util.find_spec(name) is None]
    if missing:
        raise ForgeError(
            "dependency",
            f"An export to {form} needs {', '.join(missing)}, which {sys.executable} does not have."
            f" Install what exports need with: {INSTALL}",
            {"code": "not_installed"},
        )


def _writer(form: str) -> Callable[[Request, Path], Mapping[str, Any]]:
    # Imported per form: each brings packages that the others do not need.
    if form == "hf":
        return _write_hugging_face
    if form == "gguf":
        return _write_gguf
    if form == "onnx":
        return _write_onnx
    return _write_safetensors


def _write_safetensors(request: Request, staging: Path) -> Mapping[str, Any]:
    for path in sorted(request.source.folder.rglob("*")):
        if path.is_file():
            target = staging / path.relative_to(request.source.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return {}


def _write_gguf(request: Request, staging: Path) -> Mapping[str, Any]:
    from agent_forge.export.gguf_file import write_gguf

    return write_gguf(request.source, staging, request.text, list(request.leave_out))


def _write_onnx(request: Request, staging: Path) -> Mapping[str, Any]:
    from agent_forge.export.onnx_file import write_onnx

    return write_onnx(request.source, staging, request.text, list(request.leave_out))


def _write_hugging_face(request: Request, staging: Path) -> Mapping[str, Any]:
    from agent_forge.export.hugging_face import write_full, write_standard
    from agent_forge.export.standard import Standard, make_standard

    standard: Standard | None = None
    why_not: str | None = None
    try:
        standard = make_standard(request.source, request.text)
    except ForgeError as error:
        why_not = error.message
    write_full(request.source, staging / "full", standard, why_not)
    if standard is not None:
        write_standard(request.source, staging / "standard", standard)
    return {"standard": standard.to_json() if standard else None, "standardLeftOut": why_not}


def _hashes(folder: Path) -> dict[str, dict[str, Any]]:
    """SHA-256 and size of every file, by its path below the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = {
                "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
            }  # fmt: skip
    return found
