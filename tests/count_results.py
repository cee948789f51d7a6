"""Adds up a folder of results: JUnit files of ctest and pytest, and one-word verdicts (`NAME.verdict`).

Names every failure and ends with the line "N passed, N failed[, N skipped]"; the exit status is 1 if anything
failed or if a test runner left no result at all.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

RUNNERS = ("ctest", "pytest")


def cases(folder: Path):
    """Yields (name, "passed" | "failed" | "skipped") for every test that was to run."""
    for runner in RUNNERS:
        file = folder / f"{runner}.xml"
        found = list(ElementTree.parse(file).iter("testcase")) if file.exists() else []
        if not found:
            yield f"{runner} (no result)", "failed"
        for case in found:
            outcomes = {child.tag for child in case}
            name = f"{case.get('classname', runner)}::{case.get('name')}"
            if outcomes & {"failure", "error"}:
                yield name, "failed"
            elif "skipped" in outcomes or case.get("status") in ("notrun", "disabled"):
                yield name, "skipped"
            else:
                yield name, "passed"
    for file in sorted(folder.glob("*.verdict")):
        yield file.stem, file.read_text().strip()


def main() -> int:
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for name, outcome in cases(Path(sys.argv[1])):
        count[outcome] += 1
        if outcome == "failed":
            print(f"FAILED {name}")
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    print(f"{count['passed']} passed, {count['failed']} failed{skipped}")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
