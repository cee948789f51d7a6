"""Wall time and peak memory of a whole process.

A child's peak memory as the kernel counts it includes its parent's at the moment of the fork, so the child is started
from a bare interpreter: this file, run as a program, which knows nothing but the standard library.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """How one process went."""

    seconds: float
    peak_bytes: int
    status: int
    stderr: str = ""


def measure(command: list, environment: dict[str, str] | None = None) -> Run:
    """Runs the command to its end and tells how it went; its standard output is dropped."""
    starter = [sys.executable, "-I", "-S", __file__, *map(str, command)]
    done = subprocess.run(starter, env=environment, capture_output=True, text=True, errors="replace", check=True)
    return Run(**json.loads(done.stdout), stderr=done.stderr)


def main() -> None:
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    result = {"seconds": seconds, "peak_bytes": usage.ru_maxrss * 1024, "status": os.waitstatus_to_exitcode(status)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
