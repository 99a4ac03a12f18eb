"""Generated English-like documents: enough structure to learn from, no file needed."""

import random

WORDS = [
    "the",
    "people",
    "of",
    "this",
    "union",
    "expect",
    "that",
    "congress",
    "will",
    "provide",
    "for",
    "peace",
    "commerce",
    "and",
    "public",
    "credit",
    "when",
    "the",
    "treasury",
    "reports",
    "a",
    "surplus",
    "our",
    "relations",
    "with",
    "foreign",
    "powers",
    "remain",
    "friendly",
    "and",
    "the",
    "law",
    "is",
    "enforced",
    "in",
    "every",
    "state",
]


def documents(count: int, sentences: int = 40, seed: int = 0) -> list[str]:
    """`count` texts whose words follow a fixed random chain."""
    rng = random.Random(seed)
    chain = {word: rng.sample(WORDS, 4) for word in sorted(set(WORDS))}
    texts = []
    for _ in range(count):
        lines = []
        for _ in range(sentences):
            word, words = rng.choice(WORDS), []
            for _ in range(rng.randint(6, 14)):
                words.append(word)
                word = rng.choice(chain[word])
            lines.append(" ".join(words).capitalize() + ".")
        texts.append("\n".join(lines))
    return texts
