"""Strings: moving them, comparing them, constants."""

from ..case import add, boolean, given, i32, raw, string, text, tf, uniform

for shape in (), (4,), (2, 3), ("n", 3), (2, 1, 3, 2):
    name, rank = text(shape), len(shape)
    add("Identity", f"string {name}", lambda x: tf.identity(x), string(*shape))
    add("Shape", f"string {name}", raw("Shape"), string(*shape))
    add("Reshape", f"string {name}", lambda x: tf.reshape(x, [-1, 1]), string(*shape))
    add("ExpandDims", f"string {name}", lambda x: tf.expand_dims(x, 0), string(*shape))
    for op in "Equal", "NotEqual":
        add(op, f"string {name}", raw(op), string(*shape), string(*shape))
        add(op, f"string {name} and a constant", lambda x, o=op: raw(o)(x, tf.constant("ab")), string(*shape))
    if not shape:
        continue
    add("StridedSlice", f"string first of {name}", lambda x: x[0], string(*shape))
    add("StridedSlice", f"string backwards {name}", lambda x: x[::-1], string(*shape))
    add("StridedSlice", f"string last of {name}", lambda x: x[..., -1:], string(*shape))
    add(
        "Slice",
        f"string {name}",
        lambda x, r=rank: tf.slice(x, [1] + [0] * (r - 1), [1] + [-1] * (r - 1)),
        string(*shape),
    )
    add("GatherV2", f"string {name}", raw("GatherV2", axis=0), string(*shape), i32(3, values=uniform(0, 2)))
    add(
        "GatherV2",
        f"string {name} along the last",
        lambda x, i: tf.gather(x, i, axis=-1),
        string(*shape),
        i32(2, values=uniform(0, 2)),
    )
    add("Tile", f"string {name}", lambda x, r=rank: tf.tile(x, [2] * r), string(*shape))
    add("Unpack", f"string {name}", lambda x: tf.unstack(x, axis=-1), string(*shape))
    add("Split", f"string {name}", lambda x: tf.split(x, 2, axis=0), string(2, *shape[1:]))
    add("Transpose", f"string {name}", lambda x: tf.transpose(x), string(*shape))
    add("Squeeze", f"string {name}", lambda x: tf.squeeze(tf.expand_dims(x, 1), 1), string(*shape))
    add("ReverseV2", f"string {name}", lambda x: tf.reverse(x, [0]), string(*shape))
add("GatherNd", "string", raw("GatherNd"), string(3, 4), i32(2, 2, values=given(1, 2, 0, 3)))
add(
    "GatherV2",
    "string constants",
    lambda i: tf.gather(tf.constant(["zero", "one", "two"]), i),
    i32("n", values=uniform(0, 3)),
)
add("Fill", "string", lambda n: tf.fill([tf.shape(n)[0], 2], "x"), i32("n"))
add("ZerosLike", "string", lambda x: tf.zeros_like(x), string("n", 2))
add("Const", "string", lambda x: (tf.constant([["a", "bcd"], ["", "e"]]), x), string(2))
add("strings", "labels of the best", lambda x: tf.gather(["cat", "dog", "cow"], tf.argmax(x, axis=-1)), i32("n", 3))
add("strings", "any equal", lambda x: tf.reduce_any(tf.equal(x[:, None], ["a", "b"]), axis=1), string("n"))
add(
    "strings",
    "index in a vocabulary",
    lambda x: tf.argmax(tf.cast(tf.equal(x[:, None], ["", "a", "ab", "b"]), tf.int32), axis=1),
    string("n"),
)
add("Roll", "string", lambda x: tf.roll(x, 1, 0), string(4))
add(
    "DynamicPartition",
    "string",
    lambda x, p: tf.dynamic_partition(x, p, 2),
    string(4),
    i32(4, values=given(0, 1, 1, 0)),
)
add("boolean_mask", "string", lambda x, m: tf.boolean_mask(x, m), string("h", 2), boolean("h"))
add("SelectV2", "string constants", lambda x: tf.where(x > 0, "yes", "no"), i32("n", 3))
add("SelectV2", "string lists", lambda x: tf.where(x > 0, ["a", "bc", ""], "d"), i32("n", 3))
