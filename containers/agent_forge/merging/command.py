"""`python -m agent_forge merge`: a recipe as JSON in, one JSON document out, progress on stderr.

The document on stdout is {"result": ...} or {"error": {kind, message, detail}}; the exit code is the error's.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from agent_forge.errors import ForgeError, classify

# One thread: more of them would change the last bits of sums, and a merge waits for memory, not for
# arithmetic.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_merge(
    config: str,
    out: str | None,
    *,
    folders: Mapping[str, str],
    seed: int | None,
    shard_bytes: int | None,
    dry_run: bool,
    quiet: bool,
) -> int:
    """Run the command; the exit code.

    Args:
        config: path of the recipe's JSON; `-` reads standard input.
        out: folder to make; None only with `dry_run`.
        folders: model name to folder, for names that are no folders themselves.
        seed: instead of the recipe's.
        shard_bytes: most bytes per weight file.
        dry_run: plan only.
        quiet: no progress.
    """
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    # What is half-written is removed on the way out; a plain termination would leave it.
    signal.signal(signal.SIGTERM, _leave)
    try:
        document = {"result": _obey(config, out, folders, seed, shard_bytes, dry_run, quiet)}
        code = 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        failure = classify(error)
        document, code = {"error": failure.to_json()}, failure.exit_code
    sys.stdout.write(json.dumps(document) + "\n")
    return code


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _obey(
    config: str,
    out: str | None,
    folders: Mapping[str, str],
    seed: int | None,
    shard_bytes: int | None,
    dry_run: bool,
    quiet: bool,
) -> dict[str, Any]:
    from dataclasses import replace

    from agent_forge.merging.merge import merge, open_models
    from agent_forge.merging.plan import plan_merge
    from agent_forge.merging.recipe import Recipe

    recipe = Recipe.from_json(_read(config))
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    places = {name: Path(folders.get(name, name)) for name in recipe.all_models}
    if dry_run:
        models = open_models(recipe, places)
        try:
            plan = plan_merge(recipe, models)
        finally:
            for model in models.values():
                model.close()
        return {
            "method": recipe.method,
            "models": {name: str(places[name]) for name in recipe.all_models},
            "layers": plan.num_layers,
            "tensors": len(plan.tensors),
            "parameters": sum(tensor.size for tensor in plan.tensors),
            "bytes": plan.bytes,
            "peakBytes": plan.peak_bytes,
            "dryRun": True,
        }
    if out is None:
        raise ForgeError(
            "validation", "There is no folder to write into; give --out DIR.", {"code": "required"}
        )
    stream = None if quiet else sys.stderr
    return merge(recipe, places, Path(out), shard_bytes=shard_bytes, progress=stream).to_json()


def _read(config: str) -> Any:
    try:
        text = sys.stdin.read() if config == "-" else Path(config).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise ForgeError(
            "validation", f"{config} cannot be read: {error}.", {"code": "missing_file"}
        ) from error
    except (ValueError, RecursionError) as error:
        message = f"{config} is not JSON: {error}. `forge merge` reads YAML."
        raise ForgeError("validation", message, {"code": "malformed_json"}) from error
