"""Are two arrays the same answer?  Types, shapes, integers and booleans exactly; floats within a tolerance."""

from __future__ import annotations

import numpy as np

# Kernels may compute a half-float op in single or in half precision, so intermediate results differ by a unit or two.
HALF = (4e-3, 4e-3, 2e-3)


def difference(got: np.ndarray, want: np.ndarray, tolerance: list[float], half: bool = False) -> str | None:
    """What is wrong with `got`, or None."""
    if want.dtype.kind == "S" and got.dtype.kind in "OS":  # strings: the width is not part of the answer
        got, want = got.astype(object), want.astype(object)
    if got.dtype != want.dtype:
        return f"type {got.dtype} instead of {want.dtype}"
    if got.shape != want.shape:
        return f"shape {list(got.shape)} instead of {list(want.shape)}"
    if want.dtype.kind not in "fc":
        wrong = int(np.count_nonzero(got != want))
        return f"{wrong} of {want.size} elements differ" if wrong else None
    relative, absolute, scale = (max(a, b) for a, b in zip(tolerance, HALF, strict=True)) if half else tolerance
    a, b = got.astype(np.float64), want.astype(np.float64)
    finite = np.isfinite(b)
    special = ~finite
    wrong = special & ~((a == b) | (np.isnan(a) & np.isnan(b)))
    largest = np.abs(b[finite]).max(initial=0.0)
    with np.errstate(invalid="ignore"):
        wrong |= finite & ~(np.abs(a - b) <= absolute + relative * np.abs(b) + scale * largest)
    if not wrong.any():
        return None
    at = np.unravel_index(int(np.argmax(wrong)), wrong.shape) if wrong.ndim else ()
    where = [int(i) for i in at]
    return f"{int(wrong.sum())} of {want.size} elements differ, first {a[at]:.9g} instead of {b[at]:.9g} at {where}"
