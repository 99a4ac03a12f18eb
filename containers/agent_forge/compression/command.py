"""`python -m agent_forge decode`: a compressed file as a model folder, whole or not at all."""

import json
import sys
from pathlib import Path

from agent_forge.compression.decoded import decode_to_folder
from agent_forge.errors import ForgeError, classify
from agent_forge.merging.output_folder import refuse_occupied, staged


def run_decode(file: Path, tokenizer: Path, out: Path) -> int:
    """Run the command; the exit code. One JSON document goes to stdout.

    Args:
        out: folder to make; it must not exist, or be empty.
    """
    try:
        refuse_occupied(out)
        with staged(out) as staging:
            weights = decode_to_folder(file, staging, _read(tokenizer))
        document, code = {"result": {"schemaVersion": 1, "out": str(out), "weights": weights}}, 0
    except Exception as error:
        failure = classify(error)
        document, code = {"error": failure.to_json()}, failure.exit_code
    sys.stdout.write(json.dumps(document) + "\n")
    return code


def _read(tokenizer: Path) -> str:
    try:
        return tokenizer.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ForgeError("validation", f"{tokenizer} cannot be read as a tokenizer: {error}.") from error
