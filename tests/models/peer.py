"""TensorFlow's own converter as a program: `python -m tests.models.peer SOURCE OUT [--select-tf-ops]`."""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf


def converter(source: Path, frozen: list[list[str]] | None):
    if frozen:
        return tf.compat.v1.lite.TFLiteConverter.from_frozen_graph(str(source), *frozen)
    return tf.lite.TFLiteConverter.from_saved_model(str(source))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--select-tf-ops", action="store_true")
    parser.add_argument("--frozen", nargs=2, help="input and output names of a frozen graph, each comma-separated")
    options = parser.parse_args()
    convert = converter(options.source, options.frozen and [names.split(",") for names in options.frozen])
    if options.select_tf_ops:
        convert.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    options.out.write_bytes(convert.convert())


if __name__ == "__main__":
    main()
