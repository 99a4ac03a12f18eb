"""What a parameter is at one tensor: a number, a gradient over the layers, or the first filter that matches.

A gradient [a, b, c] is spread evenly over the layers of a slice and interpolated between; what lies outside
the layers takes its first number. A filter is a part of the tensor's name; `*` and none match everything.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def at_tensor(setting: Any, tensor: str, t: float) -> Any:
    """Evaluate a setting.

    Args:
        setting: scalar, list of numbers, {value, filter?} or a list of these.
        tensor: its name.
        t: 0 for a slice's first layer, 1 for its last.

    Returns:
        A scalar; None when no filter matches.
    """
    if isinstance(setting, Mapping):
        setting = [setting]
    if not isinstance(setting, list | tuple):
        return setting
    if all(isinstance(each, int | float) for each in setting):
        place = t * (len(setting) - 1)
        low = int(place)
        high = min(len(setting) - 1, low + 1)
        return (1 - (place - low)) * setting[low] + (place - low) * setting[high]
    for each in setting:
        wanted = each.get("filter")
        if wanted in (None, "*") or wanted in tensor:
            return at_tensor(each["value"], tensor, t)
    return None


def scalars(setting: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Every single value of a setting with its JSON pointer; what is no setting comes back as it is."""
    if isinstance(setting, list | tuple):
        for index, each in enumerate(setting):
            yield from scalars(each, f"{pointer}/{index}")
    elif isinstance(setting, Mapping) and "value" in setting and set(setting) <= {"value", "filter"}:
        yield from scalars(setting["value"], f"{pointer}/value")
    else:
        yield pointer, setting


def is_well_formed(setting: Any) -> bool:
    """Whether it is a scalar, a gradient of at least one number, or a list of {value, filter?}."""
    if isinstance(setting, Mapping):
        wanted = setting.get("filter")
        return (
            "value" in setting
            and set(setting) <= {"value", "filter"}
            and (wanted is None or isinstance(wanted, str))
            and not isinstance(setting["value"], Mapping)
            and is_well_formed(setting["value"])
        )
    if isinstance(setting, list | tuple):
        return len(setting) > 0 and (
            all(isinstance(each, int | float) and not isinstance(each, bool) for each in setting)
            or all(isinstance(each, Mapping) and is_well_formed(each) for each in setting)
        )
    return isinstance(setting, bool | int | float | str)
