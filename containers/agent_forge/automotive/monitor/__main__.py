"""`python -m agent_forge.automotive.monitor`: lines on standard input, answers on standard output."""

import sys

from agent_forge.automotive.monitor.process import supervise

supervise(sys.stdin.fileno(), sys.stdout)
