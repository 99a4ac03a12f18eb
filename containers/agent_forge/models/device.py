"""Where a model's tensors live."""

import torch


def best_device() -> torch.device:
    """The first CUDA device, or the CPU where there is none."""
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
