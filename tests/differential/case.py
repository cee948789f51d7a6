"""What a row of the differential table is: a small TensorFlow function, its inputs, and how close the answers must be.

The table (table/*.py) calls `add` once a case.  Nothing here imports TensorFlow until a graph is built, so the
runner, which works from the cache, never does.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

Shape = tuple[int | str, ...]
Values = Callable[[np.random.Generator, tuple[int, ...], np.dtype], np.ndarray]

DTYPES = {
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "bool": "bool",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "u8": "uint8",
    "u16": "uint16",
    "u32": "uint32",
    "u64": "uint64",
    "str": "string",
}

# A dimension given as a letter is unknown to the graph; a dynamic case runs once with each column of sizes.
SYMBOLS = {"n": (2, 3), "m": (3, 1), "k": (4, 6), "h": (7, 10), "w": (9, 6), "t": (5, 8), "c": (3, 4), "o": (1, 4)}


class _TensorFlow(ModuleType):
    """Stands for the tensorflow module and loads it when first used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("tensorflow"), name)


tf = _TensorFlow("tensorflow")


@dataclass(frozen=True)
class Tolerance:
    """|got - want| <= absolute + relative * |want| + scale * max|want|; integers and booleans are always exact."""

    relative: float = 0.0
    absolute: float = 0.0
    scale: float = 0.0


EXACT = Tolerance()
# A correctly rounded operation done in another order or through a reciprocal: a few units in the last place.
ROUNDED = Tolerance(relative=1e-6, absolute=1e-30)
# Polynomial approximations: Eigen's, XNNPACK's and libm's differ by a few units in the last place, more where
# the result cancels (log near 1, sin near pi).
APPROXIMATE = Tolerance(relative=1e-5, absolute=2e-6)
# Sums of products: the error follows the size of what is summed, not of each result.
ACCUMULATED = Tolerance(relative=1e-5, scale=1e-5)


# The option that makes float64 float32.  TensorFlow computes such a case in float64, on inputs that float32 holds too.
NARROW = "--narrow-float64"


@dataclass(frozen=True)
class Input:
    shape: Shape
    dtype: str
    values: Values

    def at(self, run: int) -> tuple[int, ...]:
        return tuple(SYMBOLS[d][run] if isinstance(d, str) else d for d in self.shape)

    def placeholder(self) -> list[int | None]:
        return [None if isinstance(d, str) else d for d in self.shape]


@dataclass(frozen=True)
class Case:
    family: str  # the TensorFlow op or the pattern under test
    variant: str
    function: Callable[..., Any]
    inputs: tuple[Input, ...]
    tolerance: Tolerance
    reference: Callable[..., Any] | None  # where TensorFlow has no CPU kernel for the graph itself
    options: tuple[str, ...] = ()  # of `tolite convert`

    @property
    def id(self) -> str:
        return f"{self.family}/{self.variant}"

    @property
    def runs(self) -> int:
        return 2 if any(isinstance(d, str) for i in self.inputs for d in i.shape) else 1


TABLE: dict[str, Case] = {}


def add(
    family: str,
    variant: str,
    function: Callable[..., Any],
    *inputs: Input,
    tolerance: Tolerance = EXACT,
    reference: Callable[..., Any] | None = None,
    options: Iterable[str] = (),
) -> None:
    case = Case(family, variant.replace(" ", "_"), function, inputs, tolerance, reference, tuple(options))
    if case.id in TABLE:
        raise ValueError(f"two cases are called {case.id}")
    TABLE[case.id] = case


def raw(op: str, **fixed: Any) -> Callable[..., Any]:
    """The TensorFlow op itself; positional arguments are its inputs, keywords its other inputs and attributes."""

    def call(*inputs: Any) -> Any:
        function = getattr(tf.raw_ops, op)
        free = [p for p in inspect.signature(function).parameters if p not in fixed]
        return function(**dict(zip(free, inputs, strict=False)), **fixed)

    return call


def text(shape: Iterable[int | str]) -> str:
    return "x".join(str(d) for d in shape) or "scalar"


# Value generators -------------------------------------------------------------------------------------------------


def some(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Ordinary values: floats around 0, small integers, coin tosses."""
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "f":
        return (rng.standard_normal(shape) * 2).astype(dtype)
    return rng.integers(0 if dtype.kind == "u" else -20, 21, shape).astype(dtype)


def words(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """A few short strings, one of them empty, one not ASCII."""
    return rng.choice(np.array([b"", b"a", b"ab", b"b", "m\u00e4dchen".encode()]), shape)


def uniform(low: float, high: float) -> Values:
    """Real or whole numbers in [low, high)."""

    def values(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        if dtype.kind == "f":
            return rng.uniform(low, high, shape).astype(dtype)
        return rng.integers(int(low), int(high), shape).astype(dtype)

    return values


def nonzero(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    magnitude = rng.uniform(0.5, 4, shape) if dtype.kind == "f" else rng.integers(1, 9, shape)
    sign = 1 if dtype.kind == "u" else rng.choice([-1, 1], shape)
    return np.asarray(magnitude * sign).astype(dtype)


def ties(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Halves and few distinct values, for rounding, comparison and order."""
    return (rng.integers(-6 if dtype.kind != "u" else 0, 7, shape) / (2 if dtype.kind == "f" else 1)).astype(dtype)


def edges(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """The values where kernels differ: zeros of both signs, infinities, NaN, halves, extremes."""
    if dtype.kind == "b":
        special = [False, True]
    elif dtype.kind == "f":
        special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, np.inf, -np.inf, np.nan, 100.0, -100.0, 1e-6, 6.0, 3.0]
    else:
        limit = np.iinfo(dtype)
        special = [limit.min, limit.max, 0, 1, limit.max - 1, limit.min + 1]
    return np.resize(np.array(special, dtype=dtype), shape)


def finite_edges(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Edges for kernels that clamp to the finite range (ADD, MUL, ... do so even without an activation) or lose NaN."""
    return np.resize(
        np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 50.0, -50.0, 1e-6, 6.0, 3.0], dtype=dtype), shape
    )


def given(*numbers: float) -> Values:
    """Exactly these, repeated to fill the shape."""
    return lambda rng, shape, dtype: np.resize(np.array(numbers), shape).astype(dtype)


def permutation(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    return rng.permutation(int(np.prod(shape))).reshape(shape).astype(dtype)


def _of(dtype: str) -> Callable[..., Input]:
    def make(*shape: int | str, values: Values = some) -> Input:
        return Input(tuple(shape), dtype, values)

    return make


f16, f32, f64, boolean = _of("f16"), _of("f32"), _of("f64"), _of("bool")
i8, i16, i32, i64 = _of("i8"), _of("i16"), _of("i32"), _of("i64")
u8, u16, u32, u64 = _of("u8"), _of("u16"), _of("u32"), _of("u64")


def string(*shape: int | str, values: Values = words) -> Input:
    return Input(tuple(shape), "str", values)


def tensor(dtype: str, *shape: int | str, values: Values = some) -> Input:
    return Input(tuple(shape), dtype, values)


def constant(*shape: int, dtype: str = "f32", seed: int = 1, values: Values = some) -> np.ndarray:
    """A weight for the function to close over."""
    kind = np.dtype(DTYPES[dtype])
    return values(np.random.default_rng(seed), tuple(shape), kind)
