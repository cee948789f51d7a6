"""What the zoo knows of a model: how it is written, how it is fed, how it is converted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Model:
    """One network of the zoo."""

    name: str
    # Writes the model to this path: a SavedModel folder, or a frozen graph if `frozen` is given.
    write: Callable[[Path], None]
    # The network in a few words, for the table of the comparison.
    about: str
    # Sizes, behind the batch, of the inputs whose sizes the model leaves open; by input name.
    open_shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    # Values of the inputs: images are smooth random patterns between these bounds.
    values: tuple[float, float] = (-1.0, 1.0)
    # Input and output names of a frozen graph.
    frozen: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    # TensorFlow's plain kernels cannot run it on a CPU (they know no NCHW pooling), but XLA's can.
    needs_xla: bool = False
    # Part of the continuous tests: small enough to be made, converted and run there.
    quick: bool = True
    # Largest error allowed, as a part of the output's range; the reason stands where it is not the usual one.
    tolerance: float = 1e-4

    @property
    def file_name(self) -> str:
        return "frozen.pb" if self.frozen else "saved_model"
