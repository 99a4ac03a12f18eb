"""What every job needs and takes seconds to import. Importing must be all that happens here.

A fork copies one thread only. Had this process run a tensor operation, the copy would wait for ever for the
pool's other threads, and its random generators would have moved; so the number of threads is checked.
"""

import gc
import importlib
import sys
import traceback
from pathlib import Path

from agent_forge.errors import ForgeError

MODULES = (
    "numpy",
    "numpy.random",
    "torch",
    # Every optimizer imports it when it is made: 800 modules, most of a second.
    "torch._dynamo",
    "torch.profiler",
    "safetensors.torch",
    "tokenizers",
    "jsonschema",
    "agent_forge.entrypoint",
    "agent_forge.determinism",
    "agent_forge.context",
)
THREADS = Path("/proc/self/task")


def preload() -> None:
    """Import the modules of a job and those of all phases.

    Raises:
        ImportError: a package of the requirements is missing.
        ForgeError(bug): something that was imported started a thread.
    """
    for name in MODULES:
        importlib.import_module(name)
    _preload_phases()
    refuse_threads()
    # What is there now stays for ever: the collector of a child must not touch, and so copy, its pages.
    gc.collect()
    gc.freeze()


def _preload_phases() -> None:
    from agent_forge.registry import PHASES, load_phase

    for slug in PHASES:
        try:
            load_phase(slug, PHASES)
        except Exception:
            # The job of that phase says it again, in its own log; the other phases work.
            traceback.print_exc(file=sys.stderr)


def refuse_threads() -> None:
    """Check that this process has one thread, where the system can tell.

    Raises:
        ForgeError(bug): it has more.
    """
    count = len(list(THREADS.iterdir())) if THREADS.is_dir() else 1
    if count > 1:
        raise ForgeError(
            "bug",
            f"The fork server has {count} threads after its imports; expected 1. Start it with"
            " OMP_NUM_THREADS=1, and look for a module that starts threads or computes when it is imported.",
        )
