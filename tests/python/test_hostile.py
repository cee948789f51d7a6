"""Graphs no TensorFlow would write, and graphs with ops that have no lite form: refused, each with its reason."""

import json
from pathlib import Path

import pytest
import tensorflow as tf

CANNOT_CONVERT, UNREADABLE = 1, 3
FLOAT = tf.float32.as_datatype_enum


def add(graph, op: str, name: str, *inputs: str, **attributes):
    """Adds a node; float tensors throughout."""
    node = graph.node.add(op=op, name=name, input=inputs)
    for key, value in attributes.items():
        node.attr[key].CopyFrom(value)
    return node


def of_type(value: int = FLOAT) -> tf.compat.v1.AttrValue:
    return tf.compat.v1.AttrValue(type=value)


def graph_with_input() -> tf.compat.v1.GraphDef:
    graph = tf.compat.v1.GraphDef()
    graph.versions.producer = 1882
    shape = tf.TensorShape([1, 4]).as_proto()
    add(graph, "Placeholder", "x", dtype=of_type(), shape=tf.compat.v1.AttrValue(shape=shape))
    return graph


@pytest.fixture
def convert(tolite, tmp_path):
    """Writes the graph as a file, converts it, and checks that no output came of it."""

    def run(graph, *options):
        file, out = tmp_path / "graph.pb", tmp_path / "out.tflite"
        file.write_bytes(graph.SerializeToString())
        done = tolite("convert", file, "-o", out, *options)
        assert not out.exists() or done.returncode == 0
        return done

    return run


def test_the_graphs_here_are_sound_but_for_one_thing(convert):
    graph = graph_with_input()
    add(graph, "Relu", "y", "x", T=of_type())
    done = convert(graph)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("length", [1, 2, 5])
def test_cycle(convert, length):
    graph = graph_with_input()
    for index in range(length):
        add(graph, "Add", f"n{index}", "x", f"n{(index + 1) % length}", T=of_type())
    done = convert(graph, "--output", "n0")
    assert done.returncode == UNREADABLE, done.stderr
    assert "TL0108" in done.stderr


def test_deep_but_sound(convert):
    """A chain of 50,000 nodes must neither overflow the stack nor be refused."""
    graph = graph_with_input()
    previous = "x"
    for index in range(50_000):
        add(graph, "Tanh", f"n{index}", previous, T=of_type())
        previous = f"n{index}"
    done = convert(graph)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("functions", [("f",), ("f", "g")], ids=["direct", "mutual"])
def test_recursion(convert, functions):
    graph = graph_with_input()
    types = tf.compat.v1.AttrValue()
    types.list.type.append(FLOAT)

    def call(of, name, source, function):
        callee = tf.compat.v1.AttrValue()
        callee.func.name = function
        node = of.add(op="PartitionedCall", name=name, input=[source])
        for key, value in {"Tin": types, "Tout": types, "f": callee}.items():
            node.attr[key].CopyFrom(value)

    for index, name in enumerate(functions):
        function = graph.library.function.add()
        function.signature.name = name
        function.signature.input_arg.add(name="a", type=FLOAT)
        function.signature.output_arg.add(name="b", type=FLOAT)
        call(function.node_def, "again", "a", functions[(index + 1) % len(functions)])
        function.ret["b"] = "again:output:0"
    call(graph.node, "start", "x", functions[0])
    done = convert(graph)
    assert done.returncode == UNREADABLE, done.stderr
    assert "TL0109" in done.stderr


@pytest.mark.parametrize("dims", [(2**32, 2**32), (2**62, 2), (2**40,), (-5,)], ids=str)
def test_absurd_shape(convert, dims):
    graph = graph_with_input()
    node = add(graph, "Const", "c", dtype=of_type())
    tensor = node.attr["value"].tensor
    tensor.dtype = FLOAT
    for size in dims:
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_content = b"\0\0\0\0"
    add(graph, "Add", "y", "x", "c", T=of_type())
    done = convert(graph)
    assert done.returncode == UNREADABLE, done.stderr


def test_missing_input(convert):
    graph = graph_with_input()
    add(graph, "Relu", "y", "nowhere", T=of_type())
    done = convert(graph)
    assert done.returncode == UNREADABLE, done.stderr
    assert "nowhere" in done.stderr


def test_duplicate_name(convert):
    graph = graph_with_input()
    add(graph, "Relu", "y", "x", T=of_type())
    add(graph, "Tanh", "y", "x", T=of_type())
    done = convert(graph)
    assert done.returncode == UNREADABLE, done.stderr


def test_all_that_cannot_be_converted_is_told_at_once(convert, tmp_path):
    graph = graph_with_input()
    add(graph, "BesselI0e", "block/first", "x", T=of_type())
    add(graph, "BesselI0e", "block/second", "block/first", T=of_type())
    add(graph, "BesselI1e", "block/third", "block/second", T=of_type())
    add(graph, "Relu", "y", "block/third", T=of_type())
    report = tmp_path / "report.json"
    done = convert(graph, "--report", report)
    assert done.returncode == CANNOT_CONVERT, done.stderr
    for word in ("TL0204", "BesselI0e", "BesselI1e", "block/first", "block/third"):
        assert word in done.stderr
    unconverted = {entry["op"]: entry for entry in json.loads(Path(report).read_text())["unconverted"]}
    assert sorted(unconverted) == ["BesselI0e", "BesselI1e"]
    assert len(unconverted["BesselI0e"]["nodes"]) == 2
    assert all(entry["reason"] for entry in unconverted.values())
