"""Networks whose output is again an image, and a detector's head: upsampling, dilation, instance norm, anchors."""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from .model import Model
from .weights import randomize


def conv_block(x, filters: int, kernel: int = 3, strides: int = 1, dilation: int = 1):
    """Convolution, batch norm, ReLU."""
    x = layers.Conv2D(filters, kernel, strides, padding="same", dilation_rate=dilation, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def unet() -> keras.Model:
    """An encoder and decoder with skips; one step up is a transposed convolution, the other bilinear."""
    image = keras.Input((96, 96, 3), name="image")
    full = conv_block(conv_block(image, 16), 16)
    half = conv_block(conv_block(layers.MaxPooling2D()(full), 32), 32)
    quarter = conv_block(conv_block(layers.MaxPooling2D()(half), 64), 64)
    x = layers.Conv2DTranspose(32, 2, strides=2, padding="same")(quarter)
    x = conv_block(layers.Concatenate()([half, x]), 32)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = conv_block(layers.Concatenate()([full, x]), 16)
    return keras.Model(image, layers.Conv2D(2, 1, activation="sigmoid", name="mask")(x), name="unet")


def deeplab() -> keras.Model:
    """Atrous convolutions at three rates beside a pooled branch, resized to the image."""
    image = keras.Input((128, 128, 3), name="image")
    x = conv_block(image, 16, strides=2)
    x = conv_block(x, 32, strides=2)
    low = x
    x = conv_block(x, 64, strides=2)
    x = layers.SeparableConv2D(64, 3, padding="same", dilation_rate=2, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    branches = [conv_block(x, 32, kernel=1)] + [conv_block(x, 32, dilation=rate) for rate in (2, 4, 6)]
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(x)
    pooled = layers.Conv2D(32, 1, activation="relu")(pooled)
    branches.append(layers.UpSampling2D(16, interpolation="bilinear")(pooled))
    x = conv_block(layers.Concatenate()(branches), 64, kernel=1)
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = conv_block(layers.Concatenate()([x, conv_block(low, 16, kernel=1)]), 64)
    x = layers.Conv2D(21, 1)(x)
    x = layers.UpSampling2D(4, interpolation="bilinear")(x)
    return keras.Model(image, layers.Softmax(name="classes")(x), name="deeplab")


class DepthToSpace(layers.Layer):
    """Channels become pixels."""

    def __init__(self, block: int, **kwargs):
        super().__init__(**kwargs)
        self.block = block

    def call(self, x):
        import tensorflow as tf

        return tf.nn.depth_to_space(x, self.block)


def super_resolution() -> keras.Model:
    """Sub-pixel convolution: three times the size."""
    image = keras.Input((64, 64, 1), name="image")
    x = layers.Conv2D(64, 5, padding="same", activation="relu")(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    for _ in range(2):
        y = layers.PReLU(shared_axes=(1, 2))(layers.Conv2D(32, 3, padding="same")(x))
        x = layers.Add()([x, layers.Conv2D(32, 3, padding="same")(y)])
    return keras.Model(image, DepthToSpace(3)(layers.Conv2D(9, 3, padding="same")(x)), name="super_resolution")


class InstanceNorm(layers.Layer):
    """Each image's channels to mean 0 and variance 1, then a learned scale and offset."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x):
        mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
        return (x - mean) * ops.rsqrt(variance + 1e-5) * self.gamma + self.beta


class ReflectPad(layers.Layer):
    """Mirrors `size` pixels outwards at each border."""

    def __init__(self, size: int, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, x):
        return ops.pad(x, [[0, 0], [self.size] * 2, [self.size] * 2, [0, 0]], mode="reflect")


class Enlarge(layers.Layer):
    """Twice the size by a resize op; `UpSampling2D` repeats rows and columns instead."""

    def call(self, x):
        return ops.image.resize(x, (2 * x.shape[1], 2 * x.shape[2]), interpolation="nearest")


def style_transfer(size: tuple[int | None, int | None]) -> keras.Model:
    """The feed-forward style network: strided down, residual blocks, nearest-neighbour up."""
    enlarge = layers.UpSampling2D if None in size else Enlarge

    def styled(x, filters, kernel, strides=1):
        x = ReflectPad(kernel // 2)(x)
        return InstanceNorm()(layers.Conv2D(filters, kernel, strides, padding="valid")(x))

    image = keras.Input((*size, 3), name="image")
    x = layers.ReLU()(styled(image, 16, 9))
    x = layers.ReLU()(styled(x, 32, 3, strides=2))
    x = layers.ReLU()(styled(x, 64, 3, strides=2))
    for _ in range(3):
        x = layers.Add()([x, styled(layers.ReLU()(styled(x, 64, 3)), 64, 3)])
    for filters in (32, 16):
        x = layers.ReLU()(styled(enlarge()(x), filters, 3))
    x = layers.Conv2D(3, 9, activation="tanh")(ReflectPad(4)(x))
    return keras.Model(image, x, name="style_transfer")


def anchors(cells: int, ratios: tuple[float, ...]) -> np.ndarray:
    """Centre and size of one box per cell and ratio, as parts of the image."""
    centers = (np.arange(cells) + 0.5) / cells
    y, x = np.meshgrid(centers, centers, indexing="ij")
    boxes = [
        np.stack([y, x, np.full_like(y, np.sqrt(r) / cells), np.full_like(x, 1 / np.sqrt(r) / cells)], -1)
        for r in ratios
    ]
    return np.stack(boxes, 2).reshape(-1, 4).astype(np.float32)


class DecodeBoxes(layers.Layer):
    """Turns offsets from anchors into corners inside the image."""

    def __init__(self, anchor_boxes: np.ndarray, **kwargs):
        super().__init__(**kwargs)
        self.anchor_boxes = anchor_boxes

    def call(self, offsets):
        center = offsets[..., :2] * 0.1 * self.anchor_boxes[:, 2:] + self.anchor_boxes[:, :2]
        half = ops.exp(offsets[..., 2:] * 0.2) * self.anchor_boxes[:, 2:] / 2
        return ops.clip(ops.concatenate([center - half, center + half], axis=-1), 0.0, 1.0)


def ssd() -> keras.Model:
    """A small backbone and the head of a single-shot detector at three scales, boxes decoded, no suppression."""
    ratios, classes = (0.5, 1.0, 2.0), 11
    image = keras.Input((160, 160, 3), name="image")
    x = conv_block(conv_block(image, 16, strides=2), 24, strides=2)
    x = conv_block(x, 32, strides=2)
    scores, offsets, boxes = [], [], []
    for filters in (48, 64, 96):
        x = layers.ReLU(6)(layers.BatchNormalization()(layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False)(x)))
        x = conv_block(x, filters, kernel=1)
        scores.append(layers.Reshape((-1, classes))(layers.Conv2D(len(ratios) * classes, 3, padding="same")(x)))
        offsets.append(layers.Reshape((-1, 4))(layers.Conv2D(len(ratios) * 4, 3, padding="same")(x)))
        boxes.append(anchors(x.shape[1], ratios))
    return keras.Model(
        image,
        {
            "scores": layers.Softmax()(layers.Concatenate(axis=1)(scores)),
            "boxes": DecodeBoxes(np.concatenate(boxes))(layers.Concatenate(axis=1)(offsets)),
        },
        name="ssd",
    )


def writer(build, seed: int, *arguments):
    """A function that writes `build(*arguments)` with random weights to a folder."""

    def write(folder: Path) -> None:
        keras.backend.clear_session()
        model = build(*arguments)
        if any(None in x.shape[1:] for x in model.inputs):  # settle the statistics at one size, keep the weights
            fixed = randomize(build((64, 64)), seed)
            model.set_weights(fixed.get_weights())
        else:
            randomize(model, seed)
        model.export(str(folder), verbose=False)

    return write


MODELS = (
    Model("unet", writer(unet, 31), "U-Net, transposed and bilinear upsampling"),
    Model("deeplab", writer(deeplab, 32), "DeepLab-like, dilated convolutions"),
    Model("super_resolution", writer(super_resolution, 33), "sub-pixel super-resolution (depth to space)"),
    Model("style_transfer", writer(style_transfer, 34, (96, 96)), "style transfer, instance norm, reflect padding"),
    Model(
        "style_transfer_any_size",
        writer(style_transfer, 35, (None, None)),
        "style transfer of any image size",
        open_shapes={"image": (64, 96, 3)},
    ),
    Model("ssd", writer(ssd, 36), "single-shot detector head with box decoding"),
)
