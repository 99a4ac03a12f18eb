"""The volume that a set of points dominates below a reference point (Zitzler and Thiele 1998), exact.

Computed as the sum of exclusive volumes (While, Bradstreet, Barone 2012, the WFG algorithm). Exponential in
the number of objectives, quick for four objectives and some hundred points.
"""

from collections.abc import Iterable, Sequence

from agent_forge.evolution.pareto import Objectives, dominates


def hypervolume(points: Iterable[Objectives], reference: Sequence[float]) -> float:
    """Volume dominated by `points`, all objectives minimised, inside the box below `reference`.

    Args:
        points: those that are not better than the reference in every objective add nothing.
        reference: fixed for a whole search: only then can its volumes be compared.
    """
    inside = [p for p in points if all(x < r for x, r in zip(p, reference, strict=True))]
    return _volume(_front(inside), tuple(reference))


def _volume(front: list[Objectives], reference: Objectives) -> float:
    if len(reference) == 1:
        return reference[0] - min(p[0] for p in front) if front else 0.0
    # Sorted by the last objective, the limited sets collapse early and the recursion stays shallow.
    ordered = sorted(front, key=lambda p: p[-1], reverse=True)
    return sum(_exclusive(ordered, place, reference) for place in range(len(ordered)))


def _exclusive(ordered: list[Objectives], place: int, reference: Objectives) -> float:
    """What the point at `place` dominates and none of those behind it does."""
    point, behind = ordered[place], ordered[place + 1 :]
    own = 1.0
    for x, r in zip(point, reference, strict=True):
        own *= r - x
    if not behind:
        return own
    limited = [tuple(max(x, y) for x, y in zip(point, other, strict=True)) for other in behind]
    # Every point behind is better in the last objective, so all limited points share that coordinate.
    flat = _front([p[:-1] for p in limited])
    return own - _volume(flat, reference[:-1]) * (reference[-1] - point[-1])


def _front(points: Iterable[Objectives]) -> list[Objectives]:
    unique = sorted(set(points))
    return [p for p in unique if not any(dominates(q, p) for q in unique)]
