"""The differential corpus under pytest: one test a case.  The first test makes all selected cases run at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from . import run

CASES = {case["id"]: case for case in run.corpus()}
GAPS = run.known_gaps()


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    ours = (item for item in request.session.items if item.path == Path(__file__) and hasattr(item, "callspec"))
    selected = [item.callspec.params.get("case") for item in ours]
    return {result["id"]: result for result in run.run([CASES[case] for case in selected if case in CASES])}


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, results: dict[str, dict[str, Any]]) -> None:
    result = results[case]
    reason = run.gap_of(case, GAPS)
    if reason is None:
        assert "stage" not in result, f"{result['stage']}: {result['message']}"
    elif "stage" in result:
        pytest.xfail(reason)
    else:
        pytest.fail(f"passes, but known_gaps.toml says: {reason}")


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in GAPS])
def test_gap_names_a_case(pattern: str) -> None:
    assert any(run.gap_of(case, [(pattern, "")]) is not None for case in CASES), f"no case matches {pattern}"


def test_corpus_is_broad() -> None:
    assert len(CASES) >= 1500
    assert len({case["family"] for case in CASES.values()}) >= 60
