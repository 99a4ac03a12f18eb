"""The folder that a merge makes: beside its place first, renamed into it when every byte is on the disk."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent_forge.merging.model_folder import ModelFolder
from agent_forge.merging.plan import MergePlan
from agent_forge.merging.problems import Problem, refuse
from agent_forge.merging.recipe import Recipe
from agent_forge.merging.weights_writer import write_durably
from agent_forge.model_files import CONFIG, TOKENIZER

RECORD = "merge.json"
COPIED = (
    TOKENIZER, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "vocab.txt", "merges.txt", "tokenizer.model", "generation_config.json", "chat_template.jinja",
    "chat_template.json",
)  # fmt: skip


def refuse_occupied(out: Path) -> None:
    """A folder with something in it is never written over.

    Raises:
        ForgeError(validation): code `output_exists`.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    what = "has something in it" if out.is_dir() else "is a file"
    message = f"{out} {what}; name a folder that does not exist yet"
    raise refuse("The result has no place.", [Problem(pointer="", code="output_exists", message=message)])


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A sibling of `out` to write into; becomes `out` at the end, or vanishes when the body fails."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(out)
    staging = out.parent / f".{out.name}.merging-{os.getpid()}"
    staging.mkdir()
    try:
        yield staging
        _sync_folder(staging)
        refuse_occupied(out)
        staging.rename(out)
        _sync_folder(out.parent)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _remove_abandoned(out: Path) -> None:
    """What a merge that was killed left behind; those of living processes stay."""
    pattern = re.compile(rf"\.{re.escape(out.name)}\.merging-(\d+)")
    for path in out.parent.iterdir():
        if (found := pattern.fullmatch(path.name)) and not _lives(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_neighbours(folder: Path, plan: MergePlan, donor: ModelFolder) -> None:
    """config.json for the result's layers and type, and the donor's tokenizer files."""
    write_document(folder / CONFIG, merged_config(donor, plan))
    for name in COPIED:
        if (donor.folder / name).is_file():
            write_durably(folder / name, (donor.folder / name).read_bytes())


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Pretty JSON with sorted keys: the same merge writes the same bytes."""
    write_durably(path, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())


def merged_config(donor: ModelFolder, plan: MergePlan) -> dict[str, Any]:
    """The donor's configuration with the result's number of layers and, where it states one, element type.

    Args:
        donor: whose config.json it is.
        plan: of the merge.
    """
    config = json.loads(json.dumps(donor.config))
    recipe: Recipe = plan.recipe
    if isinstance(config.get("arch"), dict) and "num_layers" in config["arch"]:
        config["arch"]["num_layers"] = plan.num_layers
    for key in ("num_hidden_layers", "n_layer", "num_layers"):
        if key in config:
            config[key] = plan.num_layers
    if isinstance(config.get("layer_types"), list) and recipe.slices is not None:
        chosen = [layer for each in recipe.slices for layer in range(*each.sources[0].layer_range)]
        config["layer_types"] = [config["layer_types"][layer] for layer in chosen]
    for key in ("torch_dtype", "dtype"):
        if key in config and recipe.dtype is not None:
            config[key] = recipe.dtype
    return config


def stated_hash(folder: Path) -> dict[str, str | None]:
    """The weights hash that a folder's own records state, and which one: computing it costs like a merge."""
    for name, key in (("properties.json", "weightsHash"), (RECORD, "weightsHash")):
        try:
            value = json.loads((folder / name).read_text(encoding="utf-8")).get(key)
        except (OSError, ValueError, AttributeError):
            continue
        if isinstance(value, str):
            return {"weightsHash": value, "statedBy": name}
    return {"weightsHash": None, "statedBy": None}
