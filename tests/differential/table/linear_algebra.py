"""Small systems of linear equations, and random numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..case import Tolerance, Values, add, f32, raw, text, tf, uniform

# Solutions differ by the condition of the matrices, which is about ten.
SOLVED = Tolerance(relative=1e-4, scale=1e-5)


def regular(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Matrices well away from singular ones, with zeros on the diagonal and pivots in every row."""
    size = shape[-1]
    matrices = rng.uniform(-1, 1, shape)
    order = rng.permutation(size)
    matrices[..., np.arange(size), order] += np.where(rng.random(size) < 0.5, -1, 1) * (size + 1)
    return matrices.astype(dtype)


def positive_definite(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    factor = rng.uniform(-1, 1, shape)
    return (factor @ np.swapaxes(factor, -1, -2) + np.eye(shape[-1])).astype(dtype)


def triangular(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Full: what is on the other side of the diagonal must not count."""
    return (rng.uniform(-1, 1, shape) + 3 * np.eye(shape[-1])).astype(dtype)


STACKS: list[tuple[int | str, ...]] = [(), (3,), (2, 2), ("n",), ("n", "h")]
for size in 1, 2, 3, 4, 6, 8:
    for stack in STACKS:
        shape = (*stack, size, size)
        for adjoint in False, True:
            call = raw("MatrixInverse", adjoint=adjoint)
            name = f"f32{' adjoint' if adjoint else ''} {text(shape)}"
            add("MatrixInverse", name, call, f32(*shape, values=regular), tolerance=SOLVED)
        add(
            "MatrixDeterminant",
            f"f32 {text(shape)}",
            raw("MatrixDeterminant"),
            f32(*shape, values=regular),
            tolerance=SOLVED,
        )
        add(
            "LogMatrixDeterminant",
            f"f32 {text(shape)}",
            lambda x: list(tf.raw_ops.LogMatrixDeterminant(input=x)),
            f32(*shape, values=regular),
            tolerance=SOLVED,
        )
        add("Cholesky", f"f32 {text(shape)}", raw("Cholesky"), f32(*shape, values=positive_definite), tolerance=SOLVED)
for size in 1, 3, 5:
    for stack in STACKS:
        for columns in 1, 4:
            matrix, right = (*stack, size, size), (*stack, size, columns)
            for adjoint in False, True:
                name = f"f32{' adjoint' if adjoint else ''} {text(matrix)} {text(right)}"
                call = raw("MatrixSolve", adjoint=adjoint)
                add("MatrixSolve", name, call, f32(*matrix, values=regular), f32(*right), tolerance=SOLVED)
                for lower in False, True:
                    call = raw("MatrixTriangularSolve", lower=lower, adjoint=adjoint)
                    side = f"{name} {'lower' if lower else 'upper'}"
                    operands = f32(*matrix, values=triangular), f32(*right)
                    add("MatrixTriangularSolve", side, call, *operands, tolerance=SOLVED)
add(
    "cholesky_solve",
    "f32",
    lambda x, y: tf.linalg.cholesky_solve(tf.linalg.cholesky(x), y),
    f32("n", 3, 3, values=positive_definite),
    f32("n", 3, 2),
    tolerance=SOLVED,
)
add("slogdet", "f32", lambda x: list(tf.linalg.slogdet(x)), f32("n", 3, 3, values=regular), tolerance=SOLVED)
add("logdet", "f32", lambda x: tf.linalg.logdet(x), f32("n", 3, 3, values=positive_definite), tolerance=SOLVED)

# Random numbers: every call gives others, so their shape is compared, and whether they are distributed so ------------


def distributed(draw: Callable[..., Any], low: float, high: float, mean: float, deviation: float) -> Callable[..., Any]:
    """All numbers in [low, high]; mean and deviation, which a thousand numbers give to a tenth."""

    def call(*inputs: Any) -> list[Any]:
        numbers = draw(*inputs)
        x = tf.cast(numbers, tf.float32)
        center = tf.reduce_mean(x)
        spread = tf.sqrt(tf.reduce_mean(tf.math.squared_difference(x, center)))
        near = 0.2 * deviation
        return [
            tf.shape(numbers),
            tf.reduce_all((x >= low) & (x <= high)),
            tf.abs(center - mean) < near,
            tf.abs(spread - deviation) < near,
        ]

    return call


one_of_three: Values = lambda rng, shape, dtype: np.log(np.broadcast_to([0.5, 0.25, 0.25], shape)).astype(dtype)  # noqa: E731
FORMS = {
    "uniform": (lambda shape: tf.random.uniform(shape), 0, 1, 0.5, 0.2887),
    "uniform from -3 to 5": (lambda shape: tf.random.uniform(shape, -3, 5), -3, 5, 1, 2.309),
    "uniform seeded": (lambda shape: tf.random.uniform(shape, seed=7), 0, 1, 0.5, 0.2887),
    "normal": (lambda shape: tf.random.normal(shape), -9, 9, 0, 1),
    "normal seeded": (lambda shape: tf.random.normal(shape, 2, 3, seed=5), -30, 30, 2, 3),
    "truncated normal": (lambda shape: tf.random.truncated_normal(shape), -2.001, 2.001, 0, 0.8796),
    "whole": (lambda shape: tf.random.uniform(shape, 3, 11, tf.int32), 3, 10, 6.5, 2.291),
    "whole i64": (lambda shape: tf.random.uniform(shape, -4, 4, tf.int64), -4, 3, -0.5, 2.291),
    "half": (lambda shape: tf.random.uniform(shape, dtype=tf.float16), 0, 1, 0.5, 0.2887),
}
for name, (draw, *expected) in FORMS.items():
    for shape in (1000,), (20, 50), (10, 10, 10), (5, 2, 2, 5, 10):
        call = distributed(lambda x, d=draw, s=shape: d(s), *expected)
        add("random", f"{name} {text(shape)}", call, f32(1))
    call = distributed(lambda x, d=draw: d(tf.stack([tf.shape(x)[0], 500])), *expected)
    add("random", f"{name} dynamic", call, f32("n", 3))
for kind in "int32", "int64":
    for rows in 2, "n":
        add(
            "Multinomial",
            f"{kind} {rows}",
            distributed(
                lambda x, k=kind: tf.raw_ops.Multinomial(logits=x, num_samples=500, output_dtype=k), 0, 2, 0.75, 0.829
            ),
            f32(rows, 3, values=one_of_three),
        )
add("dropout", "rate 0", lambda x: tf.nn.dropout(x, 0.0), f32("n", 4))
add(
    "dropout",
    "rate 0.25",
    distributed(lambda x: tf.nn.dropout(tf.ones([1000]) + x, 0.25), 0, 1.34, 1, 0.577),
    f32(1, values=uniform(0, 1e-9)),
)
for shape in (40,), (40, 3), ("n", 2):
    call = lambda x: [tf.shape(y := tf.random.shuffle(x)), tf.sort(y, 0)]  # noqa: E731
    add("RandomShuffle", f"f32 {text(shape)}", call, f32(*shape))
add("RandomShuffle", "moves", lambda x: tf.reduce_any(tf.random.shuffle(x) != x), f32(40))
