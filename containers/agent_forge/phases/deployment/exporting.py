"""The stage that makes graphs: what the target makes of the model, traced, made smaller, compared, scored."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from agent_forge.artifacts import publish_json
from agent_forge.data.streams import spread_rows, streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.document import facts_of, read_document, state_bytes, write_document
from agent_forge.graphs.parity import parity, random_batches, stepwise_parity, text_batches
from agent_forge.graphs.quantise import write_int4, write_int8
from agent_forge.graphs.session import GraphSession
from agent_forge.graphs.trace import write_graph
from agent_forge.models.config import ArchConfig, ModelConfig
from agent_forge.models.folder import load_child, load_model, save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.deployment.adapter import FP32, Streams
from agent_forge.phases.deployment.adapters import adapter_of
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.scoring import Scored, reader_of, score, torch_reader
from agent_forge.phases.deployment.shelf import publish_graph
from agent_forge.stages import input_model

SCORES, SHAPED = "scores", "shaped"
NATS, LOGITS, SHARE = "nats/token", "logits", "share of places"
CACHED = ("past_keys", "past_values")


def export_model(context: PhaseContext) -> None:
    """Make, compare and score all graphs; publish them, scores, and the model if it was changed."""
    config = DeploymentConfig.of(context.config)
    adapter = adapter_of(config.target)
    source = input_model(context, "deployment")
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    given = load_model(folder).eval()
    streams = streams_of(context, config, tokenizer, given.config)
    shaped = adapter.shape(context, config, load_child(folder, "deployment", context.seed), streams)
    origin = folder
    if shapes_differ(shaped, given):
        origin = context.work / SHAPED
        save_model(shaped, origin, tokenizer.json)
        parents = [Parent("deployed-from", model_id=source.model_id)]
        context.publish_model(SHAPED, SHAPED, origin, parents)
    context.tracker.progress(1, 4, "tracing")
    plain = dequantised(load_model(origin))
    folders = make_graphs(context, config, adapter.plan(config).variants, plain, origin)
    context.tracker.progress(2, 4, "comparing with torch")
    record_parity(context, config, plain, folders[FP32], streams.held_out)
    context.tracker.progress(3, 4, "scoring")
    publish_json(context, SCORES, scores_of(context, config, given, plain, folders, streams.held_out))
    for name, each in folders.items():
        publish_graph(context, name, each)
    context.tracker.progress(4, 4, "graphs are made")


def shapes_differ(shaped: TinyTitan, given: TinyTitan) -> bool:
    """Whether the target made another model: other sizes, or other values."""
    ours, theirs = shaped.state_dict(), given.state_dict()
    return any(
        ours[name].shape != tensor.shape or not bool((ours[name] == tensor).all())
        for name, tensor in theirs.items()
    )


def streams_of(
    context: PhaseContext, config: DeploymentConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> Streams:
    """Both sides of the corpus, the held-out one in halves."""
    least = 2 * max(2 * config.seq_len, 4 * config.parity_tokens) + 2
    found = streams_for(model, tokenizer, context.corpus(), config, least, context.seed)
    held_out, half = found["held_out"], len(found["held_out"]) // 2
    return Streams(tokenizer, found["train"], held_out[:half], held_out[half:])


def make_graphs(
    context: PhaseContext, config: DeploymentConfig, variants: Sequence[str], plain: TinyTitan, model: Path
) -> dict[str, Path]:
    """Folders of the graphs, fp32 first.

    Args:
        plain: the model without quantisation.
        model: its folder.

    Raises:
        ForgeError(validation): a variant that nobody can make.
    """
    facts = facts_of(plain.config, model)
    folders: dict[str, Path] = {}
    for name in variants:
        folder = context.work / "graphs" / name
        if name == FP32:
            write_graph(dequantised(plain), folder)
        elif name == "int8":
            write_int8(folders[FP32], folder)
        elif name == "int4":
            write_int4(folders[FP32], folder, config.block_size)
        else:
            raise ForgeError("validation", f"There is no variant {name!r}; expected fp32, int8 or int4.")
        write_document(folder, name, facts)
        folders[name] = folder
    return folders


def record_parity(
    context: PhaseContext, config: DeploymentConfig, plain: TinyTitan, folder: Path, held_out: Tensor
) -> None:
    """How far the fp32 graph is from torch, in one pass and token by token; what a state takes."""
    session, arch = GraphSession.open(folder, context.threads), plain.config.arch
    count, length = config.parity_batches, config.parity_tokens
    batches = [
        *random_batches(arch.vocab_size, count, length, context.seed),
        *text_batches(held_out, count, length),
    ]
    found = parity(session, plain, batches)
    stepwise = stepwise_parity(session, plain, batches[-1][:2])
    cached = [each for each in read_document(folder)["state"] if each["input"] in CACHED]
    for name, value, unit in (
        ("parity_difference", found.difference, LOGITS),
        ("parity_top1", found.top1, SHARE),
        ("parity_batches", float(len(batches)), "batches"),
        ("halting_ties", float(found.ties + stepwise.ties), "places"),
        ("stepwise_difference", stepwise.difference, LOGITS),
        ("cache_bytes", float(state_bytes(cached)), "bytes"),
        ("cache_bytes_expected", float(cache_bytes(arch)), "bytes"),
        ("state_bytes", float(session.document["stateBytesPerRow"]), "bytes"),
    ):
        record(context, f"{FP32}/{name}", value, unit, FP32)


def cache_bytes(arch: ArchConfig) -> int:
    """Bytes of keys and values of one row in fp32: 2 x blocks x heads x head width x (window - 1) x 4."""
    return 2 * arch.num_layers * arch.num_heads * arch.head_dim * (arch.window - 1) * 4


def scores_of(
    context: PhaseContext,
    config: DeploymentConfig,
    given: TinyTitan,
    plain: TinyTitan,
    folders: Mapping[str, Path],
    held_out: Tensor,
) -> dict[str, Any]:
    """Loss of the model that came in and of every graph, on the same rows with the same batches."""
    rows_RT = spread_rows(held_out, config.seq_len, len(held_out))
    before = score(torch_reader(given), rows_RT, config.eval_batch_size)
    reference = score(torch_reader(plain), rows_RT, config.eval_batch_size)
    record(context, "input/nats", before.nats, NATS, "input")
    variants = {}
    for name, folder in folders.items():
        session = GraphSession.open(folder, context.threads)
        found = score(reader_of(session), rows_RT, config.eval_batch_size)
        size = sum(path.stat().st_size for path in folder.iterdir())
        top1 = same_share(found, reference)
        variants[name] = {"bytes": size, "nats": found.nats, "top1": top1}
        for measure, value, unit in (
            ("nats", found.nats, NATS), ("dnats", found.nats - before.nats, NATS),
            ("top1", top1, SHARE), ("bytes", float(size), "bytes"),
            ("bytes_of_fp32", size / variants[FP32]["bytes"], "share of bytes"),
        ):  # fmt: skip
            record(context, f"{name}/{measure}", value, unit, name)
    return {"inputNats": before.nats, "variants": variants}


def same_share(found: Scored, reference: Scored) -> float:
    """Share of the places with the same first choice."""
    return float((found.choices_RT == reference.choices_RT).double().mean())


def record(context: PhaseContext, name: str, value: float, unit: str, model: str) -> None:
    """One metric record over held-out text."""
    context.tracker.record(
        name, value, unit, source=f"{__name__}.export_model", model=model, split="held_out"
    )
