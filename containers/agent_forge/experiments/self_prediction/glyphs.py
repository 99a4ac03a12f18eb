"""Task and network of E7: ten noisy glyphs of 8 x 8 pixels, and two hidden layers of which one predicts one.

Legend: B batch, P pixels, H hidden width, C classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE, PIXELS, CLASSES, WIDTH = 8, 64, 10, 128
NOISE, SHIFT = 0.5, 1


def draw(generator: torch.Generator, count: int) -> tuple[Tensor, Tensor]:
    """Images (B, P) of glyphs that every seed shares, moved by up to a pixel and noisy; and their classes."""
    glyphs = torch.rand(CLASSES, SIDE, SIDE, generator=torch.Generator().manual_seed(64)).round()
    which = torch.randint(CLASSES, (count,), generator=generator)
    moves = torch.randint(-SHIFT, SHIFT + 1, (count, 2), generator=generator)
    rows = (torch.arange(SIDE)[None] + moves[:, :1]) % SIDE
    columns = (torch.arange(SIDE)[None] + moves[:, 1:]) % SIDE
    images = glyphs[which[:, None, None], rows[:, :, None], columns[:, None, :]].flatten(1)
    return images + NOISE * torch.randn(images.shape, generator=generator), which


class Network(nn.Module):
    """P - H - H - C, with H more outputs that say what the first hidden layer was."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.first, self.second = nn.Linear(PIXELS, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.classes, self.own = nn.Linear(WIDTH, CLASSES), nn.Linear(WIDTH, WIDTH)

    def forward(self, images_BP: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (B, C), the first layer's state (B, H) and the second's."""
        first_BH = self.first(images_BP).relu()
        second_BH = self.second(first_BH).relu()
        return self.classes(second_BH), first_BH, second_BH

    def trunk(self) -> list[Tensor]:
        """What the probe must leave alone."""
        parts = (self.first, self.second, self.classes)
        return [parameter.detach() for part in parts for parameter in part.parameters()]


def rounded(weight: Tensor) -> Tensor:
    """Three bits a weight with one scale a row, to the nearest."""
    scale = weight.abs().amax(dim=1, keepdim=True) / 3
    return (weight / scale).round().clamp(-4, 3) * scale


@torch.no_grad()
def loss_after_rounding(network: Network, images_BP: Tensor, which_B: Tensor) -> float:
    """By how much the loss rises when the weights of all three layers are rounded to three bits."""
    before = F.cross_entropy(network(images_BP)[0], which_B)
    kept = [(part, part.weight.clone()) for part in (network.first, network.second, network.classes)]
    for part, weight in kept:
        part.weight.copy_(rounded(weight))
    after = F.cross_entropy(network(images_BP)[0], which_B)
    for part, weight in kept:
        part.weight.copy_(weight)
    return float(after - before)
