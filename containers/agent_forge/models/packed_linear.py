"""A ternary projection as packed codes: what a TernaryLinear says, bit for bit, from far fewer bytes.

Legend: O outputs, I inputs, Y bytes of a packed row, T tokens; ... any leading dimensions.
"""

from torch import Tensor, nn

from agent_forge.models.packing import TWO_BIT, pack, row_bytes
from agent_forge.models.ternary import quantise_activations, ternary_projections
from agent_forge.models.ternary_kernel import portable_product, ternary_forward

# From so many tokens on, unpacking once and one large product is faster than a pass over the rows per token
# (256 x 256: 32 tokens take about as long either way). Both are exact.
MANY_TOKENS = 32


class PackedLinear(nn.Module):
    """Runs on the CPU and is not trained.

    Args:
        codes_OI: int8 codes in {-1, 0, 1}.
        scale: gamma of the matrix, a scalar that multiplies the codes.
    """

    packed_OY: Tensor
    scale: Tensor

    def __init__(self, codes_OI: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.out_features, self.in_features = codes_OI.shape
        self.register_buffer("packed_OY", pack(codes_OI, TWO_BIT))
        self.register_buffer("scale", scale)
        self.gamma = float(scale)

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) to (..., O); nothing flows back."""
        if x.numel() < MANY_TOKENS * self.in_features:
            y_TO = ternary_forward(self.packed_OY, x.flatten(0, -2), self.gamma)
            if y_TO is not None:
                return y_TO.view(*x.shape[:-1], self.out_features)
        values, token_scale = quantise_activations(x.detach())
        sums_TO = portable_product(self.packed_OY, values.flatten(0, -2), self.in_features)
        return sums_TO.to(x.dtype).unflatten(0, x.shape[:-1]) * (self.scale / token_scale)

    def extra_repr(self) -> str:
        """Shape and bytes, for print(model)."""
        size = self.out_features * row_bytes(self.in_features)
        return f"in_features={self.in_features}, out_features={self.out_features}, bytes={size}"


def use_packed(model: nn.Module, codes: dict[str, tuple[Tensor, Tensor]]) -> None:
    """Replace every ternary projection by a packed one, in place.

    Args:
        codes: (codes, scale) by the projection's name; of all of them.
    """
    for name, _ in list(ternary_projections(model)):
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, PackedLinear(*codes[name]))
