"""The archives are of today's sources, so that no test has to ask TensorFlow for what they hold."""

import lzma

import pytest

from tests.prebuilt import HERE, archive, made_from
from tests.prebuilt.contents import archives

WANTED = {name: digest for name, (digest, _) in archives().items()}


@pytest.mark.parametrize("name", WANTED)
def test_is_of_these_sources(name):
    assert made_from(name) == WANTED[name], f"{name} has changed: run python -m tests.prebuilt and commit the archive"


def test_there_are_no_others():
    assert {file.name for file in HERE.glob("*.tar.xz")} == {archive(name).name for name in WANTED}


@pytest.mark.parametrize("name", WANTED)
def test_names_no_folder_of_the_machine(name):
    """What TensorFlow notes of stacks and temporary files stays out."""
    data = lzma.decompress(archive(name).read_bytes())
    assert not [folder for folder in (b"site-packages", b"/tmp/", b"/home/", b"/root/") if folder in data]
