"""The drop-in for ``tf.lite.TFLiteConverter``."""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

from . import _native


class OpsSet(enum.Enum):
    """The ops that a file may hold, as in ``tf.lite.OpsSet``, whose members are taken too."""

    TFLITE_BUILTINS = "TFLITE_BUILTINS"
    SELECT_TF_OPS = "SELECT_TF_OPS"


class TargetSpec:
    """What the runtime that is to load the file can do.

    Attributes:
        supported_ops: ``OpsSet.TFLITE_BUILTINS``; with ``OpsSet.SELECT_TF_OPS`` too, ops without a builtin form are
            left to TensorFlow's own kernels; with that alone, every op is that they can run.
        experimental_select_user_tf_ops: further ops that the app's Flex delegate is built with.
        runtime: the oldest runtime that has to load the file: "2.5", "2.14", "litert-1.0"; empty for the newest.
    """

    def __init__(self) -> None:
        """The builtins of the newest runtime."""
        self.supported_ops: Iterable[Any] = {OpsSet.TFLITE_BUILTINS}
        self.experimental_select_user_tf_ops: Iterable[str] = ()
        self.runtime = ""

    def _apply(self, options: _native.Options) -> None:
        wanted = {getattr(op, "name", op) for op in self.supported_ops} or {"TFLITE_BUILTINS"}
        unknown = wanted - {op.name for op in OpsSet}
        if unknown:
            raise ValueError(f"supported_ops: {', '.join(sorted(map(str, unknown)))} is not offered")
        select = _native.SelectTfOps.never
        if "SELECT_TF_OPS" in wanted:
            both = "TFLITE_BUILTINS" in wanted
            select = _native.SelectTfOps.needed if both else _native.SelectTfOps.preferred
        options.select_tf_ops = select
        options.select_user_ops = sorted(self.experimental_select_user_tf_ops)
        options.target_runtime = self.runtime


class TFLiteConverter:
    """Converts a model to TensorFlow Lite. Make one with ``from_saved_model``.

    Attributes:
        target_spec: what the runtime can do.
        narrow_float64: whether every float64 becomes float32 and every complex128 complex64, inputs and outputs too.
        allow_custom_ops: whether ops that are in no set become custom ops, whose kernels the app registers.
        custom_opdefs: OpDefs, in protobuf's text form, of ops that are not TensorFlow's own.
    """

    def __init__(self, model: str, options: _native.Options) -> None:
        """Use ``from_saved_model`` instead."""
        self._model = model
        self._options = options
        self._report: dict[str, Any] = {}
        self.target_spec = TargetSpec()
        self.narrow_float64 = False
        self.allow_custom_ops = False
        self.custom_opdefs: Iterable[str] = ()

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
        self.target_spec._apply(self._options)
        self._options.narrow_float64 = self.narrow_float64
        self._options.allow_custom_ops = self.allow_custom_ops
        self._options.custom_op_defs = list(self.custom_opdefs)
        model, report = _native.convert(self._model, self._options)
        self._report = json.loads(report)
        return model

    @property
    def report(self) -> dict[str, Any]:
        """What the last conversion did: stages and their times, ops, inputs and outputs, bytes."""
        return self._report
