"""Command line of the container: `python -m agent_forge run --task URI`. Data on stdout, talk on stderr."""

import argparse
import json
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code.

    Args:
        arguments: without the program's name; None for the process's own.
    """
    options = _parser().parse_args(arguments)
    code: int = options.command(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agent_forge", description="Agent Forge's container.")
    commands = parser.add_subparsers(required=True, metavar="command")
    run = commands.add_parser("run", help="run one job of one stage of a phase")
    run.add_argument(
        "--task", required=True, metavar="URI", help="address of the task spec (file:// or s3://)"
    )
    run.set_defaults(command=_run)
    properties = commands.add_parser(
        "properties", help="measure a model folder and print its properties as JSON"
    )
    properties.add_argument(
        "folder", type=Path, metavar="DIR", help="folder with model.safetensors and its neighbours"
    )
    properties.set_defaults(command=_properties)
    evidence = commands.add_parser("evidence", help="run an experiment and write its record, or the claims")
    evidence.add_argument("experiment", metavar="ID", help="for example E1, or `claims` for the ledger alone")
    evidence.add_argument("--tier", choices=("ci", "full"), default="ci", help="ci is a smoke run (default)")
    evidence.add_argument("--seeds", default="1,2,3", metavar="LIST", help="paired seeds (default: 1,2,3)")
    evidence.add_argument("--folder", type=Path, default=Path("evidence"), metavar="DIR", help="of records")
    evidence.add_argument("--ledger", type=Path, default=Path("docs/claims.md"), metavar="FILE")
    evidence.set_defaults(command=_evidence)
    fork_server = commands.add_parser(
        "fork-server", help="keep a warm interpreter that starts jobs by forking"
    )
    fork_server.add_argument(
        "--socket", required=True, metavar="PATH", help="Unix socket; appears when everything is loaded"
    )
    fork_server.add_argument(
        "--idle-seconds",
        type=float,
        default=600.0,
        metavar="N",
        help="end after so long without a client and without a job (default: 600)",
    )
    fork_server.set_defaults(command=_fork_server)
    return parser


def _run(options: argparse.Namespace) -> int:
    # Imported per command: `--help` must not wait for what a job needs.
    from agent_forge.entrypoint import run_job

    return run_job(options.task, os.environ)


def _fork_server(options: argparse.Namespace) -> int:
    from agent_forge.fork_server.command import run_fork_server

    return run_fork_server(options.socket, options.idle_seconds)


def _evidence(options: argparse.Namespace) -> int:
    from agent_forge.experiments.command import run_evidence

    return run_evidence(options.experiment, options.tier, options.seeds, options.folder, options.ledger)


def _properties(options: argparse.Namespace) -> int:
    from agent_forge.errors import classify
    from agent_forge.properties import measure_model

    try:
        sys.stdout.write(json.dumps(measure_model(options.folder), indent=2) + "\n")
    except Exception as error:
        failure = classify(error)
        sys.stderr.write(f"agent_forge: {failure.kind}: {failure.message}\n")
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
