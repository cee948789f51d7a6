"""Matrix products: two ranks and more, transposed, with constant and computed operands, and einsum."""

# ruff: noqa: B008  a default argument binds each case's weights

from itertools import product

from ..case import ACCUMULATED, add, constant, f32, i32, raw, tensor, text, tf


def matmul(family, variant, function, *inputs):
    add(family, variant, function, *inputs, tolerance=ACCUMULATED)


for ta, tb, rows in product([False, True], [False, True], [3, "n"]):
    left = (4, rows) if ta else (rows, 4)
    right = (5, 4) if tb else (4, 5)
    name = f"{text(left)} {text(right)}{' left transposed' * ta}{' right transposed' * tb}"
    matmul("MatMul", name, raw("MatMul", transpose_a=ta, transpose_b=tb), f32(*left), f32(*right))
    matmul(
        "MatMul", f"{name} constant right", lambda x, w=constant(*right), a=ta, b=tb: tf.matmul(x, w, a, b), f32(*left)
    )
    if rows == 3:
        matmul(
            "MatMul",
            f"{name} constant left",
            lambda x, w=constant(*left), a=ta, b=tb: tf.matmul(w, x, a, b),
            f32(*right),
        )
matmul("MatMul", "i32", raw("MatMul"), i32(3, 4), i32(4, 5))
matmul("MatMul", "f16", raw("MatMul"), tensor("f16", 3, 4), tensor("f16", 4, 5))
matmul("MatMul", "one row", lambda x: tf.matmul(x, constant(4, 5)), f32(1, 4))
matmul("SparseMatMul", "f32", raw("SparseMatMul"), f32(3, 4), f32(4, 5))
DENSE = {
    "bias": lambda x: x + constant(5),
    "bias op": lambda x: tf.nn.bias_add(x, constant(5)),
    "bias relu": lambda x: tf.nn.relu(tf.nn.bias_add(x, constant(5))),
    "bias relu6": lambda x: tf.nn.relu6(x + constant(5)),
    "bias softmax": lambda x: tf.nn.softmax(x + constant(5)),
    "bias sigmoid": lambda x: tf.sigmoid(x + constant(5)),
    "bias scale": lambda x: (x + constant(5)) * constant(5, seed=3),
    "scalar": lambda x: x * 0.25,
    "bias of two rows": lambda x: x + constant(1, 5),
}
for name, after in DENSE.items():
    for rows in 2, "n":
        matmul("Dense", f"{name} {rows}", lambda x, a=after: a(tf.matmul(x, constant(4, 5))), f32(rows, 4))
matmul(
    "Dense", "flatten", lambda x: tf.matmul(tf.reshape(x, [-1, 12]), constant(12, 5)) + constant(5), f32("n", 2, 2, 3)
)
matmul(
    "Dense",
    "two layers",
    lambda x: tf.matmul(tf.nn.relu(tf.matmul(x, constant(4, 6)) + constant(6)), constant(6, 2)),
    f32("n", 4),
)
matmul("Dense", "rank 3", lambda x: tf.tensordot(x, constant(4, 5), [[2], [0]]) + constant(5), f32("n", "h", 4))
matmul("Dense", "rank 3 static", lambda x: tf.tensordot(x, constant(4, 5), [[2], [0]]), f32(2, 3, 4))
matmul("Dense", "tensordot of two axes", lambda x: tf.tensordot(x, constant(3, 4, 5), [[1, 2], [0, 1]]), f32(2, 3, 4))
matmul("Dense", "matvec", lambda x: tf.linalg.matvec(constant(3, 4), x), f32(4))

SHAPES = [
    ((2, 3, 4), (2, 4, 5)),
    ((2, 2, 3, 4), (2, 2, 4, 5)),
    ((2, 1, 3, 4), (1, 3, 4, 5)),
    ((2, 3, 4), (4, 5)),
    ((3, 4), (2, 4, 5)),
    ((2, 1, 2, 3, 4), (2, 1, 2, 4, 5)),
    (("n", 3, 4), ("n", 4, 5)),
    (("n", "h", 4), ("n", 4, "w")),
    (("n", 2, "h", 4), ("n", 2, 4, "w")),
    (("n", "h", 4), (4, 5)),
]
for left, right in SHAPES:
    for adj_x, adj_y in product([False, True], [False, True]):
        a = (*left[:-2], left[-1], left[-2]) if adj_x else left
        b = (*right[:-2], right[-1], right[-2]) if adj_y else right
        name = f"{text(a)} {text(b)}{' left transposed' * adj_x}{' right transposed' * adj_y}"
        matmul("BatchMatMulV2", name, raw("BatchMatMulV2", adj_x=adj_x, adj_y=adj_y), f32(*a), f32(*b))
        if all(isinstance(d, int) for d in b) and (len(right) == 2 or not adj_x):
            matmul(
                "BatchMatMulV2",
                f"{name} constant right",
                lambda x, w=constant(*b), p=adj_x, q=adj_y: raw("BatchMatMulV2", adj_x=p, adj_y=q)(x, w),
                f32(*a),
            )
matmul("BatchMatMul", "f32", raw("BatchMatMul"), f32(2, 3, 4), f32(2, 4, 5))
matmul("BatchMatMul", "f32 right transposed", raw("BatchMatMul", adj_y=True), f32("n", 3, 4), f32("n", 5, 4))
matmul(
    "BatchMatMulV3", "f32", lambda x, y: tf.raw_ops.BatchMatMulV3(x=x, y=y, Tout=tf.float32), f32(2, 3, 4), f32(2, 4, 5)
)
matmul("BatchMatMulV2", "f16", raw("BatchMatMulV2"), tensor("f16", 2, 3, 4), tensor("f16", 2, 4, 5))
matmul("BatchMatMulV2", "i32", raw("BatchMatMulV2"), i32(2, 3, 4), i32(2, 4, 5))
matmul(
    "BatchMatMulV2", "dense bias relu", lambda x: tf.nn.relu(tf.matmul(x, constant(4, 5)) + constant(5)), f32("n", 3, 4)
)

EINSUMS = [
    ("ab,bc->ac", (2, 3), (3, 4)),
    ("ab,cb->ac", (2, 3), (4, 3)),
    ("ab,bc->ca", (2, 3), (3, 4)),
    ("abc,cd->abd", (2, 3, 4), (4, 5)),
    ("abc,cde->abde", (2, 3, 4), (4, 2, 5)),
    ("abcd,cde->abe", (2, 3, 2, 4), (2, 4, 5)),
    ("abc,abd->acd", (2, 3, 4), (2, 3, 5)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bthd,bshd->bhts", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("bhts,bshd->bthd", (2, 2, 3, 5), (2, 5, 2, 4)),
    ("aecd,abcd->acbe", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("acbe,aecd->abcd", (2, 2, 3, 5), (2, 5, 2, 4)),
    ("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)),
    ("...ij,jk->...ik", (2, 3, 4), (4, 5)),
    ("i,j->ij", (3,), (4,)),
    ("i,i->", (3,), (3,)),
    ("ij,j->i", (2, 3), (3,)),
    ("bi,bi->b", (2, 3), (2, 3)),
    ("bij,bij->bij", (2, 3, 4), (2, 3, 4)),
    ("abc,ab->ac", (2, 3, 4), (2, 3)),
]
for equation, left, right in EINSUMS:
    name = equation.replace("->", "_to_").replace(",", "_").replace("...", "etc")
    matmul("Einsum", name, lambda x, y, e=equation: tf.einsum(e, x, y), f32(*left), f32(*right))
    matmul("Einsum", f"{name} constant right", lambda x, e=equation, w=constant(*right): tf.einsum(e, x, w), f32(*left))
for equation, left, right in (
    ("abc,cd->abd", ("n", "h", 4), (4, 5)),
    ("abc,cde->abde", ("n", "h", 4), (4, 2, 5)),
    ("bthd,bshd->bhts", ("n", "h", 2, 4), ("n", "w", 2, 4)),
    ("bhts,bshd->bthd", ("n", 2, "h", "w"), ("n", "w", 2, 4)),
    ("bij,bjk->bik", ("n", 3, 4), ("n", 4, 5)),
):
    name = equation.replace("->", "_to_").replace(",", "_")
    matmul("Einsum", f"{name} dynamic", lambda x, y, e=equation: tf.einsum(e, x, y), f32(*left), f32(*right))
    if all(isinstance(d, int) for d in right):
        matmul(
            "Einsum",
            f"{name} dynamic constant right",
            lambda x, e=equation, w=constant(*right): tf.einsum(e, x, w),
            f32(*left),
        )
for equation, shape in (
    ("ij->ji", (2, 3)),
    ("ijk->kij", (2, 3, 4)),
    ("ij->i", (2, 3)),
    ("ij->", (2, 3)),
    ("ii->i", (3, 3)),
    ("ii->", (3, 3)),
):
    matmul("Einsum", equation.replace("->", "_to_"), lambda x, e=equation: tf.einsum(e, x), f32(*shape))


def attention(x):
    """Two heads of size 3 over a sequence, as transformers write it."""
    q, k, v = (
        tf.transpose(tf.reshape(tf.matmul(x, constant(6, 6, seed=s)), [tf.shape(x)[0], -1, 2, 3]), [0, 2, 1, 3])
        for s in (1, 2, 3)
    )
    weights = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) * 0.57735026)
    return tf.reshape(tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3]), [tf.shape(x)[0], -1, 6])


matmul("attention", "static", attention, f32(2, 5, 6))
matmul("attention", "dynamic", attention, f32("n", "t", 6))
