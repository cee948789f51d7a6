"""Seeds of the .tflite fuzz target: small files that TensorFlow's converter wrote, one feature each.

python tests/fuzz/make_tflite_seeds.py tests/fuzz/seeds/tflite
"""

import os
import sys

import numpy as np
import tensorflow as tf


class Net(tf.Module):
    """A convolution, a matrix product, a loop and a branch: two signatures of one model."""

    def __init__(self):
        super().__init__()
        random = np.random.RandomState(0)
        self.filter = tf.Variable(random.randn(3, 3, 3, 4).astype("f"))
        self.matrix = tf.Variable(random.randn(4, 5).astype("f"))

    @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], tf.float32, name="image")])
    def convolve(self, image):
        y = tf.nn.relu(tf.nn.conv2d(image, self.filter, 1, "SAME"))
        y = tf.reduce_mean(y, [1, 2])
        p, q = tf.split(y, 2, -1)
        return {"logits": tf.matmul(y, self.matrix), "p": p, "q": q}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def loop(self, x):
        _, y = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.0), [tf.constant(0), x])
        return {"out": tf.cond(tf.reduce_sum(y) > 1.0, lambda: y, lambda: -y)}

    @tf.function(input_signature=[tf.TensorSpec([2, 3], tf.float32, name="x")])
    def select(self, x):
        return {"o": tf.math.sinh(x)}


def main(folder):
    net = Net()

    def write(name, functions, **attributes):
        concrete = [getattr(net, f).get_concrete_function() for f in functions]
        converter = tf.lite.TFLiteConverter.from_concrete_functions(concrete, net)
        for key, value in attributes.items():
            setattr(converter, key, value)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(converter.convert())

    def samples():
        for i in range(4):
            yield [np.random.RandomState(i).randn(1, 8, 8, 3).astype("f")]

    write("convolve", ["convolve"])
    write("two_signatures", ["convolve", "loop"])
    write("buffer_offsets", ["convolve"], _experimental_use_buffer_offset=True)
    write("int8", ["convolve"], optimizations=[tf.lite.Optimize.DEFAULT], representative_dataset=samples)
    select = tf.lite.TargetSpec(supported_ops=[tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS])
    write("select_tf", ["select"], target_spec=select)


if __name__ == "__main__":
    main(sys.argv[1])
