"""Trains the example: a small CNN that reads scikit-learn's bundled 8x8 digits.

Writes next to itself what is committed: `saved_model/` (Keras 3 `model.export`), `digits.keras`, `digits.h5`,
`test.npz` (the held-out images, their labels and the model's own answers) and `source.json` (its accuracy).
Run it inside the test environment that `./dev test` makes: `.venv/bin/python examples/digits/train.py`.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).parent


def build() -> keras.Model:
    """Convolution, batch norm, a separable block and a residual: the pieces of larger networks."""
    pixels = keras.Input((8, 8, 1), name="pixels")
    x = layers.Conv2D(16, 3, padding="same", use_bias=False)(pixels)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.Conv2D(32, 1, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    y = layers.Conv2D(32, 3, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(pixels, layers.Dense(10, activation="softmax")(x), name="digits")


def main() -> None:
    keras.utils.set_random_seed(7)
    tf.config.experimental.enable_op_determinism()

    digits = load_digits()
    images = (digits.images[..., np.newaxis] / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=450, random_state=7, stratify=digits.target
    )

    model = build()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train_x, train_y, batch_size=32, epochs=30, verbose=2)
    answers = model.predict(test_x, verbose=0)
    accuracy = float(np.mean(answers.argmax(axis=1) == test_y))

    inference = keras.Model(model.input, model.output, name="digits")  # without the optimizer's state
    inference.export(str(HERE / "saved_model"), verbose=False)
    inference.save(HERE / "digits.keras")
    inference.save(HERE / "digits.h5")
    np.savez_compressed(HERE / "test.npz", pixels=test_x, labels=test_y.astype(np.int32), output_0=answers)
    (HERE / "source.json").write_text(json.dumps({"test_images": len(test_y), "accuracy": round(accuracy, 4)}) + "\n")
    print(f"accuracy {accuracy:.2%} on {len(test_y)} images")


if __name__ == "__main__":
    main()
