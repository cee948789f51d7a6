"""Random weights that behave like trained ones: activations neither vanish nor explode, and no batch norm is trivial.

Weights as Keras initialises them would hide mistakes: a moving mean of 0 and a variance of 1 convert right even if
they are ignored, and a bias of 0 even if it is dropped.
"""

import keras
import numpy as np

NORMS = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)


def smooth_images(shape: tuple[int, ...], values: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Random patterns with structure at several scales, as photographs have."""
    low, high = values
    result = rng.uniform(size=shape).astype(np.float32)
    if len(shape) == 4:
        for cells in (2, 5, 11):
            coarse = rng.uniform(size=(shape[0], cells, cells, shape[3])).astype(np.float32)
            rows = np.arange(shape[1]) * cells // shape[1]
            columns = np.arange(shape[2]) * cells // shape[2]
            result += coarse[:, rows][:, :, columns]
        result /= 4
    return (low + (high - low) * result).astype(np.float32)


def spread(variable, values: np.ndarray) -> None:
    variable.assign(values.astype(np.float32))


def draw_weights(layer: keras.Layer, rng: np.random.Generator) -> None:
    """Draws the layer's own weights: kernels by He's rule, scales around one, offsets and biases around zero."""
    for weight in layer._trainable_variables:
        shape, name = tuple(weight.shape), weight.name
        if isinstance(layer, NORMS) or name in ("gamma", "beta", "scale"):
            center = 1.0 if name in ("gamma", "scale") else 0.0
            spread(weight, center + rng.uniform(-0.3, 0.3, size=shape))
        elif len(shape) <= 1 or "bias" in name:
            spread(weight, rng.normal(0, 0.1, size=shape))
        elif "depthwise" in name or isinstance(layer, keras.layers.DepthwiseConv2D):
            spread(weight, rng.normal(0, np.sqrt(2 / (shape[0] * shape[1])), size=shape))
        else:
            transposed = isinstance(layer, keras.layers.Conv2DTranspose)
            fan_in = np.prod(shape[:-1]) * (shape[-1] / shape[-2] / np.prod(layer.strides) if transposed else 1)
            spread(weight, rng.normal(0, np.sqrt(2 / fan_in), size=shape))


def settle_batch_norms(model: keras.Model, images, rng: np.random.Generator) -> None:
    """Moves each batch norm's statistics to those of the data, then a little aside, as training leaves them."""
    norms = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        mean, variance = np.array(norm.moving_mean), np.array(norm.moving_variance)
        spread(norm.moving_mean, mean + 0.05 * np.sqrt(variance) * rng.normal(size=mean.shape))
        spread(norm.moving_variance, variance * rng.uniform(0.9, 1.3, size=mean.shape) + 1e-3)


def scale_logits(model: keras.Model, images) -> None:
    """Scales the classifier, if the model ends in one, so that its softmax is neither flat nor a single spike."""
    softmax, linear = keras.activations.softmax, keras.activations.linear
    last = [x for x in model._flatten_layers() if isinstance(x, keras.layers.Dense | keras.layers.Conv2D)][-1]
    if softmax not in (last.activation, getattr(model.layers[-1], "activation", None)):
        return
    activation, last.activation = last.activation, linear
    logits = np.array(keras.Model(model.input, last.output)(images, training=False))
    last.activation = activation
    spread(last.kernel, np.array(last.kernel) * (2.5 / logits.std()))


def randomize(model: keras.Model, seed: int, values: tuple[float, float] = (-1.0, 1.0), batch: int = 4) -> keras.Model:
    """Gives every weight of the model a seeded, sane value; returns the model."""
    rng = np.random.default_rng(seed)
    images = [smooth_images((batch, *x.shape[1:]), values, rng) for x in model.inputs]
    images = images if len(images) > 1 else images[0]
    for layer in model._flatten_layers():
        draw_weights(layer, rng)
    settle_batch_norms(model, images, rng)
    scale_logits(model, images)
    return model
