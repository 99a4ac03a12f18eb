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
    run.add_argument(
        "--ranks",
        default="1",
        metavar="N",
        help="processes that share the job's training on this machine; gpu: one per CUDA device (default: 1)",
    )
    run.set_defaults(command=_run)
    properties = commands.add_parser(
        "properties", help="measure a model folder and print its properties as JSON"
    )
    properties.add_argument(
        "folder", type=Path, metavar="DIR", help="folder with model.safetensors and its neighbours"
    )
    properties.set_defaults(command=_properties)
    evidence = commands.add_parser("evidence", help="run experiments and write their records, or the claims")
    evidence.add_argument(
        "experiment",
        nargs="?",
        default="all",
        metavar="ID",
        help="an id such as E1; a group: merge (E3A, E3B, E3C, E3D), quietstar (E4), bake (E11, E11B), tools"
        " (E17), codecs (E18), onnx (E12), spot (SPOT-CKPT, SPOT), ood (E14) or automotive (E14, E15, E16);"
        " `claims` for the ledger alone; or all (default)",
    )
    evidence.add_argument("--tier", choices=("ci", "full"), default="ci", help="ci is a smoke run (default)")
    evidence.add_argument(
        "--seeds", metavar="LIST", help="paired seeds (default: those of the full record, or 1,2,3)"
    )
    evidence.add_argument("--folder", type=Path, default=Path("evidence"), metavar="DIR", help="of records")
    evidence.add_argument("--ledger", type=Path, default=Path("docs/claims.md"), metavar="FILE")
    evidence.add_argument(
        "--verdicts", type=Path, default=Path("contracts/claim-verdicts.json"), metavar="FILE"
    )
    evidence.set_defaults(command=_evidence)
    _add_merge(commands)
    _add_convert(commands)
    _add_export(commands)
    _add_decode(commands)
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


def _add_merge(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    merge = commands.add_parser("merge", help="merge model folders by a recipe and print the result as JSON")
    merge.add_argument("config", metavar="FILE", help="the recipe as JSON; - reads standard input")
    merge.add_argument("--out", metavar="DIR", help="folder to make")
    merge.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="where a model that the recipe names lies",
    )
    merge.add_argument("--seed", type=int, metavar="N", help="of random masks, instead of the recipe's")
    merge.add_argument("--shard-bytes", type=int, metavar="N", help="most bytes per weight file")
    merge.add_argument("--dry-run", action="store_true", help="plan only")
    merge.add_argument("--quiet", action="store_true", help="no progress")
    merge.set_defaults(command=_merge)


def _add_convert(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    convert = commands.add_parser("convert", help="make safetensors of a .pt file in a limited process")
    convert.add_argument("file", metavar="FILE", help="a file that torch wrote")
    convert.add_argument("--out", required=True, metavar="DIR", help="folder to make")
    convert.set_defaults(command=_convert)


def _add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = commands.add_parser("export", help="write a model folder in the form that other programs load")
    export.add_argument("--model", required=True, type=Path, metavar="DIR", help="folder of the model")
    export.add_argument("--to", required=True, choices=("hf", "gguf", "onnx", "safetensors"))
    export.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to make")
    export.add_argument("--record", type=Path, metavar="FILE", help="metadata document, for the model card")
    export.add_argument("--corpus", type=Path, metavar="FILE", help="held-out text to measure the loss on")
    export.add_argument(
        "--leave-out", default="", metavar="LIST", help="what may be lost: memory,thought,act"
    )
    export.set_defaults(command=_export)


def _add_decode(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    decode = commands.add_parser("decode", help="write what a compressed model holds as a model folder")
    decode.add_argument("file", type=Path, metavar="FILE", help="compressed.forge of phase 8")
    decode.add_argument("--tokenizer", required=True, type=Path, metavar="FILE", help="its tokenizer.json")
    decode.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to make")
    decode.set_defaults(command=_decode)


def _decode(options: argparse.Namespace) -> int:
    from agent_forge.compression.command import run_decode

    return run_decode(options.file, options.tokenizer, options.out)


def _run(options: argparse.Namespace) -> int:
    # Imported per command: `--help` must not wait for what a job needs.
    from agent_forge.entrypoint import run_job

    if options.ranks == "1":
        return run_job(options.task, os.environ)
    from agent_forge.errors import ForgeError
    from agent_forge.rank_launcher import count_ranks, run_ranks

    try:
        ranks = count_ranks(options.ranks, os.environ)
    except ForgeError as error:
        sys.stderr.write(f"agent_forge: {error.kind}: {error.message}\n")
        return error.exit_code
    return run_job(options.task, os.environ) if ranks == 1 else run_ranks(ranks, options.task, os.environ)


def _fork_server(options: argparse.Namespace) -> int:
    from agent_forge.fork_server.command import run_fork_server

    return run_fork_server(options.socket, options.idle_seconds)


def _evidence(options: argparse.Namespace) -> int:
    from agent_forge.experiments.command import Ledgers, run_evidence

    return run_evidence(
        options.experiment, options.tier, options.seeds, options.folder,
        Ledgers(options.ledger, options.verdicts),
    )  # fmt: skip


def _convert(options: argparse.Namespace) -> int:
    from agent_forge.conversion.command import run_convert

    return run_convert(options.file, options.out)


def _export(options: argparse.Namespace) -> int:
    from agent_forge.export.command import run_export

    return run_export(
        options.model, options.to, options.out,
        record=options.record, corpus=options.corpus, leave_out=options.leave_out,
    )  # fmt: skip


def _merge(options: argparse.Namespace) -> int:
    from agent_forge.merging.command import run_merge

    return run_merge(
        options.config,
        options.out,
        folders=dict(pair.partition("=")[::2] for pair in options.model),
        seed=options.seed,
        shard_bytes=options.shard_bytes,
        dry_run=options.dry_run,
        quiet=options.quiet,
    )


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
