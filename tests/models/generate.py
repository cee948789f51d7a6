"""Makes the zoo: `python -m tests.models.generate [NAME...] [--no-peer]`.

Each model gets a folder under build/models (or $TOLITE_MODELS) with the model itself, `samples_1.npz` and
`samples_3.npz` (inputs for batch 1 and 3 and TensorFlow's answers, all by their names in the signature) and
TensorFlow's own `peer.tflite` with `peer.json` (time and memory of the process that made it). What is already there
and was made from the same sources is kept.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import zlib
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from .measure import Run, measure
from .model import Model

ROOT = Path(__file__).parents[2]
BATCHES = (1, 3)


def cache() -> Path:
    return Path(os.environ.get("TOLITE_MODELS", ROOT / "build" / "models"))


def recipe(model: Model) -> str:
    """A digest of the sources the model is made from."""
    files = (Path(sys.modules[model.write.__module__].__file__), Path(__file__).with_name("weights.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files) + repr(model.open_shapes).encode()).hexdigest()


def reference(model: Model, source: Path):
    """TensorFlow's own reading of the written model: the specs of its inputs, and a function of named tensors."""
    import tensorflow as tf

    if not model.frozen:
        loaded = tf.saved_model.load(str(source))
        # A Keras 3 export has the same function twice, as "serve" and as "serving_default".
        key = "serving_default" if "serving_default" in loaded.signatures else next(iter(loaded.signatures))
        signature = loaded.signatures[key]
        specs = signature.structured_input_signature[1]
        call = tf.function(signature, jit_compile=True) if model.needs_xla else signature
        return specs, lambda feeds, _keep=loaded: call(**feeds)

    inputs, outputs = model.frozen
    graph = tf.compat.v1.GraphDef.FromString(source.read_bytes())
    function = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph, name=""), [])
    pruned = function.prune([f"{name}:0" for name in inputs], [f"{name}:0" for name in outputs])
    specs = {name: tf.TensorSpec.from_tensor(function.graph.get_tensor_by_name(f"{name}:0")) for name in inputs}
    return specs, lambda feeds: dict(zip(outputs, pruned(*(feeds[name] for name in inputs)), strict=True))


def sample(model: Model, specs, batch: int):
    """Seeded inputs for one batch size."""
    import numpy as np

    from .weights import smooth_images

    rng = np.random.default_rng(zlib.crc32(f"{model.name} {batch}".encode()))
    feeds = {}
    for name, spec in sorted(specs.items()):
        shape = (batch, *model.open_shapes.get(name, spec.shape[1:]))
        feeds[name] = smooth_images(shape, model.values, rng).astype(spec.dtype.as_numpy_dtype)
    return feeds


def write_model(model: Model, folder: Path) -> None:
    """The model, its inputs and TensorFlow's answers."""
    import numpy as np
    import tensorflow as tf

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.write(folder / model.file_name)
    specs, call = reference(model, folder / model.file_name)
    for batch in BATCHES:
        feeds = sample(model, specs, batch)
        answers = call({name: tf.constant(value) for name, value in feeds.items()})
        for name, value in answers.items():
            spread = float(np.std(value.numpy()))
            if not 1e-3 < spread < 1e3:
                raise ValueError(f"{model.name}: {name} has a spread of {spread}: weights that test nothing")
        np.savez(folder / f"samples_{batch}.npz", **feeds, **{name: value.numpy() for name, value in answers.items()})
    (folder / "recipe").write_text(recipe(model))


def convert_with_peer(model: Model, folder: Path, out: Path) -> dict:
    """TensorFlow's converter on this model, with Select TF ops only where it cannot do without."""
    command = [sys.executable, "-m", "tests.models.peer", folder / model.file_name, out]
    if model.frozen:
        command += ["--frozen", *(",".join(names) for names in model.frozen)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run: Run = measure(command, environment)
    select = run.status != 0
    if select:
        run = measure([*command, "--select-tf-ops"], environment)
    return {
        "seconds": run.seconds,
        "peak_bytes": run.peak_bytes,
        "select_tf_ops": select,
        "error": run.stderr.strip().splitlines()[-1] if run.status else None,
    }


def ensure(model: Model, peer: bool = True) -> Path:
    """The model's folder, made now if it is not there."""
    folder = cache() / model.name
    stamp = folder / "recipe"
    if not stamp.exists() or stamp.read_text() != recipe(model):
        write_model(model, folder)
    if peer and not (folder / "peer.json").exists():
        result = convert_with_peer(model, folder, folder / "peer.tflite")
        (folder / "peer.json").write_text(json.dumps(result, indent=1) + "\n")
    return folder


def main() -> None:
    from .zoo import MODELS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MODELS], metavar="NAME")
    parser.add_argument("--no-peer", action="store_true", help="leave out TensorFlow's converter")
    options = parser.parse_args()
    for name in options.names or MODELS:
        print(ensure(MODELS[name], not options.no_peer), flush=True)


if __name__ == "__main__":
    main()
