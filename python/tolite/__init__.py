"""TensorFlow models to TensorFlow Lite, natively: no TensorFlow inside.

>>> import tolite
>>> model = tolite.TFLiteConverter.from_saved_model("saved_model").convert()
>>> open("model.tflite", "wb").write(model)
"""

from ._error import ConverterError, Unconverted
from ._native import version as _version
from .converter import OpsSet, TargetSpec, TFLiteConverter
from .runtime import inspect, run

__version__: str = _version()

__all__ = [
    "ConverterError",
    "OpsSet",
    "TFLiteConverter",
    "TargetSpec",
    "Unconverted",
    "__version__",
    "inspect",
    "run",
]
