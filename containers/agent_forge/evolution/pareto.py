"""NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002): non-dominated sorting, crowding distance, survival.

An entry is a vector of objectives, all of them minimised, or None for what is infeasible: constraint
domination (section VI there) with one constraint that either holds or does not.
"""

import math
from collections.abc import Sequence

Objectives = tuple[float, ...]


def dominates(a: Objectives | None, b: Objectives | None) -> bool:
    """True when `a` is nowhere worse than `b` and somewhere better; the feasible dominates the infeasible."""
    if a is None or b is None:
        return a is not None and b is None
    return all(x <= y for x, y in zip(a, b, strict=True)) and any(x < y for x, y in zip(a, b, strict=True))


def fronts(entries: Sequence[Objectives | None]) -> list[list[int]]:
    """Fast non-dominated sort: places of the entries front by front, in rising order within a front."""
    beaten: list[list[int]] = [[] for _ in entries]
    open_rivals = [0] * len(entries)
    for i in range(len(entries)):
        for j in range(i):
            for winner, loser in ((i, j), (j, i)):
                if dominates(entries[winner], entries[loser]):
                    beaten[winner].append(loser)
                    open_rivals[loser] += 1
    sorted_fronts: list[list[int]] = []
    front = [place for place, count in enumerate(open_rivals) if count == 0]
    while front:
        sorted_fronts.append(front)
        following = []
        for place in front:
            for loser in beaten[place]:
                open_rivals[loser] -= 1
                if open_rivals[loser] == 0:
                    following.append(loser)
        front = sorted(following)
    return sorted_fronts


def ranks(entries: Sequence[Objectives | None]) -> list[int]:
    """Number of the front that each entry belongs to; 0 is the Pareto front."""
    rank = [0] * len(entries)
    for number, front in enumerate(fronts(entries)):
        for place in front:
            rank[place] = number
    return rank


def crowding(entries: Sequence[Objectives | None], front: Sequence[int]) -> dict[int, float]:
    """Crowding distance of each member of one front; the ends of every objective are infinitely far."""
    distance = dict.fromkeys(front, 0.0)
    feasible = {place: entry for place in front if (entry := entries[place]) is not None}
    for objective in range(len(next(iter(feasible.values()), ()))):
        ordered = sorted(feasible, key=lambda place: (feasible[place][objective], place))
        low, high = feasible[ordered[0]][objective], feasible[ordered[-1]][objective]
        distance[ordered[0]] = distance[ordered[-1]] = math.inf
        if high <= low:
            continue
        for before, place, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
            distance[place] += (feasible[after][objective] - feasible[before][objective]) / (high - low)
    return distance


def order(entries: Sequence[Objectives | None]) -> list[int]:
    """All places from the fittest to the least fit: by front, then the least crowded first, then by place."""
    ordered: list[int] = []
    for front in fronts(entries):
        distance = crowding(entries, front)
        ordered += sorted(front, key=lambda place: (-distance[place], place))
    return ordered
