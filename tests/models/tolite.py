"""The program under test, and the command that converts a model of the zoo with it."""

import os
import subprocess
from pathlib import Path

from .generate import ROOT
from .model import Model

PROGRAM = Path(os.environ.get("TOLITE_BINARY", ROOT / "build" / "release" / "tolite"))


def convert_command(model: Model, folder: Path, out: Path) -> list:
    command = [PROGRAM, "convert", folder / model.file_name, "-o", out, "-q"]
    if model.frozen:
        for option, names in zip(("--input", "--output"), model.frozen, strict=True):
            for name in names:
                command += [option, name]
    return command


def convert(model: Model, folder: Path, out: Path) -> str | None:
    """Converts the model; returns what the program complained of if it failed."""
    done = subprocess.run(list(map(str, convert_command(model, folder, out))), capture_output=True, text=True)
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else None
