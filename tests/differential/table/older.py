"""Ops under the names that TensorFlow no longer writes, and ops of gradients, debugging and placement."""

import numpy as np

from ..case import (
    ACCUMULATED,
    APPROXIMATE,
    ROUNDED,
    Tolerance,
    add,
    constant,
    f32,
    finite_edges,
    given,
    nonzero,
    raw,
    tensor,
    text,
    tf,
    uniform,
)

ROWS = [(3,), (2, 3), (2, 3, 4), ("n", 4), ("n", "h", 3)]
positive = uniform(0.5, 4)


def older(op, producer, *inputs, **attributes):
    """A node of an op that graphs of this version and before could hold."""
    operands = [tf.convert_to_tensor(x) for x in inputs]
    definition = tf.compat.v1.GraphDef()
    definition.versions.producer = producer
    for i, x in enumerate(operands):
        definition.node.add(name=f"operand{i}", op="Placeholder").attr["dtype"].type = x.dtype.as_datatype_enum
    node = definition.node.add(name="node", op=op, input=[f"operand{i}" for i in range(len(operands))])
    for name, value in attributes.items():
        if isinstance(value, bool):
            node.attr[name].b = value
        elif isinstance(value, int):
            node.attr[name].i = value
        elif isinstance(value, list):
            node.attr[name].list.s.extend(v.encode() for v in value)
        else:
            node.attr[name].type = value.as_datatype_enum
    feed = {f"operand{i}:0": x for i, x in enumerate(operands)}
    return tf.graph_util.import_graph_def(definition, feed, return_elements=["node"], name="older")[0].outputs


def regular(rng, shape, dtype):
    x = rng.standard_normal(shape).astype(dtype)
    return x + np.eye(shape[-1], dtype=dtype) * 4


def positive_definite(rng, shape, dtype):
    x = rng.standard_normal(shape).astype(dtype)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1], dtype=dtype)


SQUARES = [(3, 3), (2, 3, 3), (2, 2, 4, 4), ("n", 3, 3)]
for shape in SQUARES:
    label = text(shape)
    linear = {"tolerance": Tolerance(relative=1e-4, scale=1e-4)}
    add(
        "BatchCholesky",
        label,
        lambda x: older("BatchCholesky", 12, x, T=tf.float32),
        f32(*shape, values=positive_definite),
        **linear,
    )
    add(
        "BatchMatrixDeterminant",
        label,
        lambda x: older("BatchMatrixDeterminant", 12, x, T=tf.float32),
        f32(*shape, values=regular),
        **linear,
    )
    for adjoint in False, True:
        ending = " adjoint" if adjoint else ""
        add(
            "BatchMatrixInverse",
            label + ending,
            lambda x, a=adjoint: older("BatchMatrixInverse", 12, x, T=tf.float32, adjoint=a),
            f32(*shape, values=regular),
            **linear,
        )
        for lower in True, False:
            add(
                "BatchMatrixTriangularSolve",
                f"{label}{' lower' if lower else ''}{ending}",
                lambda x, y, a=adjoint, lo=lower: older(
                    "BatchMatrixTriangularSolve", 12, x, y, T=tf.float32, adjoint=a, lower=lo
                ),
                f32(*shape, values=regular),
                f32(*shape[:-1], 2),
                **linear,
            )
        add(
            "BatchMatrixSolve",
            label + ending,
            lambda x, y, a=adjoint: older("BatchMatrixSolve", 12, x, y, T=tf.float32, adjoint=a),
            f32(*shape, values=regular),
            f32(*shape[:-1], 2),
            **linear,
        )
    for dtype in "f32", "i32":
        add(
            "BatchMatrixDiagPart",
            f"{dtype} {label}",
            lambda x: older("BatchMatrixDiagPart", 13, x, T=x.dtype),
            tensor(dtype, *shape),
        )
        add(
            "BatchMatrixSetDiag",
            f"{dtype} {label}",
            lambda x, y: older("BatchMatrixSetDiag", 13, x, y, T=x.dtype),
            tensor(dtype, *shape),
            tensor(dtype, *shape[:-1]),
        )
        for below, above in (0, 0), (1, 0), (0, -1), (-1, 1), (2, 1):
            add(
                "BatchMatrixBandPart",
                f"{dtype} {label} {below} {above}",
                lambda x, lo=below, up=above: older(
                    "BatchMatrixBandPart", 13, x, np.int64(lo), np.int64(up), T=x.dtype
                ),
                tensor(dtype, *shape),
            )
for shape in ROWS:
    for dtype in "f32", "i32", "i64", "bool":
        add(
            "BatchMatrixDiag",
            f"{dtype} {text(shape)}",
            lambda x: older("BatchMatrixDiag", 13, x, T=x.dtype),
            tensor(dtype, *shape),
        )

for dtype in "f32", "i32", "u8":
    for shape in [(2, 4, 5, 3), (4, 5, 3), ("n", 4, 5, 3)]:
        add(
            "AdjustContrast",
            f"{dtype} {text(shape)}",
            lambda x: older("AdjustContrast", 1, x, np.float32(1.5), np.float32(0), np.float32(20), T=x.dtype),
            tensor(dtype, *shape, values=uniform(0, 21)),
            tolerance=ACCUMULATED,
        )


def distinct(rng, shape, dtype):
    return np.argsort(rng.random(shape), axis=-1).astype(dtype) - 2


for dtype in "f32", "i32":
    for shape, k in ((9,), 3), ((2, 9), 4), ((2, 3, 9), 1), (("n", 9), 9):
        add(
            "TopK",
            f"{dtype} {text(shape)} {k}",
            lambda x, k=k: older("TopK", 6, x, T=x.dtype, k=k),
            tensor(dtype, *shape, values=distinct),
            reference=lambda x, k=k: tf.raw_ops.TopKV2(input=x, k=k),
        )


def largest_along(x, axis, largest):
    """What ApproxTopK has a CPU kernel for along the last axis only."""
    last = x.shape.rank - 1
    order = list(range(last + 1))
    order[axis], order[last] = last, order[axis]
    y = tf.transpose(x if largest else -x, order)
    values, indices = tf.nn.top_k(y, 3)
    return tf.transpose(values if largest else -values, order), tf.transpose(indices, order)


for shape, axis in ((9,), 0), ((2, 9), 1), ((2, 9), -1), ((9, 3), 0), ((2, 9, 3), 1), (("n", 9), -1):
    for largest in True, False:
        add(
            "ApproxTopK",
            f"{text(shape)} axis {axis}{'' if largest else ' smallest'}",
            raw("ApproxTopK", k=3, reduction_dimension=axis, is_max_k=largest),
            f32(
                *shape,
                values=distinct
                if axis in (-1, len(shape) - 1)
                else lambda r, s, d: r.permutation(int(np.prod(s))).reshape(s).astype(d),
            ),
            reference=lambda x, a=axis, big=largest: largest_along(x, a, big),
        )

for shape in ROWS:
    for dtype in "f32", "i32", "i64", "u8", "bool", "str":
        for flags in sorted({(True,) * len(shape), (True,) + (False,) * (len(shape) - 1), (False,) * len(shape)}):
            label = "".join("r" if f else "-" for f in flags)
            add("Reverse", f"{dtype} {text(shape)} {label}", raw("Reverse", dims=list(flags)), tensor(dtype, *shape))
for dtype in "f32", "i32", "i64", "bool":
    add(
        "ParallelConcat",
        dtype,
        lambda x, y, z: tf.raw_ops.ParallelConcat(values=[x, y, z], shape=[3, 4]),
        *[tensor(dtype, 1, 4)] * 3,
    )
    add(
        "ParallelConcat",
        f"{dtype} one",
        lambda x: tf.raw_ops.ParallelConcat(values=[x], shape=[1, 2, 3]),
        tensor(dtype, 1, 2, 3),
    )
for shape in [(2, 3), (2, 4, 3), (2, 4, 5, 3), ("n", 3), ("n", "h", "w", 3)]:
    for dtype in "f32", "i32", "i64":
        add("BiasAddV1", f"{dtype} {text(shape)}", raw("BiasAddV1"), tensor(dtype, *shape), tensor(dtype, 3))
    add("BiasAddV1", f"weights {text(shape)}", raw("BiasAddV1", bias=constant(3)), f32(*shape))
for start, stop, count in (1, 3, 5), (-1.5, 2, 8), (3, -2, 6), (2, 9, 1), (0, 1, 2):
    add(
        "LinSpace",
        f"{start} to {stop} by {count}",
        lambda x, a=start, b=stop, n=count: x + tf.raw_ops.LinSpace(start=np.float32(a), stop=np.float32(b), num=n),
        f32(1),
        tolerance=ROUNDED,
    )
    add(
        "LinSpace",
        f"run time {start} to {stop} by {count}",
        lambda a, b, n=count: tf.raw_ops.LinSpace(start=a, stop=b, num=n),
        f32(values=given(start)),
        f32(values=given(stop)),
        tolerance=Tolerance(relative=1e-6, absolute=1e-6),
    )

for shape in [(), *ROWS]:
    add("ReluGrad", text(shape), raw("ReluGrad"), f32(*shape), f32(*shape, values=finite_edges))
    add(
        "SoftplusGrad",
        text(shape),
        raw("SoftplusGrad"),
        f32(*shape),
        f32(*shape, values=finite_edges),
        tolerance=APPROXIMATE,
    )
    for alpha in 0.2, 0.01, 1.5:
        add(
            "LeakyReluGrad",
            f"{text(shape)} {alpha}",
            raw("LeakyReluGrad", alpha=alpha),
            f32(*shape),
            f32(*shape, values=finite_edges),
        )
    add("SqrtGrad", text(shape), raw("SqrtGrad"), f32(*shape, values=positive), f32(*shape), tolerance=ROUNDED)
    for op in "ReciprocalGrad", "InvGrad":
        add(op, text(shape), raw(op), f32(*shape, values=nonzero), f32(*shape), tolerance=ROUNDED)
    for tolerance in 1e-5, 0.25, 2.0:
        add(
            "ApproximateEqual",
            f"{text(shape)} {tolerance}",
            raw("ApproximateEqual", tolerance=tolerance),
            f32(*shape),
            f32(*shape),
        )
    add(
        "ApproximateEqual",
        f"edges {text(shape)}",
        raw("ApproximateEqual", tolerance=0.5),
        f32(*shape, values=finite_edges),
        f32(*shape, values=given(0, 1, 0.5)),
    )

for shape in [(), *ROWS]:
    for dtype in "f32", "i32", "bool", "str":
        add(
            "PlaceholderWithDefault",
            f"{dtype} {text(shape)}",
            lambda x, s=shape: tf.raw_ops.PlaceholderWithDefault(
                input=x, shape=[None if isinstance(d, str) else d for d in s]
            ),
            tensor(dtype, *shape),
        )
        add("DebugGradientIdentity", f"{dtype} {text(shape)}", raw("DebugGradientIdentity"), tensor(dtype, *shape))
        add(
            "XlaSharding",
            f"{dtype} {text(shape)}",
            lambda x: older("XlaSharding", 2000, x, T=x.dtype),
            tensor(dtype, *shape),
            reference=lambda x: tf.identity(x),
        )
    add("CheckNumericsV2", text(shape), raw("CheckNumericsV2", message="not a number"), f32(*shape))
add(
    "PlaceholderWithDefault",
    "constant",
    lambda x: x * tf.compat.v1.placeholder_with_default(constant(3), [3]),
    f32(2, 3),
)
add(
    "PlaceholderWithDefault",
    "flag",
    lambda x: tf.compat.v1.cond(tf.compat.v1.placeholder_with_default(False, []), lambda: x * 2, lambda: x - 1),
    f32(2, 3),
)

NAMES = [
    "Abs",
    "Exp",
    "Relu",
    "Tanh",
    "Square",
    "Neg",
    "Sigmoid",
    "Sin",
    "Cos",
    "Floor",
    "Round",
    "Elu",
    "Relu6",
    "Selu",
    "Ceil",
    "Rint",
    "Atan",
    "Sinh",
    "Expm1",
    "Asinh",
]
UNARY = [[n] for n in NAMES] + [
    ["Relu", "Tanh"],
    ["Square", "Neg", "Exp"],
    ["Abs", "Sqrt", "Sin"],
    ["Tanh", "Atan", "Cos", "Neg", "Selu"],
    ["Exp", "Log"],
    ["Abs", "Rsqrt"],
    ["Sigmoid", "Log1p"],
    [],
]
for names in UNARY:
    for shape in (2, 3), ("n", 4):
        if names:
            add(
                "_UnaryOpsComposition",
                f"{' '.join(names)} {text(shape)}",
                lambda x, names=names: older("_UnaryOpsComposition", 2000, x, T=x.dtype, op_names=names),
                f32(*shape),
                tolerance=APPROXIMATE,
            )
