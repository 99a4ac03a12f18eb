"""Tools that do what none may."""

import ctypes
import os
import socket
import sys
import time
from typing import Any


def opens_a_socket() -> str:
    socket.socket().connect(("127.0.0.1", 9))
    return "connected"


def hides_its_socket() -> str:
    try:
        socket.socket()
    except PermissionError:
        return "nothing happened"
    return "connected"


def forks() -> str:
    return str(os.fork())


def calls_the_kernel(number: int) -> str:
    """A system call past the interpreter: the answer is its result."""
    return str(SYSTEM_CALL(number, 2, 1, 0))


def eats_memory() -> str:
    return str(len(bytearray(1 << 40)))


def loops() -> str:
    while True:
        pass


def sleeps() -> str:
    time.sleep(3600)
    return "awake"


def writes_a_file() -> str:
    with open("/tmp/unruly", "w") as file:
        return str(file.write("x"))


def raises() -> str:
    raise ValueError("no")


def says_much() -> str:
    return "x" * 1000


def says_no_text() -> Any:
    return 7


def says_too_much() -> str:
    return "x" * 10_000_000


def prints() -> str:
    sys.stdout.write("this is not the answer\n")
    os.write(1, b"nor this")
    return "the answer"


SYSTEM_CALL = ctypes.CDLL(None).syscall
FUNCTIONS = {
    each.__name__: each
    for each in (
        opens_a_socket, hides_its_socket, forks, calls_the_kernel, eats_memory, loops, sleeps, writes_a_file,
        raises, says_much, says_no_text, says_too_much, prints,
    )
}  # fmt: skip
