"""XlaGather: slices cut where a tensor of indices says, starts moved so that they lie inside."""

import numpy as np

from ..case import add, f32, i32, i64, tensor, tf


def gather(x, at, sizes, offset, collapsed, start_map, index_vector):
    from tensorflow.compiler.xla import xla_data_pb2
    from tensorflow.python.framework import op_def_library  # the op has no public name

    numbers = xla_data_pb2.GatherDimensionNumbers(
        offset_dims=offset,
        collapsed_slice_dims=collapsed,
        start_index_map=start_map,
        index_vector_dim=index_vector,
    )
    return op_def_library.apply_op(
        "XlaGather",
        operand=x,
        start_indices=at,
        slice_sizes=tf.cast(sizes(x), at.dtype) if callable(sizes) else list(sizes),
        dimension_numbers=numbers.SerializeToString(),
        indices_are_sorted=False,
    )


def around(low, high):
    """Whole numbers, some of them outside a small tensor."""
    return lambda rng, shape, dtype: rng.integers(low, high, shape).astype(dtype)


places = around(-3, 9)

# Operand, indices, sizes of a slice; then of GatherDimensionNumbers: offset, collapsed, start index map, index vector.
FORMS = {
    # Rows, as take along an axis.
    "elements": ((6,), (4,), (1,), (), (0,), (0,), 1),
    "rows": ((5, 4), (3,), (1, 4), (1,), (0,), (0,), 1),
    "rows by a column of indices": ((5, 4), (3, 1), (1, 4), (1,), (0,), (0,), 1),
    "rows by a matrix": ((5, 4), (2, 3), (1, 4), (2,), (0,), (0,), 2),
    "columns": ((5, 4), (3,), (5, 1), (0,), (1,), (1,), 1),
    "columns in front": ((5, 4), (3,), (5, 1), (1,), (1,), (1,), 1),
    "middle axis": ((2, 5, 3), (4,), (2, 1, 3), (0, 2), (1,), (1,), 1),
    "middle axis behind": ((2, 5, 3), (4,), (2, 1, 3), (0, 1), (1,), (1,), 1),
    "rows that keep their dimension": ((5, 4), (3,), (1, 4), (1, 2), (), (0,), 1),
    "rows of part of the columns": ((5, 4), (3,), (1, 2), (1,), (0,), (0,), 1),
    # Elements and rows by several indices.
    "by two indices": ((5, 4), (3, 2), (1, 1), (), (0, 1), (0, 1), 1),
    "by two indices, swapped": ((5, 4), (3, 2), (1, 1), (), (0, 1), (1, 0), 1),
    "by two indices, components first": ((5, 4), (2, 3), (1, 1), (), (0, 1), (0, 1), 0),
    "components in the middle": ((5, 4, 2), (3, 2, 4), (1, 1, 2), (1,), (0, 1), (0, 1), 1),
    "rows by two indices": ((3, 4, 5), (6, 2), (1, 1, 5), (1,), (0, 1), (0, 1), 1),
    "first and last axis": ((3, 4, 5), (6, 2), (1, 4, 1), (0,), (0, 2), (0, 2), 1),
    "first and last axis, swapped": ((3, 4, 5), (2, 3, 2), (1, 4, 1), (1,), (0, 2), (2, 0), 2),
    "by three indices": ((3, 4, 5), (2, 2, 3), (1, 1, 1), (), (0, 1, 2), (2, 0, 1), 2),
    # One slice.
    "one slice": ((5, 4), (2,), (2, 3), (0, 1), (), (0, 1), 0),
    "one slice, swapped": ((5, 4), (2,), (2, 3), (0, 1), (), (1, 0), 0),
    "one slice of some axes": ((3, 4, 5), (1,), (3, 2, 5), (0, 1, 2), (), (1,), 0),
    "one slice of two axes": ((3, 4, 5), (2,), (1, 4, 2), (0, 1), (0,), (2, 0), 0),
    "one element": ((3, 4), (2,), (1, 1), (), (0, 1), (0, 1), 0),
    "one row by a scalar": ((5, 4), (), (1, 4), (0,), (0,), (0,), 0),
    "two rows by a scalar": ((5, 4), (), (2, 4), (0, 1), (), (0,), 0),
    # Several slices of more than one element.
    "windows": ((9,), (4,), (3,), (1,), (), (0,), 1),
    "windows in front": ((9,), (4,), (3,), (0,), (), (0,), 1),
    "windows of rows": ((7, 4), (3,), (2, 4), (1, 2), (), (0,), 1),
    "windows of columns": ((3, 7), (2, 2), (3, 4), (1, 3), (), (1,), 2),
    "patches": ((6, 7), (4, 2), (2, 3), (1, 2), (), (0, 1), 1),
    "patches in front": ((6, 7), (4, 2), (2, 3), (0, 1), (), (0, 1), 1),
    "patches, swapped": ((6, 7), (2, 2, 2), (2, 3), (0, 3), (), (1, 0), 2),
    "patches of channels": ((2, 6, 7, 3), (4, 3), (1, 2, 3, 3), (1, 2, 3), (0,), (0, 1, 2), 1),
    "patches of some channels": ((6, 7, 4), (4, 2), (2, 3, 2), (1, 2, 3), (), (0, 1), 1),
    "rows of part, by two indices": ((3, 4, 5), (6, 2), (1, 3, 5), (1, 2), (0,), (0, 1), 1),
    # Slices that are whole along an axis with an index.
    "whole along one axis": ((5, 4), (3, 2), (1, 4), (1,), (0,), (0, 1), 1),
    "whole along all": ((2, 3), (3, 2), (2, 3), (1, 2), (), (0, 1), 1),
    "of a dimension of 1": ((1, 4), (3,), (1, 4), (1,), (0,), (0,), 1),
    # More dimensions.
    "six dimensions": ((2, 3, 2, 2, 3, 2), (3,), (2, 1, 2, 2, 3, 2), (0, 1, 2, 3, 5), (1,), (1,), 1),
    "six dimensions by three": ((2, 3, 2, 2, 3, 2), (3, 3), (1, 1, 2, 2, 1, 2), (1, 2, 3), (0, 1, 4), (0, 1, 4), 1),
    "indices of four dimensions": ((4, 5), (2, 1, 3, 2), (1, 1), (), (0, 1), (0, 1), 3),
}
TYPES = "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f16", "f64", "bool"
for name, (shape, at, *numbers) in FORMS.items():
    for kind, index in (("i32", i32), ("i64", i64)):
        add(
            "XlaGather",
            f"{name} {kind}",
            lambda x, i, a=numbers: gather(x, i, *a),
            f32(*shape),
            index(*at, values=places),
        )
    add(
        "XlaGather",
        f"{name} constant",
        lambda x, a=numbers, s=at: gather(x, np.random.default_rng(5).integers(-2, 8, s, np.int32), *a),
        f32(*shape),
    )
for name in "rows", "columns in front", "by two indices", "one slice", "windows of rows", "patches":
    shape, at, *numbers = FORMS[name]
    for dtype in TYPES:
        add(
            "XlaGather",
            f"{dtype} {name}",
            lambda x, i, a=numbers: gather(x, i, *a),
            tensor(dtype, *shape),
            i32(*at, values=places),
        )


def sizes_of(*sizes):
    """Sizes of a slice, with that of the operand where it says so."""
    return lambda x: tf.stack([tf.shape(x)[i] if size == "all" else size for i, size in enumerate(sizes)])


UNKNOWN = {
    "rows of unknown": (("n", 4), (3,), (1, 4), (1,), (0,), (0,), 1),
    "unknown rows": ((5, 4), ("n",), (1, 4), (1,), (0,), (0,), 1),
    "unknown rows of unknown": (("h", 4), ("n",), (1, 4), (1,), (0,), (0,), 1),
    "unknown rows of part": (("h", 4), ("n", 1), (1, 2), (1,), (0,), (0,), 1),
    "unknown rows in front": ((5, 4), ("n",), (5, 1), (1,), (1,), (1,), 1),
    "columns of unknown": (("n", 5), (3,), sizes_of("all", 1), (0,), (1,), (1,), 1),
    "columns of unknown behind": (("n", 5), (3,), sizes_of("all", 1), (1,), (1,), (1,), 1),
    "unknown columns of unknown": (("n", 5), ("h", 1), sizes_of("all", 1), (0,), (1,), (1,), 1),
    "by two indices into unknown": (("n", "h"), (4, 2), (1, 1), (), (0, 1), (0, 1), 1),
    "unknown by two indices": ((3, 4, 5), ("n", 2), (1, 1, 5), (1,), (0, 1), (0, 1), 1),
    "unknown matrix of two indices": ((3, 4, 5), ("n", "h", 2), (1, 1, 5), (2,), (0, 1), (0, 1), 2),
    "between unknown": (("n", 4, "h", 2), (3, 1), sizes_of("all", 1, "all", 2), (0, 2, 3), (1,), (1,), 1),
    "one slice of unknown": (("h", 4), (2,), (3, 2), (0, 1), (), (0, 1), 0),
    "one slice of an unknown batch": (("n", 6), (1,), sizes_of("all", 3), (0, 1), (), (1,), 0),
    "windows of unknown": (("h",), (4,), (3,), (1,), (), (0,), 1),
    "unknown windows": ((9,), ("n",), (3,), (0,), (), (0,), 1),
    "unknown patches": (("h", "w", 3), ("n", 2), (2, 3, 3), (1, 2, 3), (), (0, 1), 1),
    "patches of an unknown batch": (("n", 6, 7), (4, 2), sizes_of("all", 2, 3), (0, 2, 3), (), (1, 2), 1),
    "unknown, whole along an axis": (("h", 4), ("n", 2), (1, 4), (1,), (0,), (0, 1), 1),
}
for name, (shape, at, *numbers) in UNKNOWN.items():
    for kind, index in (("i32", i32), ("i64", i64)):
        add(
            "XlaGather",
            f"{name} {kind}",
            lambda x, i, a=numbers: gather(x, i, *a),
            f32(*shape),
            index(*at, values=places),
        )
# Far outside int32.
far = around(-(2**40), 2**40)
for name in "rows", "patches", "one slice":
    shape, at, *numbers = FORMS[name]
    add("XlaGather", f"{name} far", lambda x, i, a=numbers: gather(x, i, *a), f32(*shape), i64(*at, values=far))
