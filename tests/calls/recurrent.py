"""Recurrent layers of Keras 3 and tf_keras: right on every call, for any batch."""

import keras
import numpy as np
import tf_keras

from .case import KEY, batches, keras_model, random

TIME, FEATURES, UNITS = 6, 5, 8
SEQUENCES = batches("x", TIME, FEATURES, sizes=(2, 3, 2, 1, 2))


def seeded(model):
    """Weights that test something: drawn, biases included."""
    rng = np.random.default_rng(11)
    model.set_weights([(0.4 * rng.standard_normal(w.shape)).astype(w.dtype) for w in model.get_weights()])
    return model


def sequence_model(library, make, time=TIME, batch=None):
    x = library.Input((time, FEATURES), batch_size=batch, name="x")
    return seeded(library.Model(x, make(library.layers)(x)))


LAYERS = {
    "lstm": lambda layers: layers.LSTM(UNITS),
    "lstm_sequences": lambda layers: layers.LSTM(UNITS, return_sequences=True),
    "lstm_states": lambda layers: layers.LSTM(UNITS, return_sequences=True, return_state=True),
    "lstm_backwards": lambda layers: layers.LSTM(UNITS, go_backwards=True, return_sequences=True),
    "lstm_unrolled": lambda layers: layers.LSTM(UNITS, unroll=True),
    "lstm_relu": lambda layers: layers.LSTM(UNITS, activation="relu"),
    "lstm_without_bias": lambda layers: layers.LSTM(UNITS, use_bias=False),
    "lstm_cell": lambda layers: layers.RNN(layers.LSTMCell(UNITS)),
    "bidirectional": lambda layers: layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True)),
    "gru": lambda layers: layers.GRU(UNITS),
    "gru_sequences": lambda layers: layers.GRU(UNITS, return_sequences=True),
    "gru_reset_before": lambda layers: layers.GRU(UNITS, reset_after=False),
    "bidirectional_gru": lambda layers: layers.Bidirectional(layers.GRU(UNITS)),
    "simple_rnn": lambda layers: layers.SimpleRNN(UNITS, return_sequences=True),
    "masked": lambda layers: lambda x: layers.LSTM(UNITS, return_sequences=True)(layers.Masking(mask_value=0.0)(x)),
    "stacked": lambda layers: (
        lambda x: layers.Dense(3, activation="softmax")(
            layers.Bidirectional(layers.LSTM(UNITS))(layers.Bidirectional(layers.LSTM(UNITS, return_sequences=True))(x))
        )
    ),
}


def masked_calls():
    """Sequences that end early."""
    calls = []
    for i, size in enumerate((2, 3, 2, 1)):
        x = random(size, TIME, FEATURES, seed=i)
        for row in range(size):
            x[row, 2 + row :] = 0
        calls.append((KEY, {"x": x}))
    return calls


for _name, _make in LAYERS.items():
    for _library in (keras, tf_keras):
        _prefix = "keras3" if _library is keras else "tf_keras"

        @keras_model(f"{_prefix}_{_name}", masked_calls if _name == "masked" else SEQUENCES)
        def _(library=_library, make=_make):
            library.backend.clear_session()
            return sequence_model(library, make)


@keras_model("keras3_lstm_any_length", lambda: [(KEY, {"x": random(b, t, FEATURES)}) for b, t in ((2, 4), (1, 9))])
def _():
    keras.backend.clear_session()
    return sequence_model(keras, LAYERS["lstm_sequences"], time=None)


@keras_model("keras3_stateful", batches("x", TIME, FEATURES, sizes=(2, 2, 2, 2)))
def _():
    keras.backend.clear_session()
    return sequence_model(keras, lambda layers: layers.LSTM(UNITS, stateful=True), batch=2)


@keras_model("keras3_conv_lstm", batches("x", 4, 6, 6, 2, sizes=(1, 2, 1)))
def _():
    keras.backend.clear_session()
    x = keras.Input((4, 6, 6, 2), name="x")
    y = keras.layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(x)
    return seeded(keras.Model(x, y))
