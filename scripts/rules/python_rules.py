"""Judges Python files by their syntax tree: function length, switched-off tests, formats that run code.

Called by python-rules.mjs: arguments are the root folder and the longest allowed function, the relative
paths come on stdin, one per line; the findings go to stdout as one JSON list. Standard library only.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
UNSAFE_CALLS = {"torch.load", "torch.save"}
# The one place that reads a pickle: tensors only, in a process that may do nothing else.
LIMITED_READER = ("containers/agent_forge/conversion/child.py", "torch.load")
SWITCHES = {
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.mark.xfail",
    "pytest.skip",
    "pytest.xfail",
    "pytest.importorskip",
    "unittest.skip",
    "unittest.skipIf",
    "unittest.skipUnless",
    "unittest.expectedFailure",
}
Finding = dict[str, object]


def dotted_name(node: ast.AST) -> str:
    """Returns `a.b.c` for a chain of attributes, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def imported_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Returns every dotted name that an import statement reaches."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = node.module or ""
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]


def unsafe(names: list[str]) -> list[str]:
    """Returns those of the names that load or store objects which may run code."""
    return [name for name in names if name in UNSAFE_CALLS or name.split(".")[0] in UNSAFE_MODULES]


def judge(path: str, tree: ast.AST, longest: int) -> Iterator[Finding]:
    """Yields the findings of one file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > longest:
                text = f"function {node.name} has {lines} lines, at most {longest}: give its parts names."
                where = {"path": path, "line": node.lineno, "name": node.name}
                yield {**where, "rule": "function-lines", "message": text}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for name in unsafe(imported_names(node))[:1]:
                yield unsafe_finding(path, node.lineno, name)
        elif isinstance(node, ast.Attribute):
            name = dotted_name(node)
            if name in UNSAFE_CALLS and (path, name) != LIMITED_READER:
                yield unsafe_finding(path, node.lineno, name)
            if name in SWITCHES:
                text = f"{name} switches tests off; make the test true or delete it."
                yield {"path": path, "line": node.lineno, "rule": "switched-test", "message": text}


def unsafe_finding(path: str, line: int, name: str) -> Finding:
    """Returns the finding for a format that can run code when it is read."""
    text = f"{name} can run code when it is read; use safetensors or JSON."
    return {"path": path, "line": line, "rule": "unsafe-format", "name": name, "message": text}


def main() -> None:
    """Reads the paths, writes the findings."""
    root, longest = Path(sys.argv[1]), int(sys.argv[2])
    found: list[Finding] = []
    for path in sys.stdin.read().splitlines():
        try:
            tree = ast.parse((root / path).read_text("utf-8"), path)
        except SyntaxError as error:
            text = f"Python cannot parse it: {error.msg}"
            found.append({"path": path, "line": error.lineno, "rule": "syntax", "message": text})
            continue
        found.extend(judge(path, tree, longest))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
