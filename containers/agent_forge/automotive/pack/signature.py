"""That the files belong together, and, where a key is given, who put them together.

HMAC-SHA256 (RFC 2104) over the canonical list of hashes. It tells whoever holds the same key that nothing was
changed; it does not tell third parties who signed.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

KEY_VARIABLE = "FORGE_EVIDENCE_KEY"


def digest_of(text: str) -> str:
    """SHA-256 of a text as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def statement_of(digests: Mapping[str, str]) -> bytes:
    """What is signed: names and hashes, the same bytes whatever their order."""
    return json.dumps(dict(digests), sort_keys=True, separators=(",", ":")).encode()


def signed(digests: Mapping[str, str], key: bytes | None) -> dict[str, object]:
    """The content of the signature's file."""
    statement = statement_of(digests)
    found: dict[str, object] = {"sha256": hashlib.sha256(statement).hexdigest(), "files": dict(digests)}
    if key is None:
        reason = f"No key was given ({KEY_VARIABLE}): the hashes show changes, nothing shows who made them."
        return {**found, "signed": False, "reason": reason}
    return {
        **found, "signed": True, "algorithm": "HMAC-SHA256", "keyId": hashlib.sha256(key).hexdigest()[:16],
        "signature": hmac.new(key, statement, hashlib.sha256).hexdigest(),
    }  # fmt: skip


def holds(content: Mapping[str, object], texts: Mapping[str, str], key: bytes | None) -> bool:
    """Whether files are those of a signature's file, and it is this key's where one is given."""
    digests = {name: digest_of(text) for name, text in texts.items()}
    if content["files"] != digests:
        return False
    if key is None:
        return True
    expected = hmac.new(key, statement_of(digests), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, str(content.get("signature", "")))
