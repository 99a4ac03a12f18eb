"""Who may import whom, and what nobody may call; read from the source, so it holds for code no test runs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "agent_forge"
# Ground that every part may stand on: kinds of errors, the clock, the phase protocol, seeds, names of files.
GROUND = {"errors", "clock", "phase", "identity", "environment", "contracts", "determinism", "model_files"}
# What phases have in common beside computing: their settings, their stages, their gates, what they publish.
SHARED = {"settings", "stages", "gates", "artifacts"}
# A part, and the other parts it may import. What is not listed (entrypoint, context, ...) may import all but
# phases: only the registry names those, and it imports them by name when one is asked for.
LAYERS = {
    "models": {"errors", "model_files"},
    "data": {"models"} | GROUND,
    "evaluation": {"models", "data"} | GROUND,
    "training": {"models", "data", "evaluation", "ranks"} | GROUND,
    "merging": {"errors", "code_hash", "model_files"},
    "conversion": {"errors", "process_limits"},
    "codecs": {"models", "errors"},
    "compression": {"models", "codecs", "merging", "errors"},
    "tools": {"models", "data", "process_limits"} | GROUND,
    "graphs": {"models", "data", "storage"} | GROUND,
    "export": {"models", "data", "evaluation", "merging", "graphs", "errors", "model_files"},
    "evolution": {"errors"},
    "automotive": {"errors"},
    "storage": {"errors"},
    "tracking": {"errors", "clock", "identity"},
    "checkpoint": {"storage", "tracking", "ranks"} | GROUND,
    "phases": {"models", "data", "evaluation", "training", "merging", "evolution"}
    | {"codecs", "automotive", "tools", "graphs", "compression"}
    | SHARED
    | GROUND,
}
# A vendor's package, and the one file or folder that may know it.
VENDORS = {
    "boto3": "storage/s3.py",
    "botocore": "storage/s3.py",
    "wandb": "tracking/wandb.py",
    "transformers": "export/remote_code/",
    "gguf": "export/gguf_file.py",
    "onnx": "graphs/",
    "onnxruntime": "graphs/",
}
# Parts that keep to few packages: models run wherever torch does, a merge starts without torch's 2.7 seconds.
MAY_USE = {
    "models": {"torch", "safetensors"},
    "merging": {"numpy"},
    "codecs": {"torch", "numpy"},
    "automotive": {"numpy"},
}
# Formats that run code when they are read.
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
# The one place that reads a pickle, with tensors only, in a process that may do nothing else.
LIMITED_READER = ("conversion/child.py", "torch.load")
UNSAFE_CALLS = {"torch.load", "torch.save", "torch.hub", "torch.package", "numpy.load", "np.load"}


def findings(path: str, source: str) -> list[str]:
    """What is wrong with one file.

    Args:
        path: below the package, for example `phases/cognate/phase.py`.
        source: its text.
    """
    tree = ast.parse(source)
    imports = list(_imports(tree, path))
    return [
        f"{path}: {problem}"
        for problem in [
            *(problem for name in imports for problem in _direction(path, name)),
            *(f"imports {name}" for name in imports if name.partition(".")[0] in UNSAFE_MODULES),
            *(
                f"uses {name}"
                for name in [*imports, *_attributes(tree)]
                if name in UNSAFE_CALLS and (path, name) != LIMITED_READER
            ),
        ]
    ]


def _imports(tree: ast.AST, path: str) -> Iterator[str]:
    """Dotted names of everything a file imports, relative imports resolved."""
    package = ["agent_forge", *Path(path).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _attributes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def _direction(path: str, name: str) -> Iterator[str]:
    part, top = Path(path).parts[0].removesuffix(".py"), name.partition(".")[0]
    if not path.startswith(VENDORS.get(top, path)):
        yield f"imports {top}, which only {VENDORS[top]} may"
    packages = MAY_USE.get(part)
    if packages is not None and top not in packages | {"agent_forge"} and not _is_standard(top):
        yield f"imports {top}; {part} may use {' and '.join(sorted(packages))} only"
    if top != "agent_forge":
        return
    target = ([*name.split("."), ""])[1]
    if part in LAYERS and target != part and target not in LAYERS[part]:
        yield f"imports {name}, but {part} may import {', '.join(sorted(LAYERS[part]))}"
    if target == "phases" and part != "phases":
        yield f"imports {name}; phases are found through the registry"
    if part == target == "phases" and Path(path).parts[1] != ([*name.split("."), ""])[2]:
        yield f"imports {name}; phases meet through artifacts, never in code"


def _is_standard(top: str) -> bool:
    import sys

    return top in sys.stdlib_module_names


def test_every_file_of_the_package_keeps_the_rules() -> None:
    # given
    files = sorted(PACKAGE.rglob("*.py"))
    # when
    found = [
        line
        for path in files
        for line in findings(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
    ]
    # then
    assert found == []
    assert len(files) > 30


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("phases/cognate/phase.py", "from agent_forge.phases.evomerge import phase"),
        ("phases/cognate/phase.py", "from ..evomerge.fitness import score"),
        ("training/loop.py", "from agent_forge.stages import run_stage"),
        ("phases/cognate/phase.py", "from agent_forge.storage.local import LocalStorage"),
        ("phases/cognate/phase.py", "import agent_forge.checkpoint.store"),
        ("phases/cognate/phase.py", "def run():\n    from agent_forge.context import JobContext"),
        ("models/titan.py", "import numpy"),
        ("codecs/raw.py", "from agent_forge.evaluation.held_out import score_model"),
        ("codecs/raw.py", "import zstandard"),
        ("merging/merge.py", "import torch"),
        ("merging/merge.py", "def run():\n    import torch"),
        ("merging/merge.py", "from safetensors.torch import load_file"),
        ("merging/merge.py", "from agent_forge.models.folder import read_config"),
        ("models/titan.py", "from agent_forge.phase import PhaseContext"),
        ("storage/local.py", "from agent_forge.tracking import events"),
        ("checkpoint/store.py", "from agent_forge import registry"),
        ("entrypoint.py", "from agent_forge.phases.cognate.phase import run"),
        ("storage/local.py", "import boto3"),
        ("evaluation/held_out.py", "from transformers import AutoModel"),
        ("tracking/jsonl.py", "import wandb"),
        ("context.py", "import pickle"),
        ("context.py", "from pickle import loads"),
        ("checkpoint/files.py", "import torch\ntorch.save({}, 'x')"),
        ("checkpoint/files.py", "from torch import load"),
        ("data/batches.py", "import numpy as np\nnp.load('x')"),
    ],
)
def test_a_file_that_breaks_a_rule_is_found(path: str, source: str) -> None:
    assert findings(path, source) != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("phases/cognate/phase.py", "from agent_forge.phases.cognate.variants import VARIANTS"),
        (
            "phases/cognate/phase.py",
            "from .variants import VARIANTS\nfrom agent_forge.models.titan import TinyTitan",
        ),
        ("models/titan.py", "import math\nimport torch\nfrom safetensors.torch import load_file"),
        ("storage/s3.py", "import boto3\nfrom botocore.exceptions import ClientError"),
        ("checkpoint/store.py", "from agent_forge.storage.blobs import BlobStore"),
    ],
)
def test_a_file_that_keeps_the_rules_is_left_alone(path: str, source: str) -> None:
    assert findings(path, source) == []
