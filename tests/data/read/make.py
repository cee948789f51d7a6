"""Writes the small models the reader tests read. Needs TensorFlow; run it in this folder, the results are committed."""

import os
import shutil

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import ml_dtypes
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.protobuf import saved_model_pb2, saver_pb2

v1 = tf.compat.v1

# Every element type a checkpoint holds as plain bytes; the tests expect the same values.
VALUES = {
    "float32": np.arange(6, dtype=np.float32).reshape(2, 3) * 0.5,
    "float64": np.array([1.5, -2.5]),
    "half": np.array([1.5, -2.0], np.float16),
    "bfloat16": np.array([1.5, -2.0], ml_dtypes.bfloat16),
    "int8": np.array([1, -2, 3], np.int8),
    "int64": np.array([1, -2, 1 << 40], np.int64),
    "uint32": np.array([1, 4294967295], np.uint32),
    "bool": np.array([True, False, True]),
    "complex64": np.array([1 + 2j, 3 - 4j], np.complex64),
    "scalar": np.array(7, np.int32),
    "empty": np.zeros([0, 4], np.float32),
}


class Module(tf.Module):
    """Variables of every type, an asset, a captured constant, a dictionary of outputs, a nested call."""

    def __init__(self):
        super().__init__()
        self.values = {k: tf.Variable(v, name=k) for k, v in VALUES.items()}
        self.text = tf.Variable(np.array(["alpha", "", "b\0c"], object), name="text")
        self.asset = tf.saved_model.Asset("vocabulary.txt")
        self.constant = tf.constant(np.arange(4, dtype=np.float32))

    @tf.function(experimental_implements="tolite.square")
    def square(self, x):
        return x * x

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, "x"), tf.TensorSpec([], tf.float32, "a")])
    def serve(self, x, a):
        y = self.square(x) + self.values["float32"][0]
        return {"second": y * a, "first": tf.reduce_sum(y) + tf.reduce_sum(self.constant)}


def save_module():
    with open("vocabulary.txt", "w", encoding="utf-8") as f:
        f.write("one\ntwo\n")
    module = Module()
    tf.saved_model.save(module, "module", signatures={"serving_default": module.serve})
    os.remove("vocabulary.txt")


def save_v1(folder, saver_version, sharded=False):
    """A TensorFlow 1 SavedModel: a partitioned variable, an initialiser, two MetaGraphs."""
    with v1.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 4], name="x")
        partitioned = v1.get_variable(
            "partitioned",
            initializer=tf.constant(np.arange(20, dtype=np.float32).reshape(5, 4)),
            partitioner=v1.fixed_size_partitioner(3),
            use_resource=False,
        )
        plain = v1.get_variable("plain", initializer=tf.constant([1.0, 2.0, 3.0, 4.0, 5.0]), use_resource=True)
        y = tf.add(tf.matmul(x, tf.convert_to_tensor(partitioned), transpose_b=True), plain, name="y")
        session.run(v1.global_variables_initializer())
        signature = v1.saved_model.predict_signature_def({"x": x}, {"y": y})
        builder = v1.saved_model.Builder(folder)
        saver = v1.train.Saver(write_version=saver_version, sharded=sharded)
        init = tf.group(v1.tables_initializer(), name="init_tables")
        builder.add_meta_graph_and_variables(
            session, ["train"], signature_def_map={"predict": signature}, saver=saver, main_op=init
        )
        builder.add_meta_graph(["serve"], signature_def_map={"predict": signature}, saver=saver)
        builder.save()


def save_v1_text():
    """The text form: one variable, one MetaGraph."""
    with v1.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 5], name="x")
        plain = v1.get_variable("plain", initializer=tf.constant([1.0, 2.0, 3.0, 4.0, 5.0]), use_resource=True)
        y = tf.add(x, plain, name="y")
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder("v1_text")
        signature = v1.saved_model.predict_signature_def({"x": x}, {"y": y})
        init = tf.group(v1.tables_initializer(), name="init_tables")
        builder.add_meta_graph_and_variables(
            session, ["serve"], signature_def_map={"predict": signature}, main_op=init, strip_default_attrs=True
        )
        builder.save(as_text=True)


def save_frozen():
    """A frozen graph in both forms, with constants in the encodings TensorFlow writes."""
    with v1.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        w = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], name="w")
        tf.nn.relu(tf.matmul(x, w) + tf.constant(0.5, tf.float32, [3], name="splat"), name="y")
        tf.constant(["ab", "", "c\n\"'\0\xff"], name="text")
        for name, value in VALUES.items():
            tf.constant(value, name="const_" + name)
        tf.constant(np.array([1, -3], ml_dtypes.int4), name="const_int4")
        definition = graph.as_graph_def()
    with open("frozen.pb", "wb") as f:
        f.write(definition.SerializeToString(deterministic=True))
    with open("frozen.pbtxt", "w", encoding="utf-8") as f:
        f.write(text_format.MessageToString(definition))


def save_sharded_bundle():
    os.makedirs("sharded")
    parts = ["sharded/part0", "sharded/part1"]
    for i, part in enumerate(parts):
        tf.raw_ops.SaveV2(
            prefix=part,
            tensor_names=[f"tensor{i}"],
            shape_and_slices=[""],
            tensors=[tf.constant(np.arange(4) + 10 * i, tf.int32)],
        )
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix="sharded/bundle")


def strip_op_lists(folder):
    """The list of op definitions is most of a small SavedModel, and nothing reads it."""
    for name in ("saved_model.pb", "saved_model.pbtxt"):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            continue
        model = saved_model_pb2.SavedModel()
        with open(path, "rb") as f:
            data = f.read()
        if name.endswith("txt"):
            text_format.Parse(data, model)
        else:
            model.ParseFromString(data)
        for meta in model.meta_graphs:
            meta.meta_info_def.ClearField("stripped_op_list")
        with open(path, "wb") as f:
            f.write(
                text_format.MessageToString(model).encode()
                if name.endswith("txt")
                else model.SerializeToString(deterministic=True)
            )


def main():
    folders = ["module", "v1_bundle", "v1_table", "v1_text", "sharded"]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    save_module()
    save_v1("v1_bundle", saver_pb2.SaverDef.V2, sharded=True)
    save_v1("v1_table", saver_pb2.SaverDef.V1)
    save_v1_text()
    for folder in folders[:4]:
        strip_op_lists(folder)
    save_frozen()
    save_sharded_bundle()


if __name__ == "__main__":
    main()
