"""XLA's ops in TensorFlow graphs, as jax2tf and XLA-minded layers write them."""

import numpy as np

from ..case import ACCUMULATED, add, constant, f32, i32, tensor, text, tf


def xla(op, **operands):
    from tensorflow.python.framework import op_def_library  # these ops have no public name

    return op_def_library.apply_op(op, **operands)


def dot_numbers(contracted, batch=((), ())):
    from tensorflow.compiler.xla import xla_data_pb2

    return xla_data_pb2.DotDimensionNumbers(
        lhs_contracting_dimensions=contracted[0],
        rhs_contracting_dimensions=contracted[1],
        lhs_batch_dimensions=batch[0],
        rhs_batch_dimensions=batch[1],
    ).SerializeToString()


def dot_v2(x, y, *numbers):
    return xla(
        "XlaDotV2",
        lhs=x,
        rhs=y,
        dimension_numbers=dot_numbers(*numbers),
        precision_config=b"",
        preferred_element_type=tf.float32,
    )


def dot(x, y, *numbers):
    return xla("XlaDot", lhs=x, rhs=y, dimension_numbers=dot_numbers(*numbers), precision_config=b"")


PRODUCTS = {
    "vectors": ((4,), (4,), ((0,), (0,))),
    "matrices": ((3, 4), (4, 5), ((1,), (0,))),
    "first of both": ((4, 3), (4, 5), ((0,), (0,))),
    "last of both": ((3, 4), (5, 4), ((1,), (1,))),
    "matrix and vector": ((3, 4), (4,), ((1,), (0,))),
    "two contracted": ((2, 3, 4), (4, 3, 5), ((1, 2), (1, 0))),
    "batch": ((2, 3, 4), (2, 4, 5), ((2,), (1,)), ((0,), (0,))),
    "batch in the middle": ((3, 2, 4), (4, 5, 2), ((2,), (0,)), ((1,), (2,))),
    "two of the batch": ((2, 3, 4, 5), (2, 3, 5, 6), ((3,), (2,)), ((0, 1), (0, 1))),
    "outer product": ((3,), (4,), ((), ())),
    "element by element": ((2, 3), (2, 3), ((), ()), ((0, 1), (0, 1))),
    "unknown rows": (("n", 4), (4, 5), ((1,), (0,))),
    "unknown batch": (("n", 3, 4), ("n", 4, 5), ((2,), (1,)), ((0,), (0,))),
}
for name, (left, right, *numbers) in PRODUCTS.items():
    for op in dot_v2, dot:
        family = "XlaDotV2" if op is dot_v2 else "XlaDot"
        add(
            family,
            name,
            lambda x, y, f=op, a=tuple(numbers): f(x, y, *a),
            f32(*left),
            f32(*right),
            tolerance=ACCUMULATED,
        )
        if "n" not in right:
            add(
                family,
                f"{name} weights",
                lambda x, f=op, a=tuple(numbers), r=right: f(x, constant(*r), *a),
                f32(*left),
                tolerance=ACCUMULATED,
            )
for equation, left, right in (
    ("ab,bc->ac", (2, 3), (3, 4)),
    ("abc,abd->acd", (2, 3, 4), (2, 3, 5)),
    ("ab,cb->ca", ("n", 3), (4, 3)),
):
    add(
        "XlaEinsum",
        equation,
        lambda x, y, e=equation: xla("XlaEinsum", a=x, b=y, equation=e),
        f32(*left),
        f32(*right),
        tolerance=ACCUMULATED,
    )


def pad(x, value, low, high):
    return xla(
        "XlaPad",
        input=x,
        padding_value=value,
        padding_low=low,
        padding_high=high,
        padding_interior=[0] * len(low),
    )


for shape, low, high in (
    ((3,), (1,), (2,)),
    ((3, 4), (1, 0), (0, 2)),
    ((3, 4), (-1, 0), (0, -2)),
    ((3, 4), (-1, 2), (3, -2)),
    ((3, 4), (0, 0), (0, 0)),
    ((2, 3, 4), (0, -1, 1), (1, 1, -1)),
    ((2, 3, 4, 2), (0, 1, 2, 0), (0, 1, 2, 0)),
    ((1, 2, 3, 2, 2), (0, 1, 0, 1, 0), (0, 0, 2, 0, 1)),
    (("n", 4), (1, -1), (-1, 1)),
    (("n", "h", 3), (0, 2, 0), (0, -1, 1)),
):
    label = f"{text(shape)} {text(low)} {text(high)}"
    for dtype in "f32", "i32":
        add(
            "XlaPad",
            f"{dtype} {label} zero",
            lambda x, a=low, b=high: pad(x, tf.zeros([], x.dtype), a, b),
            tensor(dtype, *shape),
        )
        add(
            "XlaPad",
            f"{dtype} {label} value",
            lambda x, a=low, b=high: pad(x, tf.cast(3, x.dtype), a, b),
            tensor(dtype, *shape),
        )
        add(
            "XlaPad",
            f"{dtype} {label} input",
            lambda x, v, a=low, b=high: pad(x, v, a, b),
            tensor(dtype, *shape),
            tensor(dtype),
        )

SLICES = [((6,), (2,)), ((4, 5), (2, 3)), ((3, 4, 5), (3, 1, 2)), ((2, 3, 4, 5), (1, 2, 2, 5)), ((4, 5), (4, 5))]
for shape, sizes in SLICES:
    rank = len(shape)
    for dtype in "f32", "i32", "i64", "bool", "u8":
        for name, at in (
            ("inside", [1] * rank),
            ("first", [0] * rank),
            ("beyond", [9] * rank),
            ("negative", [-1] * rank),
        ):
            label = f"{dtype} {text(shape)} {text(sizes)} {name}"
            if name not in ("inside", "beyond") and dtype not in ("f32", "i32"):
                continue
            place = lambda rng, s, d, at=at: np.array(at, d)  # noqa: E731
            add(
                "XlaDynamicSlice",
                label,
                lambda x, i, s=sizes: xla("XlaDynamicSlice", input=x, start_indices=i, size_indices=list(s)),
                tensor(dtype, *shape),
                i32(rank, values=place),
            )
            add(
                "XlaDynamicUpdateSlice",
                label,
                lambda x, u, i: xla("XlaDynamicUpdateSlice", input=x, update=u, indices=i),
                tensor(dtype, *shape),
                tensor(dtype, *sizes),
                i32(rank, values=place),
            )
    add(
        "XlaDynamicSlice",
        f"constant {text(shape)} {text(sizes)}",
        lambda x, s=sizes: xla("XlaDynamicSlice", input=x, start_indices=[1] * len(s), size_indices=list(s)),
        f32(*shape),
    )
    add(
        "XlaDynamicUpdateSlice",
        f"constant {text(shape)} {text(sizes)}",
        lambda x, u: xla("XlaDynamicUpdateSlice", input=x, update=u, indices=[1] * len(x.shape)),
        f32(*shape),
        f32(*sizes),
    )
for shape in [(), (3,), (2, 3), ("n", 4)]:
    for dtype in "f32", "i32", "bool":
        add(
            "XlaOptimizationBarrier",
            f"{dtype} {text(shape)}",
            lambda x, y: xla("XlaOptimizationBarrier", input=[x, y]),
            tensor(dtype, *shape),
            f32(*shape),
        )

# Input, filter and result dimensions as letters: batch, feature, spatial; output and input feature, spatial.
LAYOUTS = {
    "NHWC": ("bxyf", "xyio", "bxyf"),
    "NCHW": ("bfxy", "oixy", "bfxy"),
    "mixed": ("fbxy", "ioxy", "xyfb"),
    "NHWC to NCHW": ("bxyf", "oxyi", "bfxy"),
}


def convolution_numbers(layout):
    from tensorflow.compiler.xla import xla_data_pb2

    x, w, y = layout
    return xla_data_pb2.ConvolutionDimensionNumbers(
        input_batch_dimension=x.index("b"),
        input_feature_dimension=x.index("f"),
        input_spatial_dimensions=[x.index("x"), x.index("y")],
        kernel_input_feature_dimension=w.index("i"),
        kernel_output_feature_dimension=w.index("o"),
        kernel_spatial_dimensions=[w.index("x"), w.index("y")],
        output_batch_dimension=y.index("b"),
        output_feature_dimension=y.index("f"),
        output_spatial_dimensions=[y.index("x"), y.index("y")],
    ).SerializeToString()


def convolution(op, x, w, layout, strides=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    more = {"preferred_element_type": tf.float32, "batch_group_count": 1} if op == "XlaConvV2" else {}
    return xla(
        op,
        lhs=x,
        rhs=w,
        window_strides=list(strides),
        padding=[list(p) for p in padding],
        lhs_dilation=[1, 1],
        rhs_dilation=list(dilation),
        feature_group_count=groups,
        dimension_numbers=convolution_numbers(layout),
        precision_config=b"",
        **more,
    )


WINDOWS = {
    "valid": {},
    "same": {"padding": ((1, 1), (1, 1))},
    "uneven padding": {"padding": ((0, 2), (1, 0))},
    "strides": {"strides": (2, 3), "padding": ((1, 1), (1, 1))},
    "dilated": {"dilation": (2, 2), "padding": ((2, 2), (2, 2))},
    "depthwise": {"groups": 4},
    "two groups": {"groups": 2, "padding": ((1, 1), (1, 1))},
}
for name, layout in LAYOUTS.items():
    for window, attributes in WINDOWS.items():
        for op in "XlaConv", "XlaConvV2":
            groups = attributes.get("groups", 1)
            filter_sizes = {"x": 3, "y": 3, "i": 4 // groups, "o": 8}
            for batch in (2, "n") if name == "NHWC" and op == "XlaConvV2" else (2,):
                sizes = {"b": batch, "f": 4, "x": 7, "y": 8}
                add(
                    op,
                    f"{name} {window}{' unknown batch' if batch == 'n' else ''}",
                    lambda x, f=op, ly=layout, a=attributes, s=filter_sizes: convolution(
                        f, x, constant(*(s[d] for d in ly[1])), ly, **a
                    ),
                    f32(*(sizes[d] for d in layout[0])),
                    tolerance=ACCUMULATED,
                )
