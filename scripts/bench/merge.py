"""Merges of three models as whole processes, interpreter and all, beside plain numpy loops over their files.

CPU seconds and peak memory are the kernel's, of each process alone. This process imports nothing large: what
it starts would count its pages. Figures are printed as one line of JSON.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROUNDS = {"full": 5, "tiny": 1}
LIMIT = Path(__file__).with_name("merge_limit.py")


def recipe(method: str, models: str, **more: Any) -> dict[str, Any]:
    """A recipe over the folders."""
    return {"merge_method": method, "models": [{"model": name} for name in models], **more}


RECIPES = {
    "linear": recipe("linear", "abc", parameters={"weight": 1}),
    "slerp": recipe("slerp", "ab", base_model="a", parameters={"t": 0.4}),
    "ties": recipe("ties", "abc", base_model="base", parameters={"weight": 1, "density": 0.5}),
    "dare_ties": recipe("dare_ties", "abc", base_model="base", parameters={"weight": 0.5, "density": 0.5}),
}


def measured(command: list[str], root: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one process.

    Raises:
        RuntimeError: it failed.
    """
    with (root / "said").open("wb") as said:
        child = subprocess.Popen([sys.executable, *command], cwd=root, stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command} ended with {status}: {(root / 'said').read_text()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def merge_once(name: str, root: Path) -> tuple[float, float]:
    """One merge by the package."""
    shutil.rmtree(root / "out", ignore_errors=True)
    file = root / f"{name}.json"
    file.write_text(json.dumps(RECIPES[name]), encoding="utf-8")
    return measured(["-m", "agent_forge", "merge", file.name, "--out", "out", "--quiet"], root)


def plain_once(name: str, root: Path) -> tuple[float, float]:
    """One merge by the plain loop."""
    return measured([str(LIMIT), name, str(root), "plain.safetensors"], root)


def figures(seconds: dict[str, list[float]], peaks: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Each method beside its limit."""
    plain = {"of": "ratio", "op": "<=", "bound": 1.5}
    small = {"of": "value", "op": "<=", "bound": 300}

    def cpu(name: str, limit: str, what: str, **targets: Any) -> dict[str, Any]:
        beside = {"what": what, "values": seconds[limit]}
        return {"name": name, "unit": "CPU s", "values": seconds[name], "limit": beside, **targets}

    sums = "our own linear merge"
    return [
        cpu("linear", "plain linear", "plain numpy loop, three models", floor=plain, aim=plain),
        cpu("slerp", "plain slerp", "plain numpy loop, two models", floor=plain, aim=plain),
        cpu("ties", "linear", sums, floor={"of": "ratio", "op": "<=", "bound": 6}),
        cpu("dare_ties", "linear", sums),
        *(
            {"name": f"{name}, peak memory", "unit": "MB", "values": peaks[name], "floor": small}
            for name in RECIPES
        ),
    ]


def main(size: str, folder: Path) -> None:
    """Print the figures."""
    measured([str(LIMIT), "models", size, str(folder)], folder)
    seconds: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    for _ in range(ROUNDS[size]):
        turns = {f"plain {name}": (plain_once, name) for name in ("linear", "slerp")}
        turns |= {name: (merge_once, name) for name in RECIPES}
        for label, (once, name) in turns.items():
            cpu, peak = once(name, folder)
            seconds.setdefault(label, []).append(cpu)
            peaks.setdefault(label, []).append(peak)
    sys.stdout.write(json.dumps(figures(seconds, peaks)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
