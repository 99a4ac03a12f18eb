"""The lossless pass: a stream of bytes as it is, deflated, or through LZMA, whichever is smallest.

Both are in Python's standard library, so that nothing else is needed to read a file. What comes out is never
longer than the header says, however little is put in.
"""

import lzma
import zlib

STORED, DEFLATE, LZMA = "stored", "deflate", "lzma"
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 0, "lp": 0, "pb": 0}]
# A stream that shrinks further is kept less packed: no honest weights do, and a reader may refuse it.
MOST_RATIO, SPARE = 1024, 1 << 16


def packed(data: bytes) -> tuple[str, bytes]:
    """The smallest form of a stream, and its name; the plainest of equals."""
    forms = {
        STORED: data, DEFLATE: zlib.compress(data, 9),
        LZMA: lzma.compress(data, lzma.FORMAT_RAW, filters=FILTERS),
    }  # fmt: skip
    allowed = {name: form for name, form in forms.items() if may_unpack(len(form), len(data))}
    name = min(allowed, key=lambda each: len(allowed[each]))
    return name, allowed[name]


def may_unpack(stored: int, size: int) -> bool:
    """Whether so few bytes may become so many."""
    return size <= stored * MOST_RATIO + SPARE


def unpacked(form: str, data: bytes, size: int) -> bytes:
    """The stream.

    Args:
        size: its length; not one byte more is made.

    Raises:
        ValueError: an unknown form, damaged bytes, or another length.
    """
    if not may_unpack(len(data), size):
        raise ValueError(f"{len(data)} bytes stand for {size}; no writer packs that densely")
    try:
        found = _unpacked(form, data, size)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise ValueError(f"its {form} stream is damaged: {error}") from error
    if len(found) != size:
        raise ValueError(f"its {form} stream holds {len(found)} bytes or more; expected {size}")
    return found


def _unpacked(form: str, data: bytes, size: int) -> bytes:
    if form == STORED:
        return data
    # One byte more than expected is asked for, so that a longer stream shows.
    if form == DEFLATE:
        inflater = zlib.decompressobj()
        return inflater.decompress(data, size + 1)
    if form == LZMA:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=FILTERS).decompress(data, size + 1)
    raise ValueError(f"its stream has the form {form!r}; expected {STORED}, {DEFLATE} or {LZMA}")
