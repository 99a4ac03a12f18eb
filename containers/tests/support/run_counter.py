"""The entry point with the counter phase: `python -m tests.support.run_counter TASK_URI`."""

import os
import sys

from agent_forge.entrypoint import run_job
from tests.support.job_room import COUNTER

if __name__ == "__main__":
    sys.exit(run_job(sys.argv[1], os.environ, COUNTER))
