"""One gradient out of those that several processes found on their rows of a batch: the whole batch's."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from agent_forge import ranks
from agent_forge.errors import EXIT_CODES, ForgeError, classify
from agent_forge.training.micro_batches import Found


def shared_gradient(parameters: Iterable[nn.Parameter], find: Callable[[], Found]) -> Found:
    """Let `find` add this process's part to each `grad`, and put the sum of all parts there.

    Every part is already weighted by its share of the whole batch (see `micro_batches.accumulate`), so that
    their plain sum is the gradient of the whole batch. A parameter without a gradient in every process keeps
    none: an optimizer passes it over, as it does in one process.

    Raises:
        ForgeError: one process could not find its part; all of them raise an error of the same kind, the one
            with the highest exit code where several failed.
    """
    if ranks.count() == 1:
        return find()
    found, failure = Found(0.0, {}), None
    try:
        found = find()
    except Exception as error:
        failure = classify(error)
    trained = list(parameters)
    said = ranks.gather(
        {
            "failed": failure and failure.kind,
            "loss": found.loss,
            "measured": found.measured,
            "without": [number for number, each in enumerate(trained) if each.grad is None],
        }
    )
    _fail_together([each["failed"] for each in said], failure)
    nowhere = set.intersection(*(set(each["without"]) for each in said))
    ranks.add_up([_gradient_of(each) for number, each in enumerate(trained) if number not in nowhere])
    measured: dict[str, float] = {}
    for each in said:
        for name, value in each["measured"].items():
            measured[name] = measured.get(name, 0.0) + value
    return Found(sum(each["loss"] for each in said), measured)


def _gradient_of(parameter: nn.Parameter) -> torch.Tensor:
    """A parameter's gradient, zeros where this process's rows gave it none."""
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad


def _fail_together(kinds: list[str | None], own: ForgeError | None) -> None:
    """Raise in every process what the worst of them met, so that all do the same next."""
    failed = [kind for kind in kinds if kind is not None]
    if not failed:
        return
    worst = max(failed, key=EXIT_CODES.__getitem__)
    if own is not None and own.kind == worst:
        raise own
    raise ForgeError(
        worst,
        f"Process {kinds.index(worst)} of the {len(kinds)} that share this training failed ({worst}); its own"
        " message on stderr says at what.",
    )
