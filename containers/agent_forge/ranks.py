"""The processes that share one job: the ranks of torch's default process group, or this process alone.

All of them run the same job from the same task, so that everything but the gradient of a batch is computed by
each; rank 0 alone writes. What they tell each other goes through `gather` (small JSON, over the CPU) and
`add_up` (tensors, over NCCL where they are on CUDA). Alone, both give back what they were given.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from agent_forge.errors import ForgeError


@contextmanager
def joined(member: tuple[int, int]) -> Iterator[None]:
    """Be one of several processes inside the block; nothing where there is one.

    MASTER_ADDR and MASTER_PORT say where they meet, as torchrun sets them.

    Args:
        member: rank and number of the processes.

    Raises:
        ForgeError(dependency): they do not find each other.
    """
    rank, ranks = member
    if ranks == 1:
        yield
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    with _answered("meet"):
        dist.init_process_group(backend, rank=rank, world_size=ranks)
    # Left open when the job fails: to close it waits for the others, and they for a process that has failed.
    yield
    dist.destroy_process_group()


def count() -> int:
    """Processes of this job, at least 1."""
    return dist.get_world_size() if dist.is_initialized() else 1


def own_share(rows: int) -> range:
    """The rows of a batch that this process takes; empty where there are fewer rows than processes."""
    rank = dist.get_rank() if dist.is_initialized() else 0
    return range(rows * rank // count(), rows * (rank + 1) // count())


def gather(document: Any) -> list[Any]:
    """What each process has to say, in the order of their ranks: the same list in all of them.

    Args:
        document: JSON; NaN and infinities are allowed.

    Raises:
        ForgeError(dependency): another process is gone.
    """
    if count() == 1:
        return [document]
    data = torch.tensor(list(json.dumps(document).encode()), dtype=torch.uint8)
    with _answered("hear from each other"):
        sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(count())]
        dist.all_gather(sizes, torch.tensor([len(data)]))
        longest = int(max(sizes))
        padded = torch.zeros(longest, dtype=torch.uint8)
        padded[: len(data)] = data
        texts = [torch.zeros(longest, dtype=torch.uint8) for _ in range(count())]
        dist.all_gather(texts, padded)
    return [json.loads(bytes(text[: int(size)].tolist())) for text, size in zip(texts, sizes, strict=True)]


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over the processes, bit for bit the same in all of them.

    Raises:
        ForgeError(dependency): another process is gone.
    """
    if count() == 1:
        return
    with _answered("add their gradients"):
        for work in [dist.all_reduce(tensor, async_op=True) for tensor in tensors]:
            work.wait()


@contextmanager
def _answered(what: str) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ForgeError(
            "dependency",
            f"The {count()} processes of this job could not {what}: {error}. One of them is gone or cannot be"
            " reached; look at what it wrote to stderr, then resume from the last checkpoint.",
        ) from error
