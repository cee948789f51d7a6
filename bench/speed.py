"""Whole processes side by side: `tolite convert`, TensorFlow's converter, and `cp` of what they make."""

import json
import statistics
import subprocess
from pathlib import Path

from tests.models.generate import convert_with_peer, ensure
from tests.models.measure import Run, measure
from tests.models.model import Model
from tests.models.tolite import PROGRAM, convert_command

REPEATS = 7


def median_of(command: list, out: Path | None = None, repeats: int = REPEATS) -> Run:
    """The run with the median time of several, each making its output anew, after one that warms the caches."""
    runs = []
    for _ in range(repeats + 1):
        if out:
            out.unlink(missing_ok=True)
        runs.append(measure(command))
        if runs[-1].status:
            return runs[-1]
    return sorted(runs[1:], key=lambda run: run.seconds)[repeats // 2]


def compare(model: Model, scratch: Path, stored_peer: bool) -> dict:
    """One row: times, peaks and sizes. The peer runs now unless its stored figures are asked for."""
    folder = ensure(model)
    out, copy = scratch / f"{model.name}.tflite", scratch / "copy"
    ours = median_of(convert_command(model, folder, out), out)
    if ours.status:
        return {"model": model.name, "error": ours.stderr.strip()}
    copied = median_of(["cp", out, copy], copy)
    if stored_peer:
        peer = json.loads((folder / "peer.json").read_text())
    else:
        peer = convert_with_peer(model, folder, scratch / "peer.tflite")
    row = {
        "model": model.name,
        "bytes": out.stat().st_size,
        "seconds": ours.seconds,
        "peak_bytes": ours.peak_bytes,
        "cp_seconds": copied.seconds,
        "peer_seconds": peer["seconds"],
        "peer_peak_bytes": peer["peak_bytes"],
    }
    out.unlink()
    copy.unlink()
    return row


def program() -> dict:
    """What the program costs by itself: its start, its bytes, and those of the libraries that are not libc's."""
    idle, version = median_of(["true"], repeats=31), median_of([PROGRAM, "--version"], repeats=31)
    listing = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    found = [Path(line.split()[2]) for line in listing.splitlines() if "=> /" in line]
    system = ("libc.so", "libm.so", "libpthread.so", "libdl.so", "librt.so")
    libraries = {path.name: path.resolve().stat().st_size for path in found if not path.name.startswith(system)}
    return {
        "true_seconds": idle.seconds,
        "version_seconds": version.seconds,
        "program_bytes": PROGRAM.stat().st_size,
        "library_bytes": libraries,
        "total_bytes": PROGRAM.stat().st_size + sum(libraries.values()),
    }


def verdict(row: dict) -> list[str]:
    """What of the goals the row misses."""
    missed = []
    megabytes = row["bytes"] / 1e6
    if megabytes < 150 and row["peer_seconds"] < 100 * row["seconds"]:
        missed.append("under 100 times")
    if megabytes > 50 and row["seconds"] > 4 * row["cp_seconds"]:
        missed.append("over 4 cp")
    if row["peak_bytes"] > 2.5 * row["bytes"] + 50e6:
        missed.append("memory")
    return missed


HEADER = "| model | MB | tolite ms | TensorFlow s | times faster | of `cp` | peak MB | TensorFlow's | misses |"


def table(rows: list[dict]) -> str:
    lines = [HEADER, "|---|--:|--:|--:|--:|--:|--:|--:|---|"]
    for row in rows:
        if "error" in row:
            lines.append(f"| {row['model']} | | | | | | | | fails: {row['error'].splitlines()[0][:80]} |")
            continue
        lines.append(
            f"| {row['model']} | {row['bytes'] / 1e6:.1f} | {row['seconds'] * 1e3:.1f} | {row['peer_seconds']:.1f} "
            f"| {row['peer_seconds'] / row['seconds']:.0f} | {row['seconds'] / row['cp_seconds']:.1f} "
            f"| {row['peak_bytes'] / 1e6:.0f} | {row['peer_peak_bytes'] / 1e6:.0f} | {', '.join(verdict(row))} |"
        )
    good = [row for row in rows if "error" not in row]
    if good:
        ratios = [row["peer_seconds"] / row["seconds"] for row in good]
        lines.append(f"\nMedian {statistics.median(ratios):.0f} times faster, least {min(ratios):.0f}.")
    return "\n".join(lines)
