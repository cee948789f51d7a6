"""The image classifiers of keras.applications, exported with Keras 3's `model.export` and an unknown batch."""

from pathlib import Path

import keras

from .model import Model
from .weights import randomize

PLUS_MINUS_ONE = (-1.0, 1.0)
BYTES = (0.0, 255.0)


def writer(build, size: int, values: tuple[float, float], seed: int):
    """A function that writes `build()` with random weights to a folder."""

    def write(folder: Path) -> None:
        keras.backend.clear_session()
        randomize(build(weights=None, input_shape=(size, size, 3)), seed, values).export(str(folder), verbose=False)

    return write


# name, builder, rows and columns of the image, values of its pixels, quick.
NETWORKS = (
    ("mobilenet", keras.applications.MobileNet, 224, PLUS_MINUS_ONE, True),
    ("mobilenet_v2", keras.applications.MobileNetV2, 224, PLUS_MINUS_ONE, True),
    ("mobilenet_v3_small", keras.applications.MobileNetV3Small, 224, BYTES, True),
    ("mobilenet_v3_large", keras.applications.MobileNetV3Large, 224, BYTES, False),
    ("efficientnet_b0", keras.applications.EfficientNetB0, 224, BYTES, True),
    ("efficientnet_v2_b0", keras.applications.EfficientNetV2B0, 224, BYTES, False),
    ("resnet50", keras.applications.ResNet50, 224, PLUS_MINUS_ONE, False),
    ("resnet152_v2", keras.applications.ResNet152V2, 224, PLUS_MINUS_ONE, False),
    ("inception_v3", keras.applications.InceptionV3, 299, PLUS_MINUS_ONE, False),
    ("xception", keras.applications.Xception, 299, PLUS_MINUS_ONE, False),
    ("densenet121", keras.applications.DenseNet121, 224, PLUS_MINUS_ONE, False),
    ("nasnet_mobile", keras.applications.NASNetMobile, 224, PLUS_MINUS_ONE, False),
    ("vgg16", keras.applications.VGG16, 224, PLUS_MINUS_ONE, False),
    ("convnext_tiny", keras.applications.ConvNeXtTiny, 224, BYTES, False),
)

MODELS = tuple(
    Model(name, writer(build, size, values, seed), f"Keras 3 {build.__name__}", values=values, quick=quick)
    for seed, (name, build, size, values, quick) in enumerate(NETWORKS, start=1)
)
