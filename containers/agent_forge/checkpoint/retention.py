"""Which checkpoints stay: the last three and the best. The rest goes, manifests before their blobs.

Beside them stay those that another run lends or borrowed: what this job was forked from (its manifest carries
the run that took it, which owns the blobs), and what another run was forked from (it is pinned).
"""

import sys

from agent_forge.checkpoint.manifest import (
    POINTER,
    ManifestName,
    decode_manifest,
    decode_pointer,
    parse_manifest_name,
)
from agent_forge.errors import ForgeError
from agent_forge.storage.base import Storage
from agent_forge.storage.blobs import BlobStore

KEEP_LAST = 3
PINS = "pins/"


def drop_old(storage: Storage, blobs: BlobStore, prefix: str, newest: ManifestName, run_id: str) -> None:
    """Remove superseded checkpoints of one job.

    A failure to clean up is said on stderr and never ends the job: what is too much costs space, not
    correctness.

    Args:
        storage: holds the manifests.
        blobs: holds their files.
        prefix: the job's own checkpoint prefix.
        newest: the manifest that the pointer names; never removed.
        run_id: the run whose checkpoints are dropped.
    """
    try:
        _drop_old(storage, blobs, prefix, newest, run_id)
    except (OSError, ForgeError) as error:
        sys.stderr.write(f"agent_forge: old checkpoints below {prefix} were not removed: {error}\n")


def _drop_old(storage: Storage, blobs: BlobStore, prefix: str, newest: ManifestName, run_id: str) -> None:
    found = _read_manifests(storage, prefix)
    manifests = {name: manifest for name, manifest in found.items() if manifest["runId"] == run_id}
    # Asked after the listing: who was thought dead and wakes up here must not take a later attempt's away.
    if decode_pointer(storage.read_bytes(prefix + POINTER))[0] != newest:
        return
    # A later step than the pointer's: never committed, or on a branch the job rolled back from.
    committed = sorted((name for name in manifests if name.step < newest.step), key=lambda name: name.step)
    best = [name for name in [*committed, newest] if manifests[name]["best"]]
    keep = {newest, *committed[-(KEEP_LAST - 1) :], *best[-1:]}
    pinned = {uri.rpartition("/")[2] for uri in storage.list(prefix + PINS)}
    keep |= {name for name in manifests if name.sha256 in pinned}
    used = {file["sha256"] for name in keep for file in manifests[name]["files"]}
    dropped = [name for name in manifests if name not in keep]
    for name in dropped:
        storage.delete(prefix + name.path)
    for sha256 in {file["sha256"] for name in dropped for file in manifests[name]["files"]} - used:
        blobs.delete(sha256)


def _read_manifests(storage: Storage, prefix: str) -> dict[ManifestName, dict]:
    """All manifests that are whole. Damaged ones stay as evidence; their blobs go with the run's garbage."""
    manifests = {}
    for uri in storage.list(prefix):
        name = parse_manifest_name(uri[len(prefix) :])
        if name is None:
            continue
        try:
            manifests[name] = decode_manifest(name, storage.read_bytes(uri))
        except ForgeError:
            continue
    return manifests
