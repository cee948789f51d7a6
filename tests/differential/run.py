"""Runs the differential corpus and prints the failures, grouped by what went wrong.

    python -m tests.differential.run                     everything
    python -m tests.differential.run Conv2D 'Cast/*u8*'  what these patterns match (an op, a prefix, or a glob)

TensorFlow is needed only when the table has changed (`build.py`); the rest works from the cache.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from . import build

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TIMEOUT = 120.0


def binary() -> str:
    chosen = os.environ.get("TOLITE_BINARY")
    candidates = (
        [Path(chosen)]
        if chosen
        else [
            p
            for d in ("release", "test")
            for p in (ROOT / "build" / d / "tolite", ROOT / "build" / d / "src" / "tolite")
        ]
    )
    existing = [p for p in candidates if p.is_file()]
    if not existing:
        raise SystemExit(f"no tolite binary at {', '.join(map(str, candidates))}; build it or set TOLITE_BINARY")
    return str(max(existing, key=lambda p: p.stat().st_mtime).resolve())


def known_gaps() -> list[tuple[str, str]]:
    with open(HERE / "known_gaps.toml", "rb") as file:
        return [(pattern, gap["reason"]) for gap in tomllib.load(file).get("gap", []) for pattern in gap["cases"]]


def gap_of(case: str, gaps: list[tuple[str, str]]) -> str | None:
    return next((reason for pattern, reason in gaps if fnmatch.fnmatchcase(case, pattern)), None)


def corpus() -> list[dict[str, Any]]:
    """Every case with its folder; builds what the cache lacks."""
    if build.stale_modules():
        subprocess.run([sys.executable, "-m", "tests.differential.build"], cwd=ROOT, check=True)
    jobs = []
    for module in build.MODULES:
        folder = build.folder_of(module)
        manifest = json.loads((folder / "manifest.json").read_text())
        jobs += [
            case | {"folder": str(folder), "index": i, "module": module} for i, case in enumerate(manifest["cases"])
        ]
    return jobs


def matches(case: str, patterns: list[str]) -> bool:
    return not patterns or any(
        case.startswith(p) or fnmatch.fnmatchcase(case, p) or fnmatch.fnmatchcase(case, f"{p}/*") for p in patterns
    )


class Worker:
    """A worker process and the thread that feeds it."""

    def __init__(self, jobs: Queue[dict[str, Any]], results: Queue[dict[str, Any]]):
        self.jobs, self.results = jobs, results
        self.process: subprocess.Popen[str] | None = None
        self.noise = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def start(self) -> subprocess.Popen[str]:
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.differential.worker"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.noise,
        )

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        if self.process is None or self.process.poll() is not None:
            self.process = self.start()
        self.noise.seek(0)
        self.noise.truncate()
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
            answered, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
            line = self.process.stdout.readline() if answered else ""
        except BrokenPipeError:
            answered, line = True, ""
        if line:
            return json.loads(line)
        self.process.kill()
        status = self.process.wait()
        self.noise.seek(0)
        said = [s for s in self.noise.read().splitlines() if s.strip() and "XNNPACK delegate" not in s]
        stage, message = ("crash", f"signal {-status}") if answered else ("timeout", f"over {TIMEOUT:.0f} s")
        return {"id": job["id"], "ops": [], "stage": stage, "message": " | ".join([message, *said[-2:]])}

    def work(self) -> None:
        while True:
            try:
                job = self.jobs.get_nowait()
            except Empty:
                break
            self.results.put(self.ask(job))
        if self.process and self.process.stdin:
            self.process.stdin.close()
            self.process.wait()


def run(
    cases: list[dict[str, Any]], workers: int = 0, keep: Path | None = None, evaluator: bool = True, peer: bool = False
) -> Iterator[dict[str, Any]]:
    """Yields one result a case, as they come."""
    program = "" if peer else binary()
    jobs: Queue[dict[str, Any]] = Queue()
    results: Queue[dict[str, Any]] = Queue()
    with tempfile.TemporaryDirectory(prefix="tolite-differential-") as scratch:
        common = {
            "binary": program,
            "scratch": str(keep.resolve() if keep else scratch),
            "keep": keep is not None,
            "evaluator": evaluator,
            "peer": peer,
        }
        for case in cases:
            jobs.put(common | {"id": case["id"], "folder": case["folder"], "index": case["index"]})
        pool = [Worker(jobs, results) for _ in range(min(workers or os.cpu_count() or 1, len(cases)))]
        for _ in cases:
            yield results.get()
        for worker in pool:
            worker.thread.join()


def kind_of(result: dict[str, Any]) -> str:
    """The error without what differs from case to case."""
    message = re.sub(r"/[^ :|]*/", "", result["message"])
    message = re.sub(r"0x[0-9a-f]+|[-+]?\d+(\.\d+)?(e[-+]?\d+)?|\binf\b|\bnan\b", "#", message)
    message = re.sub(r"\w+ x#: there is no builtin for this operation.*", "no translator", message)
    return f"{result['stage']}: {message[:200]}"


def report(results: list[dict[str, Any]], verbose: bool) -> None:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        groups[kind_of(result)].append(result)
    for members in sorted(groups.values(), key=lambda g: (-len(g), g[0]["id"])):
        members.sort(key=lambda r: r["id"])
        print(f"\n{len(members):5}  {members[0]['stage']}: {members[0]['message'][:600]}")
        shown = members if verbose else members[:4]
        for result in shown:
            print(f"         {result['id']}" + (f"\n             {result['message'][:600]}" if verbose else ""))
        if len(members) > len(shown):
            families = Counter(r["id"].split("/")[0] for r in members[len(shown) :])
            print("         and " + ", ".join(f"{f} {n}" for f, n in families.most_common(12)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("-j", "--jobs", type=int, default=0, help="worker processes (default: one a core)")
    parser.add_argument("-v", "--verbose", action="store_true", help="every failing case with its own message")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave models, inputs and answers here")
    parser.add_argument("--no-evaluator", action="store_true", help="only the interpreter")
    parser.add_argument(
        "--peer", action="store_true", help="the files of TensorFlow's converter (peer.py) instead of ours"
    )
    parser.add_argument("--list", action="store_true", help="print the cases and stop")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every result")
    options = parser.parse_args()
    cases = [c for c in corpus() if matches(c["id"], options.patterns)]
    if options.list:
        print("\n".join(f"{c['id']}  {' '.join(c['ops'])}  {Path(c['folder']).name}/{c['graph']}" for c in cases))
        print(f"{len(cases)} cases in {len({c['family'] for c in cases})} families", file=sys.stderr)
        return 0
    if not cases:
        print("no case matches", file=sys.stderr)
        return 2
    started = time.monotonic()
    results = []
    for result in run(cases, options.jobs, options.keep, not options.no_evaluator, options.peer):
        results.append(result)
        if sys.stderr.isatty():
            print(f"\r{len(results)}/{len(cases)}", end="", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    gaps = known_gaps()
    failed = [r for r in results if "stage" in r]
    unknown = [r for r in failed if gap_of(r["id"], gaps) is None]
    closed = [r["id"] for r in results if "stage" not in r and gap_of(r["id"], gaps) is not None]
    report(unknown, options.verbose)
    for case in closed:
        print(f"\nlisted in known_gaps.toml, but passes: {case}")
    print(
        f"\n{len(results) - len(failed)} of {len(results)} pass, "
        f"{len(failed) - len(unknown)} known gaps, {len(unknown)} fail ({time.monotonic() - started:.1f} s)"
    )
    return 1 if unknown or closed else 0


if __name__ == "__main__":
    sys.exit(main())
