"""What every codec offers. A codec knows one tensor format; which tensor gets which is decided elsewhere.

Decoding uses integer and element-wise operations in a fixed order only, so that it gives the same bits with
any number of threads.

Legend: O outputs (rows), I inputs (columns) of a matrix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

Params = Mapping[str, Any]  # JSON
Streams = Mapping[str, bytes]


@dataclass(frozen=True)
class Target:
    """A tensor to encode.

    Args:
        weight: fp32, any shape.
        hessian_II: E[x x'] of the inputs that its matrix meets, fp64; None where nothing is known of them.
    """

    weight: Tensor
    hessian_II: Tensor | None = None

    @property
    def matrix(self) -> Tensor:
        """The weight as a matrix: what comes after the first dimension is its columns."""
        return as_matrix(self.weight)


@dataclass(frozen=True)
class Encoded:
    """One tensor: parameters for the header, and named streams of bytes."""

    params: Params
    streams: Streams


@dataclass(frozen=True)
class Family:
    """Tensors of one type, encoded alike.

    Args:
        shared: streams that all of them need and that are stored once.
    """

    members: Sequence[Encoded]
    shared: Streams = field(default_factory=dict)


class Codec(Protocol):
    """A format. `version` counts its changes: a file states the one that it was written with."""

    name: str
    version: int

    def encode(self, targets: Sequence[Target], settings: Params) -> Family:
        """Encode tensors of one type.

        Raises:
            ValueError: the format cannot hold one of them; says why.
        """
        ...

    def sizes(self, shape: Sequence[int], params: Params) -> tuple[dict[str, int], dict[str, int]]:
        """Exact bytes of every own and every shared stream, from the header alone.

        Raises:
            ValueError: the parameters are none that `encode` writes.
        """
        ...

    def decode(self, shape: Sequence[int], params: Params, streams: Streams) -> Tensor:
        """The tensor as fp32.

        Args:
            streams: own and shared, of the sizes that `sizes` gives.

        Raises:
            ValueError: the streams hold what no encoder writes.
        """
        ...


def as_matrix(weight: Tensor) -> Tensor:
    """(O, I) of a tensor of any shape; a vector is one row."""
    return weight.reshape(1, -1) if weight.dim() < 2 else weight.reshape(weight.shape[0], -1)


def whole(params: Params, key: str, allowed: Sequence[int] | range) -> int:
    """A whole number of the parameters.

    Raises:
        ValueError: it is missing, of another type, or not allowed.
    """
    value = params.get(key)
    if type(value) is not int or value not in allowed:
        said = f"{allowed.start} to {allowed.stop - 1}" if isinstance(allowed, range) else str(list(allowed))
        raise ValueError(f"{key} is {value!r}; expected {said}")
    return value


def only(params: Params, *keys: str) -> None:
    """Refuse parameters that nobody reads.

    Raises:
        ValueError: names them.
    """
    if set(params) != set(keys):
        raise ValueError(f"parameters are {sorted(map(str, params))}; expected {sorted(keys)}")


def finite_weights(weight: Tensor) -> None:
    """Refuse NaN and infinity.

    Raises:
        ValueError: one is there.
    """
    if not bool(torch.isfinite(weight).all()):
        raise ValueError("the tensor holds NaN or infinity; expected finite weights")
