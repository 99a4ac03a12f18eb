"""What goes along with a training: it watches the steps, keeps a state of its own, may act between them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from torch import Tensor

from agent_forge.data.packing import Batch

if TYPE_CHECKING:
    from agent_forge.training.training_state import Training


class Companion(Protocol):
    """Its state stands in every checkpoint, so that a resumed training goes on with the same bits."""

    def begin(self, training: "Training") -> None:
        """Before the first step; not after a resume."""
        ...

    def after(
        self, training: "Training", batch: Batch, step: int, measured: Mapping[str, float] | None
    ) -> Mapping[str, float]:
        """After the 0-based `step`.

        Args:
            measured: what the step measured, None where it was skipped because it was not finite.

        Returns:
            What is worth logging.
        """
        ...

    def rate_factor(self, step: int) -> float:
        """What the learning rate of `step` is multiplied by."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """State by name, on the CPU."""
        ...

    def to_json(self) -> Any:
        """The rest of the state."""
        ...

    def restore(self, tensors: Mapping[str, Tensor], document: Any) -> None:
        """Inverse of `tensors` and `to_json`."""
        ...
