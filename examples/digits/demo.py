"""What `./dev demo` shows: the digits SavedModel converted and judged, with nothing but plain Python around tolite.

Usage: demo.py TOLITE [OUT_FOLDER]. Neither TensorFlow nor NumPy is needed: an .npz is a zip of .npy files, and a
.npy is a short text header and the numbers.
"""

import ast
import json
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def read_npy(data: bytes) -> tuple[tuple[int, ...], list]:
    """The shape and the elements of a .npy file that holds float32 or int32."""
    major = data[6]
    (length,), start = (struct.unpack("<H", data[8:10]), 10) if major == 1 else (struct.unpack("<I", data[8:12]), 12)
    header = ast.literal_eval(data[start : start + length].decode())
    code = {"<f4": "f", "<i4": "i"}[header["descr"]]
    return header["shape"], list(memoryview(data[start + length :]).cast(code))


def main() -> None:
    tolite = sys.argv[1]
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="digits-"))
    folder.mkdir(parents=True, exist_ok=True)
    model, pixels, answers = folder / "digits.tflite", folder / "pixels.npy", folder / "answers.npz"

    start = time.perf_counter()
    subprocess.run(
        [tolite, "convert", HERE / "saved_model", "-o", model, "--report", folder / "report.json"], check=True
    )
    seconds = time.perf_counter() - start

    with zipfile.ZipFile(HERE / "test.npz") as samples:
        pixels.write_bytes(samples.read("pixels.npy"))
        _, labels = read_npy(samples.read("labels.npy"))
    subprocess.run([tolite, "run", model, "--input", f"pixels={pixels}", "-o", answers], check=True)
    with zipfile.ZipFile(answers) as result:
        (rows, classes), scores = read_npy(result.read("output_0.npy"))

    guesses = [max(range(classes), key=lambda c, r=row: scores[r * classes + c]) for row in range(rows)]
    right = sum(guess == label for guess, label in zip(guesses, labels, strict=True))
    source = json.loads((HERE / "source.json").read_text())
    report = json.loads((folder / "report.json").read_text())
    print(f"converted  {HERE.name}/saved_model -> {model}")
    print(f"accuracy   {source['accuracy']:.2%} in TensorFlow, {right / rows:.2%} after conversion, on {rows} images")
    print(f"ops        {sum(graph['op_count'] for graph in report['graphs'])}")
    print(f"bytes      {model.stat().st_size:,}")
    print(f"time       {seconds * 1000:.1f} ms for the whole conversion process")
    if round(right / rows, 4) != source["accuracy"]:
        sys.exit("the converted model is not as accurate as its source")


if __name__ == "__main__":
    main()
