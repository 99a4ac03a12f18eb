"""Coefficients of the spherical interpolation between two vectors, with the cases in which it is undefined.

Shoemake 1985, "Animating rotation with quaternion curves": [sin((1-t)W) a + sin(tW) b] / sin W with W the
angle.
"""

import math

SHORT = 1e-8  # norms below have no direction
# Beyond it the plane of two opposite vectors is decided by rounding: 1/sin W amplifies it a thousand times.
OPPOSITE_SINE = 1e-3


def arc(dot: float, norm_a: float, norm_b: float, t: float, parallel: float) -> tuple[float, float]:
    """Coefficients of a and b.

    Vectors of opposite direction have no shortest arc between them: the nearer end is taken, at the
    interpolated length. (A linear mean of them would be almost zero.)

    Args:
        dot: a . b.
        norm_a, norm_b: lengths.
        t: 0 gives a, 1 gives b.
        parallel: cosine above which the arc is a straight line.
    """
    linear = (1.0 - t, t)
    if norm_a <= SHORT or norm_b <= SHORT:
        return linear
    cosine = max(-1.0, min(1.0, dot / (norm_a * norm_b)))
    if cosine > parallel:
        return linear
    angle = math.acos(cosine)
    sine = math.sin(angle)
    if sine < OPPOSITE_SINE:
        length = (1.0 - t) * norm_a + t * norm_b
        return (length / norm_a, 0.0) if t <= 0.5 else (0.0, length / norm_b)
    return math.sin((1.0 - t) * angle) / sine, math.sin(t * angle) / sine
