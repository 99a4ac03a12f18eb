"""A compressed model as a model again: in memory, as a folder that every tool reads, and as it runs."""

from pathlib import Path

from agent_forge.codecs.container import Decoded, decode_container, read_container
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.folder import save_model
from agent_forge.models.packed_linear import use_packed
from agent_forge.models.ternary import ternarise, ternary_projections
from agent_forge.models.titan import TinyTitan


def model_of_bytes(data: bytes) -> TinyTitan:
    """The model of a file, in fp32 with ternary masters.

    Raises:
        ValueError: the file is damaged, or describes no model.
    """
    return model_of(decode_container(data))


def model_of(decoded: Decoded) -> TinyTitan:
    """The model of a file that was read.

    Raises:
        ValueError: its config describes no model, or one of other tensors.
    """
    try:
        model = TinyTitan(ModelConfig.from_json(decoded.header.model))
        model.load_state_dict(dict(decoded.tensors))
    except (TypeError, RuntimeError) as error:
        raise ValueError(f"its tensors do not fit its config: {error}") from error
    return model.eval()


def decode_to_folder(path: Path, folder: Path, tokenizer_json: str) -> str:
    """Write what a compressed model holds as a model folder; the hash of its weights.

    Raises:
        ForgeError(validation): the file cannot be read, or describes no model.
    """
    try:
        model = model_of(read_container(path))
    except ValueError as error:
        raise ForgeError(
            "validation", f"{path} holds no model: {error}. Compress the model again."
        ) from error
    return save_model(model, folder, tokenizer_json)


def as_run(model: TinyTitan) -> TinyTitan:
    """How the model runs on a CPU: ternary matrices from their packed codes. Changes `model`."""
    codes = {name: ternarise(each.weight.detach()) for name, each in ternary_projections(model)}
    use_packed(model, codes)
    return model.eval()


def resident_bytes(model: TinyTitan) -> int:
    """Bytes of everything that has to lie in memory to run it."""
    return sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())
