"""All 17 files in their order, the index and the manifest; each is published as an artifact of the run."""

from agent_forge.automotive.pack.files import TEMPLATE, PackFile
from agent_forge.automotive.pack.index import INDEX, MANIFEST, index_page, manifest
from agent_forge.phases.deployment.adapter import Desk
from agent_forge.phases.deployment.automotive.declared import (
    element_file,
    hazard_file,
    requirement_files,
    tools_file,
)
from agent_forge.phases.deployment.automotive.performance import data_file, performance_file, robustness_file
from agent_forge.phases.deployment.automotive.provenance import (
    change_file,
    lineage_file,
    materials_file,
    signature_file,
    validation_file,
)
from agent_forge.phases.deployment.automotive.reader import Reader
from agent_forge.phases.deployment.automotive.running import latency_file, memory_file, runtime_file
from agent_forge.phases.deployment.automotive.strange_inputs import calibrate, monitor_file


def write_pack(desk: Desk) -> None:
    """Measure, write and publish the pack.

    Raises:
        ForgeError(validation): too little held-out text to calibrate on, or a text claims what is never
            claimed.
    """
    files = measured_files(desk)
    texts = {each.name: each.text() for each in files}
    # The signature covers every file but itself; the manifest covers it as well.
    files = sorted([*files, signature_file(desk, texts)], key=lambda each: each.number)
    texts = {each.name: each.text() for each in files}
    facts = {
        "run": desk.context.run_id, "deployed graph": desk.choice.variant, "load": desk.choice.load.name,
        "left to fill": ", ".join(each.name for each in files if each.status == TEMPLATE),
    }  # fmt: skip
    texts[INDEX] = index_page(files, texts, facts)
    for each in files:
        desk.write(each.name, texts[each.name], each.media_type)
    desk.write(INDEX, texts[INDEX], "text/html")
    desk.write(MANIFEST, manifest(files, texts), "application/json")


def measured_files(desk: Desk) -> list[PackFile]:
    """All but the signature."""
    element = element_file(desk)  # refused at once where it claims too much: measuring takes long
    element.text()
    reader = Reader(desk, int(desk.config.own("automotive")["window"]))
    watch = calibrate(desk, reader)
    latency, p99_ms = latency_file(desk, reader, watch)
    files = [
        element, *requirement_files(desk), lineage_file(desk), data_file(desk, watch),
        performance_file(desk, reader, watch, p99_ms), robustness_file(desk, reader, watch), latency,
        memory_file(desk, reader, watch), monitor_file(desk, reader, watch), validation_file(desk),
        runtime_file(desk, reader, watch), hazard_file(), tools_file(), materials_file(desk),
    ]  # fmt: skip
    return [*files, change_file(files)]
