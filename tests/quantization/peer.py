"""TensorFlow's quantizer as a program: `python -m tests.quantization.peer SAVED_MODEL SAMPLES.npz MODE OUT`."""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

INT16X8 = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8


def quantizer(source: Path, samples: Path, mode: str):
    """TensorFlow's converter, set up for the mode."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(source))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if mode in ("int8", "int16x8"):
        arrays = dict(np.load(samples))
        count = min(len(array) for array in arrays.values())
        converter.representative_dataset = lambda: (
            {name: array[i : i + 1] for name, array in arrays.items()} for i in range(count)
        )
    if mode == "int16x8":
        converter.target_spec.supported_ops = [INT16X8, tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("mode")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.write_bytes(quantizer(options.source, options.samples, options.mode).convert())


if __name__ == "__main__":
    main()
