"""What tests need of TensorFlow, made before: archives of graphs and models with TensorFlow's answers.

    python -m tests.prebuilt    makes the archives anew that are not of today's sources

An archive holds what one file of cases makes, and first of all the digest of the sources it was made from. Where the
sources are still the same, a test unpacks it (`unpack`) instead of asking TensorFlow, which takes minutes for all of
them; where they are not, TensorFlow makes what is missing, and `test_archives.py` asks for a new archive.
"""

from __future__ import annotations

import ast
import hashlib
import io
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REQUIREMENTS = HERE.parent / "requirements.txt"
ORACLES = ("tensorflow", "keras", "tf_keras")
# The first member of an archive.
DIGEST = "digest"


def meaning(node: Any) -> Any:
    """A syntax tree without what differs between Python's releases: fields that hold nothing."""
    if isinstance(node, ast.AST):
        fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
        return [type(node).__name__, *((name, meaning(value)) for name, value in fields)]
    return [meaning(entry) for entry in node] if isinstance(node, list) else repr(node)


def digest_of(sources: Iterable[Path]) -> str:
    """A digest of what these files say, in the order given (comments and line breaks change nothing), and of the
    releases of the oracles."""
    digest = hashlib.sha256()
    for line in REQUIREMENTS.read_text().splitlines():
        if line.partition("==")[0] in ORACLES:
            digest.update(line.encode())
    for file in sources:
        digest.update(repr(meaning(ast.parse(file.read_text()))).encode())
    return digest.hexdigest()[:12]


def archive(name: str) -> Path:
    return HERE / f"{name}.tar.xz"


def made_from(name: str) -> str | None:
    """The digest of the sources that the archive was made from."""
    if not archive(name).exists():
        return None
    with tarfile.open(archive(name)) as tar:
        first = tar.next()
        file = tar.extractfile(first) if first and first.name == DIGEST else None
        return file.read().decode() if file else None


def unpack(name: str, digest: str, folder: Path) -> bool:
    """Makes the folder from the archive, if that was made from sources of this digest."""
    if made_from(name) != digest:
        return False
    made = beside(folder)
    with tarfile.open(archive(name)) as tar:
        tar.extractall(made, filter="data")
    (made / DIGEST).unlink()
    settle(made, folder)
    return True


def beside(folder: Path) -> Path:
    """A new folder from which `settle` makes this one: so two makers at once do no harm, nor one that is killed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))


def settle(made: Path, folder: Path) -> None:
    made.chmod(0o755)
    try:
        made.rename(folder)
    except OSError:  # another was first
        shutil.rmtree(made)


def pack(name: str, digest: str, folder: Path, files: Iterable[Path]) -> None:
    """Writes the archive: these files, sorted, without whose and of when they are."""
    with tarfile.open(archive(name), "w:xz", preset=9, format=tarfile.GNU_FORMAT) as tar:
        members = {str(file.relative_to(folder)): file.read_bytes() for file in files}
        for path, data in [(DIGEST, digest.encode()), *sorted(members.items())]:
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
