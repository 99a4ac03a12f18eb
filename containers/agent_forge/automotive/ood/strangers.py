"""Inputs that a model of some text was not trained on, made of that text or of nothing.

Each is a function of known texts and a seeded generator, and returns as many texts of the same lengths.
"""

import base64
import random
from collections.abc import Callable, Mapping, Sequence

# Frequent German words: German-like in letters and lengths, without grammar.
GERMAN = (
    "der die das und nicht ist ich wir werden haben eine einen durch zwischen Straße Fahrzeug können müssen"
    " über während jedoch schon größer Geschwindigkeit Entfernung Kreuzung Richtung deshalb außerdem"
    " natürlich zurück Menschen Stadt Abend Morgen schnell langsam hören sehen gehen bleiben möchten"
    " gegenüber plötzlich Beispiel Wasser Häuser Brücke früher später niemals vielleicht"
    " weil obwohl dass welche jener"
)

Texts = Sequence[bytes]


def shuffled(texts: Texts, rng: random.Random) -> list[bytes]:
    """The bytes of each text in another order."""
    return [bytes(rng.sample(text, len(text))) for text in texts]


def encoded(texts: Texts, _: random.Random) -> list[bytes]:
    """Each text in base 64, cut to its length."""
    return [base64.b64encode(text)[: len(text)] for text in texts]


def german(texts: Texts, rng: random.Random) -> list[bytes]:
    """Random German words, cut to the length of each text."""
    return [_words(len(text), rng) for text in texts]


def repeated(texts: Texts, rng: random.Random) -> list[bytes]:
    """One byte of each text over and over."""
    return [bytes([rng.choice(text)]) * len(text) for text in texts]


STRANGERS: Mapping[str, Callable[[Texts, random.Random], list[bytes]]] = {
    "shuffled": shuffled, "base64": encoded, "german": german, "repeated": repeated,
}  # fmt: skip


def strangers(kind: str, texts: Texts, seed: int) -> list[bytes]:
    """Strange inputs of one kind of `STRANGERS`, the same for the same seed; no text may be empty."""
    return STRANGERS[kind](texts, random.Random(f"{kind}:{seed}"))


def _words(length: int, rng: random.Random) -> bytes:
    words, made = GERMAN.split(), b""
    while len(made) < length:
        made += rng.choice(words).encode() + b" "
    return made[:length]
