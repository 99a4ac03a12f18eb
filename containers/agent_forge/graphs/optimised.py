"""Graphs that onnxruntime has optimised for this machine, kept under what they hold for.

An optimised graph is for one runtime and one processor: the graph as it was traced is what is published, and
this is a cache beside it that may be deleted at any time.
"""

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnxruntime

from agent_forge.graphs.files import DATA, GRAPH

CPU_FACTS = Path("/proc/cpuinfo")


def optimised_graph(folder: Path, document: Mapping[str, Any], cache: Path) -> Path:
    """The optimised graph, made where it is not there yet.

    Args:
        folder: of the graph.
        document: its graph.json, whose hashes name what is optimised.
        cache: where optimised graphs are kept.
    """
    target = cache / cache_key(document)
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            made = Path(work) / "made"
            made.mkdir()
            _optimise(folder / GRAPH, made / GRAPH)
            try:
                made.rename(target)
            except OSError:
                if not target.is_dir():  # two at once make the same: the second leaves the first one's
                    raise
    return target / GRAPH


def _optimise(source: Path, target: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = 1
    options.optimized_model_filepath = str(target)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", DATA)
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", "1024"
    )
    options.log_severity_level = 3  # it warns that the result is for this machine, which is what it is for
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def cache_key(document: Mapping[str, Any], runtime: str = onnxruntime.__version__, flags: str = "") -> str:
    """Hex name of what an optimised graph holds for: its files, the runtime's version, the processor's flags.

    Args:
        runtime: version of onnxruntime.
        flags: of the processor; those of this machine where nothing is given.
    """
    files = sorted(each["sha256"] for each in document["files"])
    facts = {"files": files, "runtime": runtime, "flags": flags or cpu_flags()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def cpu_flags() -> str:
    """What the processor can do, in one string."""
    try:
        lines = CPU_FACTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    flags = next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())
    return " ".join(sorted(flags.partition(":")[2].split()))
