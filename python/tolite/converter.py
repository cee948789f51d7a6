"""The drop-in for ``tf.lite.TFLiteConverter``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from . import _native


class TFLiteConverter:
    """Converts a model to TensorFlow Lite. Make one with ``from_saved_model``."""

    def __init__(self, model: str, options: _native.Options) -> None:
        """Use ``from_saved_model`` instead."""
        self._model = model
        self._options = options
        self._report: dict[str, Any] = {}

    @classmethod
    def from_saved_model(
        cls,
        saved_model_dir: str | os.PathLike[str],
        signature_keys: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> TFLiteConverter:
        """A converter for a SavedModel folder.

        Args:
            saved_model_dir: the folder.
            signature_keys: the signatures to convert; by default all of them.
            tags: the tags of the MetaGraph to convert; by default the one for serving.
        """
        options = _native.Options()
        options.signatures = list(signature_keys or ())
        options.tags = sorted(tags or ())
        return cls(os.fspath(saved_model_dir), options)

    def convert(self) -> bytes:
        """The model as the bytes of a .tflite file.

        Raises:
            tolite.ConverterError: the model cannot be read or converted.
        """
        model, report = _native.convert(self._model, self._options)
        self._report = json.loads(report)
        return model

    @property
    def report(self) -> dict[str, Any]:
        """What the last conversion did: stages and their times, ops, inputs and outputs, bytes."""
        return self._report
