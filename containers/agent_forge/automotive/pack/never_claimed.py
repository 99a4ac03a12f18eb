"""What no text of this product claims: looked for in every text of the pack before it is written."""

import re

from agent_forge.errors import ForgeError

_STANDARD = r"\b(?:iso|ul|sae)\b[^.\n]{0,20}\b(?:26262|21448|8800|21434|4600)\b"
_MEETS = r"\b(?:certif\w*d|complian\w+|complies|conforms?|conformant)\b"
# Name -> how it is said. Spoken of anywhere in the product's texts, none of them is true.
NEVER = {
    "conformity with a standard": rf"{_STANDARD}[^.\n]{{0,60}}{_MEETS}"
    rf"|{_MEETS}[^.\n]{{0,60}}{_STANDARD}",
    "an integrity level": r"\basil[- ]?[a-d]?\b[^.\n]{0,30}"
    r"\b(?:capable|ready|rated|grade|certified|compliant)\b",
    "a longest time": r"\bwcet\b|\bworst[- ]case execution times?\b",
    "use on roads": r"\bvalidated for (?:the )?(?:road|public|series|production)"
    r"|\broad[- ]?(?:ready|worthy)\b",
    "operation after a failure": r"\bfail[- ]operational\b",
    "an integrity level of a network": r"\b(?:network|model)s?\b[^.\n]{0,40}"
    r"\b(?:reach|achiev|attain|meet|fulfil|satisf)\w*[^.\n]{0,20}\basil\b",
    "independence of networks": r"\b(?:networks|models)\b[^.\n]{0,60}\bare (?:\w+ )?independent\b",
}
# In a text about vehicles this word is a claim as well.
OF_VEHICLES = {**NEVER, "safety": r"(?<![-\w/])safe(?![-\w])"}


def claims_in(text: str, patterns: dict[str, str] = OF_VEHICLES) -> list[str]:
    """Names of what a text claims and nobody may; empty for one that claims none of it."""
    return [name for name, pattern in patterns.items() if re.search(pattern, text, re.IGNORECASE)]


def refuse_claims(name: str, text: str) -> None:
    """Refuse a text, whoever wrote it.

    Raises:
        ForgeError(validation): names what it claims.
    """
    found = claims_in(text)
    if found:
        raise ForgeError(
            "validation",
            f"{name} claims {', '.join(found)}; the evidence pack never does. Change what was declared.",
            {"code": "never_claimed", "claims": found},
        )
