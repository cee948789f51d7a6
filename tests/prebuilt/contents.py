"""Which archives there are, of which sources, and where what they hold is built."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.calls import build as calls
from tests.differential import build as differential

# Builds what is missing; returns a folder and what of it the archive holds.
Build = Callable[[], tuple[Path, Iterable[Path]]]


def files_of(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def table(module: str) -> tuple[Path, list[Path]]:
    if differential.main():
        raise SystemExit(1)
    folder = differential.folder_of(module)
    return folder, [folder / "manifest.json", folder / "values.npz", *folder.glob("*[0-9].pb")]


def suite(source: Path) -> tuple[Path, list[Path]]:
    names = [case.name for case in calls.CASES if case.source == source]
    return calls.folder_of(source), [file for folder in calls.ensure_all(names) for file in files_of(folder)]


def archives() -> dict[str, tuple[str, Build]]:
    """Name -> digest of the sources, and how its contents are built."""
    tables = {
        f"differential-{module}": (differential.digest_of(module), lambda module=module: table(module))
        for module in differential.MODULES
    }
    suites = {
        f"calls-{source.stem}": (calls.digest_of(source), lambda source=source: suite(source))
        for source in sorted({case.source for case in calls.CASES})
    }
    return tables | suites
