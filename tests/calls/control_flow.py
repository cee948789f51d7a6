"""If, Case and While; loops that fill lists."""

import numpy as np
import tensorflow as tf

from .case import KEY, batches, function, random, spec

ROWS = [spec("x", None, 3)]
THREE = batches("x", 3)


@function("if", ROWS, THREE)
def _(_, x):
    return {"y": tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0)}


@function(
    "if_several_results",
    [*ROWS, spec("p", dtype=tf.bool)],
    lambda: [(KEY, {"x": random(n, 3), "p": np.bool_(p)}) for n, p in ((2, 1), (3, 0), (2, 1))],
)
def _(_, x, p):
    a, b = tf.cond(p, lambda: (x * 2.0, tf.reduce_sum(x)), lambda: (tf.nn.relu(x), tf.constant(3.0)))
    return {"a": a, "b": b}


@function("if_nested", ROWS, THREE)
def _(_, x):
    def inner():
        return tf.cond(tf.reduce_max(x) > 1, lambda: x * 3.0, lambda: x + 1.0)

    return {"y": tf.cond(tf.reduce_sum(x) > 0, inner, lambda: -x)}


@function("if_on_a_number", ROWS, THREE)
def _(_, x):
    number = tf.cast(tf.reduce_sum(x), tf.int32)
    result = tf.raw_ops.If(
        cond=number,
        input=[x],
        Tout=[tf.float32],
        then_branch=tf.function(lambda v: v + 1.0).get_concrete_function(spec("v", None, 3)),
        else_branch=tf.function(lambda v: v - 1.0).get_concrete_function(spec("v", None, 3)),
    )
    return {"y": result[0]}


@function(
    "case",
    [*ROWS, spec("i", dtype=tf.int32)],
    lambda: [(KEY, {"x": random(2, 3), "i": np.int32(i)}) for i in (0, 1, 2, 3, 4, 7, -1)],
)
def _(_, x, i):
    branches = [lambda: x, lambda: x * 2.0, lambda: x - 5.0, lambda: tf.tanh(x), lambda: tf.nn.softmax(x)]
    return {"y": tf.switch_case(i, branches)}


STEPS = [*ROWS, spec("n", dtype=tf.int32)]


def steps():
    return [(KEY, {"x": random(b, 3), "n": np.int32(n)}) for b, n in ((2, 3), (3, 0), (1, 10))]


@function("while", STEPS, steps)
def _(_, x, n):
    return {"y": tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * 1.1 + tf.cast(i, tf.float32)), [0, x])[1]}


@function("while_growing", STEPS, steps)
def _(_, x, n):
    def step(i, y):
        return i + 1, tf.concat([y, x[:, :1] + tf.cast(i, tf.float32)], 1)

    invariants = [tf.TensorShape([]), tf.TensorShape([None, None])]
    return {"y": tf.while_loop(lambda i, y: i < n, step, [0, x], shape_invariants=invariants)[1]}


@function("while_nested", ROWS, THREE)
def _(_, x):
    def step(i, y):
        return i + 1, tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z + x), [0, y])[1]

    return {"y": tf.while_loop(lambda i, y: i < 4, step, [0, x])[1]}


@function("while_with_if", STEPS, steps)
def _(_, x, n):
    def step(i, y):
        return i + 1, tf.cond(i % 2 == 0, lambda: y + x, lambda: y * 0.5)

    return {"y": tf.while_loop(lambda i, y: i < n, step, [0, x])[1]}


@function("while_swapping", STEPS, steps)
def _(_, x, n):
    _, a, b = tf.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, b, a + b), [0, x, x * 2.0])
    return {"a": a, "b": b}


@function("list_in_a_loop", ROWS, THREE)
def _(_, x):
    n = tf.shape(x)[0]
    made = tf.TensorArray(tf.float32, size=n)
    step = lambda i, a: (i + 1, a.write(i, x[i] * tf.cast(i + 1, tf.float32)))  # noqa: E731
    return {"y": tf.while_loop(lambda i, a: i < n, step, [0, made])[1].stack()}


@function("list_of_unknown_batch", ROWS, THREE)
def _(_, x):
    made = tf.TensorArray(tf.float32, size=4)
    step = lambda i, a, h: (i + 1, a.write(i, h), h * 0.5 + x)  # noqa: E731
    return {"y": tf.while_loop(lambda i, a, h: i < 4, step, [0, made, x])[1].stack()}


@function("list_that_grows", ROWS, THREE)
def _(_, x):
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for i in range(3):
        made = made.write(i, x * float(i))
    return {"stack": made.stack(), "concat": made.concat(), "size": made.size(), "one": made.read(1)}


@function("list_unstack_gather", ROWS, THREE)
def _(_, x):
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False).unstack(x)
    return {"first": made.gather([0]), "size": made.size()}


@function("map_fn", ROWS, THREE)
def _(_, x):
    return {"y": tf.map_fn(lambda row: tf.nn.softmax(row) * 2.0, x)}


@function("vectorized_map", ROWS, THREE)
def _(_, x):
    return {"y": tf.vectorized_map(lambda row: tf.nn.softmax(row) * 2.0, x)}


@function("scan", ROWS, THREE)
def _(_, x):
    return {"y": tf.scan(lambda a, row: a * 0.5 + row, x)}


@function("fold", ROWS, THREE)
def _(_, x):
    return {"left": tf.foldl(lambda a, r: a * 0.5 + r, x), "right": tf.foldr(lambda a, r: a * 0.5 + r, x)}


@function("autograph", ROWS, THREE)
def _(_, x):
    @tf.function
    def total(rows):
        sum_ = tf.zeros([3])
        for row in rows:
            if tf.reduce_sum(row) > 0:
                sum_ = sum_ * 0.9 + row
        return sum_

    return {"y": total(x)}
