"""Files 04, 11, 15, 16 and 17: where it all comes from, what is let in, of what it is made, that it fits."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent_forge.automotive.pack.bill_of_materials import bill, npm_components, python_components
from agent_forge.automotive.pack.files import TEMPLATE, PackFile
from agent_forge.automotive.pack.signature import digest_of, holds, signed
from agent_forge.automotive.v2x.fuzz import fuzz
from agent_forge.automotive.v2x.profiles import PROFILES
from agent_forge.automotive.v2x.validator import Plausible, rules
from agent_forge.environment import evidence_key
from agent_forge.phases.deployment.adapter import Desk
from agent_forge.phases.deployment.automotive.figures import Figures

LOCK = Path(__file__).resolve().parents[5] / "package-lock.json"
COMPARED = tuple(f"{number:02d}" for number in range(2, 12))


def lineage_file(desk: Desk) -> PackFile:
    """The model's files, its parents, the corpus, seed and settings, as this job was handed them."""
    figures, context = Figures(desk), desk.context
    files = {path.name: _sha256(path) for path in sorted(desk.model.iterdir()) if path.is_file()}
    graph = {path.name: _sha256(path) for path in sorted(desk.chosen.folder.iterdir()) if path.is_file()}
    corpus, documents = hashlib.sha256(), 0
    for document in context.corpus():
        corpus.update(f"{document.id}\0{document.text}\0".encode())
        documents += 1
    figures.add("lineage_files", len(files) + len(graph), "files hashed")
    figures.add("lineage_inputs", len(context.input_models()), "models")
    figures.add("lineage_documents", documents, "documents of the corpus")
    return figures.file(
        "04", runId=context.run_id, seed=context.seed, settings=desk.config.to_json(), model=files,
        graph=graph,
        inputs=[asdict(each) for each in context.input_models()], corpusSha256=corpus.hexdigest(),
        elsewhere="Merge parents, phases, checkpoints and the corpus's licence stand in the lineage"
        " of the input models; the code's hash stands in this job's result. The image's digest is not known"
        " inside.",
    )  # fmt: skip


def validation_file(desk: Desk) -> PackFile:
    """Ranges, rules and reactions of the message validator, and what broken messages did to it."""
    figures, plausible = Figures(desk), Plausible()
    cases = int(desk.config.own("automotive")["fuzz_cases"])
    for name, value in fuzz(cases, desk.context.seed).items():
        figures.add(f"fuzz_{name}", value, "messages")
    profiles = {
        name: {field: asdict(coded) for field, coded in profile.fields.items()}
        for name, profile in PROFILES.items()
    }
    return figures.file(
        "11", profiles=profiles, rules=dict(rules(plausible)), plausible=asdict(plausible),
        reaction="a message that breaks a rule is not used and counted by that rule",
        source="ranges as recalled from SAE J2735 and ETSI EN 302 637-2: compare with them before use",
    )  # fmt: skip


def materials_file(desk: Desk) -> PackFile:
    """CycloneDX of this process's Python packages, and of npm's lock file where it lies beside the code."""
    figures, python, npm = Figures(desk), python_components(), npm_components(LOCK)
    figures.add("sbom_python_packages", len(python), "packages")
    figures.add("sbom_npm_packages", len(npm), "packages")
    made = figures.file("15")
    document = bill([*python, *npm], "agent-forge", desk.context.run_id)
    return PackFile("15", made.status, document, made.records)


def signature_file(desk: Desk, texts: Mapping[str, str]) -> PackFile:
    """Hashes of all other files, signed where there is a key, and checked again."""
    figures, key = Figures(desk), evidence_key(os.environ)
    content = signed({name: digest_of(text) for name, text in texts.items()}, key)
    figures.add("signature_files", len(texts), "files hashed")
    figures.add("signature_holds", float(holds(content, texts, key)), "1 = yes, 0 = no")
    figures.add("signature_by_key", float(key is not None), "1 = signed, 0 = hashes alone")
    return figures.file("16", **content)


def change_file(files: Sequence[PackFile]) -> PackFile:
    """What a later release compares 02 to 11 with; this job knows no earlier one."""
    hashes: dict[str, Any] = {each.name: digest_of(each.text()) for each in files if each.number in COMPARED}
    return PackFile("17", TEMPLATE, {"previous": None, "changes": [], "thisRelease": hashes})


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
