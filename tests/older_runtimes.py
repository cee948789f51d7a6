"""Do our files run where the runtime is older?  The differential corpus and the zoo, in the runtimes of `runtimes.py`.

    python -m tests.older_runtimes tflite-runtime-2.14 --target 2.14 [PATTERN...]   cases of the differential corpus
    python -m tests.older_runtimes ai-edge-litert-1.0 --models [NAME...]            models of the zoo
    python -m tests.older_runtimes tflite-runtime-2.14 --target 2.14 --files        TensorFlow's files of the cases
                                                                                    (differential/peer.py), made older

Prints what does not load, and what gives another answer, grouped by what the runtime said; the last line is the score.
The status is 0 if nothing is wrong but what `older_gaps.toml` lists, and nothing is refused but what is too new.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from tests import runtimes
from tests.differential.case import NARROW
from tests.differential.compare import difference
from tests.differential.run import binary, corpus, gap_of, known_gaps, matches
from tests.differential.worker import narrowed


class Job:
    """One file to run on one set of inputs."""

    def __init__(self, name: str, file: Path, feeds: list[np.ndarray], judge):
        self.name, self.file, self.feeds, self.judge = name, file, feeds, judge


def convert(source: Path, out: Path, target: str, *options: str) -> str | None:
    """What the program says if it does not convert."""
    command = [binary(), "convert", str(source), "-o", str(out), "-q", *options]
    done = subprocess.run(
        command + (["--target-runtime", target] if target else []), capture_output=True, text=True, timeout=120
    )
    return " | ".join(done.stderr.split("\n")[:3]) if done.returncode else None


def case_jobs(patterns: list[str], target: str, folder: Path, files: bool = False) -> tuple[list[Job], dict[str, str]]:
    """The cases at their first sizes that convert for the target, and what is said of the others.

    `files`: not from the graphs but from TensorFlow's files of them, where there are any.
    """
    jobs, refused = [], {}
    values: dict[str, np.lib.npyio.NpzFile] = {}
    gaps = known_gaps()
    for case in corpus():
        if not matches(case["id"], patterns) or gap_of(case["id"], gaps):
            continue
        inputs = [i["name"] for i in case["inputs"]]
        out = folder / f"{len(jobs)}.tflite"
        source = Path(case["folder"]) / case["graph"]
        options = ["--input", ",".join(inputs), "--output", ",".join(case["outputs"]), *case["options"]]
        if files:
            source, options = source.with_suffix(".peer.tflite"), []
            if not source.exists():
                continue
        said = convert(source, out, target, *options)
        if said:
            refused[case["id"]] = said
            continue
        if case["folder"] not in values:
            values[case["folder"]] = np.load(Path(case["folder"]) / "values.npz")
        arrays = values[case["folder"]]
        feeds = [arrays[f"{case['number']}/0/{name}"] for name in inputs]
        want = [arrays[f"{case['number']}/0/{name}"] for name in case["outputs"]]
        if NARROW in options:
            feeds, want = ([narrowed(array) for array in side] for side in (feeds, want))
        half = any(str(i["dtype"]) == "float16" for i in case["inputs"])

        def judge(got, want=want, tolerance=case["tolerance"], half=half):
            problems = [difference(g, w, tolerance, half) for g, w in zip(got, want, strict=True)]
            return next((p for p in problems if p), None)

        jobs.append(Job(case["id"], out, feeds, judge))
    return jobs, refused


def model_jobs(names: list[str], target: str, folder: Path) -> tuple[list[Job], dict[str, str]]:
    """The models of the zoo on one sample."""
    from tests.models.generate import ensure
    from tests.models.litert import Runner, error, samples
    from tests.models.tolite import convert_command
    from tests.models.zoo import MODELS

    jobs, refused = [], {}
    for name in names or MODELS:
        model, out = MODELS[name], folder / f"{name}.tflite"
        source = ensure(model, peer=False)
        command = [*map(str, convert_command(model, source, out)), *(["--target-runtime", target] if target else [])]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            refused[name] = " | ".join(done.stderr.split("\n")[:3])
            continue
        runner = Runner(out)
        feeds, expected = samples(source, 1, runner)
        by_tensor = {tensor["name"]: feeds[key] for key, tensor in runner.inputs.items()}
        inputs, outputs = runner.order()
        names_of = {tensor["name"]: key for key, tensor in runner.outputs.items()}

        def judge(got, outputs=outputs, names_of=names_of, expected=expected, tolerance=model.tolerance):
            answers = {names_of[t]: g for t, g in zip(outputs, got, strict=True) if t in names_of}
            worst = error(answers, expected)
            return f"error {worst:.3g}" if worst > tolerance else None

        jobs.append(Job(name, out, [by_tensor[t] for t in inputs], judge))
    return jobs, refused


def judge_all(runtime: str, jobs: list[Job], folder: Path) -> dict[str, str]:
    """What is wrong with each job that is not right."""
    wrong = {}
    todo = [(str(job.file), [runtimes.pack(feed) for feed in job.feeds]) for job in jobs]
    for job, result in zip(jobs, runtimes.run(runtime, todo, folder), strict=True):
        problem = result if isinstance(result, str) else job.judge([runtimes.unpack(parts) for parts in result])
        if problem:
            wrong[job.name] = problem
    return wrong


def groups(said: dict[str, str]) -> str:
    """Names by what was said of them, numbers left out."""
    by_text = defaultdict(list)
    for name, text in said.items():
        by_text[re.sub(r"\d+", "#", text)[:220]].append(name)
    lines = [f"  {len(names):4} {text}\n         {', '.join(names[:6])}" for text, names in by_text.items()]
    return "\n".join(sorted(lines, reverse=True))


def listed_gaps(runtime: str) -> list[tuple[str, str]]:
    """(pattern, reason) of what this runtime itself gets wrong."""
    with Path(__file__).with_name("older_gaps.toml").open("rb") as file:
        gaps = tomllib.load(file)["gap"]
    return [(pattern, gap["reason"]) for gap in gaps if runtime in gap["runtimes"] for pattern in gap["cases"]]


def unlisted(runtime: str, wrong: dict[str, str]) -> dict[str, str]:
    """What is wrong and not listed."""
    gaps = listed_gaps(runtime)
    return {name: said for name, said in wrong.items() if gap_of(name, gaps) is None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runtime", choices=runtimes.RUNTIMES)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--target", default="", help="the option --target-runtime of the conversion")
    parser.add_argument("--models", action="store_true", help="the zoo instead of the differential corpus")
    parser.add_argument("--files", action="store_true", help="TensorFlow's files of the corpus instead of its graphs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        names, target, folder = arguments.names, arguments.target, Path(scratch)
        jobs, refused = (
            model_jobs(names, target, folder) if arguments.models else case_jobs(names, target, folder, arguments.files)
        )
        wrong = judge_all(arguments.runtime, jobs, Path(scratch))
    unknown = unlisted(arguments.runtime, wrong)
    mistaken = {name: said for name, said in refused.items() if "TL0206" not in said}
    for title, said in (("too new", refused), ("wrong", unknown), ("refused for another reason", mistaken)):
        if said:
            print(f"{title}:\n{groups(said)}")
    # A file for a runtime that is older still may have no need of what this one gets wrong.
    gaps = listed_gaps(arguments.runtime) if arguments.runtime.endswith(arguments.target) else []
    closed = [job.name for job in jobs if gap_of(job.name, gaps) is not None and job.name not in wrong]
    for name in closed:
        print(f"listed in older_gaps.toml, but right: {name}")
    score = Counter(
        right=len(jobs) - len(wrong), wrong=len(unknown), listed=len(wrong) - len(unknown), refused=len(refused)
    )
    print(json.dumps({"runtime": arguments.runtime, "target": arguments.target, **score}))
    sys.exit(bool(unknown or mistaken or closed))


if __name__ == "__main__":
    main()
