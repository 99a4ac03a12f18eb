"""What may be asked of the fork server: one JSON object per line, checked before anything is done."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from agent_forge.errors import ForgeError

PATHS = ("cwd", "stdoutPath", "stderrPath", "claimPath", "exitPath")
MEMBERS = {"ping": set[str](), "retire": set[str](), "launch": {"args", "env", *PATHS}}


@dataclass(frozen=True)
class Launch:
    """One job to start.

    Args:
        args: what follows `python -m agent_forge`; begins with `run`.
        env: the job's whole environment.
        cwd: its working directory.
        stdout_path: standard output is appended to it.
        stderr_path: standard error is appended to it.
        claim_path: created exclusively before the job runs.
        exit_path: appears when the job has ended.
    """

    args: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    stdout_path: str
    stderr_path: str
    claim_path: str
    exit_path: str


def parse_request(line: bytes) -> dict[str, Any]:
    """One line of a client: an object with `id`, `type` and exactly the members of its type.

    Raises:
        ForgeError(validation): it is something else.
    """
    try:
        document = json.loads(line)
    except ValueError as error:
        raise _refusal(f"is no JSON ({error})") from error
    if not isinstance(document, dict):
        raise _refusal(f"is a {type(document).__name__}; expected an object")
    kind, number = document.get("type"), document.get("id")
    if not isinstance(kind, str) or kind not in MEMBERS:
        raise _refusal(f"has type {kind!r}; expected one of {', '.join(MEMBERS)}")
    if type(number) is not int:
        raise _refusal(f"has id {number!r}; expected a whole number")
    expected = {"id", "type", *MEMBERS[kind]}
    if set(document) != expected:
        raise _refusal(f"has members {sorted(document)}; {kind} expects {sorted(expected)}")
    return document


def parse_launch(document: Mapping[str, Any]) -> Launch:
    """The job that a `launch` asks for.

    Raises:
        ForgeError(validation): a member has the wrong type or value.
    """
    args, env = document["args"], document["env"]
    if not isinstance(args, list) or not all(map(_is_text, args)) or args[:1] != ["run"]:
        raise _refusal(f"has args {args!r}; expected a list of strings that begins with 'run'")
    if not isinstance(env, dict) or not all(map(_is_variable, env.items())):
        raise _refusal("has an env that is not an object of names and strings")
    for name in PATHS:
        if not _is_text(document[name]) or not PurePath(document[name]).is_absolute():
            raise _refusal(f"has {name} {document[name]!r}; expected an absolute path")
    cwd, stdout_path, stderr_path, claim_path, exit_path = (document[name] for name in PATHS)
    return Launch(tuple(args), env, cwd, stdout_path, stderr_path, claim_path, exit_path)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_variable(item: tuple[str, object]) -> bool:
    name, value = item
    return _is_text(name) and _is_text(value) and name != "" and "=" not in name


def _refusal(what: str) -> ForgeError:
    return ForgeError("validation", f"The request {what}. Nothing was started.")
