"""The real fork server with scripts for jobs: `python -m tests.support.run_fork_server fork-server ...`."""

import sys

from agent_forge.__main__ import main
from tests.support import scripted_entrypoint, scripted_preload

if __name__ == "__main__":
    sys.modules["agent_forge.entrypoint"] = scripted_entrypoint
    sys.modules["agent_forge.fork_server.preload"] = scripted_preload
    sys.exit(main())
