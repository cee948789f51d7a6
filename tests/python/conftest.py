"""What the Python tests share: the program, run as a user runs it, and the shipped example."""

import subprocess
from pathlib import Path

import pytest

from tests.models.generate import ROOT
from tests.models.tolite import PROGRAM


@pytest.fixture(scope="session")
def tolite():
    """Runs the program with these arguments; returns exit status, stdout and stderr."""

    def run(*arguments, **options) -> subprocess.CompletedProcess:
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)

    return run


@pytest.fixture(scope="session")
def digits() -> Path:
    return ROOT / "examples" / "digits"
