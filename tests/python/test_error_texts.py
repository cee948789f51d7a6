"""What TensorFlow's converter complains of, and what users see here instead: which layer, why, and the way out.

The graphs are text, so that no TensorFlow is needed to make them.
"""

import pytest

CANNOT, USAGE, UNREADABLE = 1, 2, 3

X = """
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: 2 } dim { size: 2 } } } } }
"""


def node(name: str, op: str, *inputs: str, attributes: str = 'attr { key: "T" value { type: DT_FLOAT } }') -> str:
    wires = " ".join(f'input: "{name}"' for name in inputs)
    return f'node {{ name: "{name}" op: "{op}" {wires} {attributes} }}\n'


FLOAT = 'attr { key: "T" value { type: DT_FLOAT } }'


def constant(name: str, kind: str, field: str, *values: float, vector: bool = False) -> str:
    shape = f"dim {{ size: {len(values)} }}" if vector else ""
    elements = " ".join(f"{field}: {value}" for value in values)
    return (
        f'node {{ name: "{name}" op: "Const" attr {{ key: "dtype" value {{ type: {kind} }} }} attr {{ key: "value" '
        f"value {{ tensor {{ dtype: {kind} tensor_shape {{ {shape} }} {elements} }} }} }} }}\n"
    )


def integers(name: str, *values: int, vector: bool = False) -> str:
    return constant(name, "DT_INT32", "int_val", *values, vector=vector)


def call(name: str, function: str, *inputs: str) -> str:
    types = "list { type: DT_FLOAT }"
    return node(
        name,
        "StatefulPartitionedCall",
        *inputs,
        attributes=f'attr {{ key: "f" value {{ func {{ name: "{function}" }} }} }} '
        f'attr {{ key: "Tin" value {{ {types} }} }} attr {{ key: "Tout" value {{ {types} }} }}',
    )


def function(name: str, body: str, result: str) -> str:
    body = body.replace("node {", "node_def {", 1)
    return (
        f'library {{ function {{ signature {{ name: "{name}" input_arg {{ name: "a" type: DT_FLOAT }} '
        f'output_arg {{ name: "r" type: DT_FLOAT }} }} {body} ret {{ key: "r" value: "{result}" }} }} }}\n'
    )


@pytest.fixture
def convert(tolite, tmp_path):
    """Converts a graph in text form."""

    def run(graph: str, *options: str):
        source = tmp_path / "graph.pbtxt"
        source.write_text(graph)
        return tolite("convert", source, "-o", tmp_path / "out.tflite", *options)

    return run


def check(done, status: int, *words: str) -> None:
    assert done.returncode == status, done.stderr
    for word in words:
        assert word in done.stderr


def test_needs_flex_ops(convert):
    """Some ops are not supported by the native TFLite runtime, you can enable TF kernels fallback using TF Select."""
    graph = X + node("model/layer_3/chol", "Qr", "x") + node("y", "Relu", "model/layer_3/chol")
    check(convert(graph), CANNOT, "TL0203", "Qr x1", "model/layer_3/chol", "--select-tf-ops", "no builtin")
    done = convert(graph, "--select-tf-ops")
    check(done, 0, "Select TF op Qr x1 (model/layer_3/chol)", "Flex delegate", "not in ai-edge-litert")


def test_needs_custom_ops(convert):
    """Some ops in the model are custom ops, See instructions to implement custom ops."""
    graph = X + node("model/decompose", "Lu", "x") + node("y", "Relu", "model/decompose")
    check(convert(graph, "--select-tf-ops"), CANNOT, "TL0204", "Lu x1", "model/decompose", "--allow-custom-ops")
    check(convert(graph, "--allow-custom-ops"), 0, "custom op Lu x1 (model/decompose)", "registers a kernel named Lu")


def test_neither_a_custom_op_nor_a_flex_op(convert):
    """'tf.X' op is neither a custom op nor a flex op, for an op that TensorFlow itself does not know."""
    graph = X + node("model/smooth", "Smooth", "x") + node("y", "Relu", "model/smooth")
    check(convert(graph, "--allow-custom-ops"), CANNOT, "TL0205", "Smooth x1", "model/smooth", "--custom-op-def")
    definition = 'name: "Smooth" input_arg { name: "x" type: DT_FLOAT } output_arg { name: "y" type: DT_FLOAT }'
    check(convert(graph, "--custom-op-def", definition), CANNOT, "TL0204")
    check(convert(graph, "--allow-custom-ops", "--custom-op-def", definition), 0, "custom op Smooth x1")
    check(
        convert(graph, "--select-tf-ops", "--select-user-ops", "Smooth", "--custom-op-def", definition), 0, "Select TF"
    )


def test_several_reasons_at_once(convert):
    """TensorFlow stops at the first pass that fails; here all of them are told, each with its own code."""
    graph = X + node("a", "Qr", "x") + node("b", "Lu", "x") + node("y", "AddV2", "a", "b")
    check(convert(graph), CANNOT, "TL0200", "2 nodes", "Qr x1", "--select-tf-ops", "Lu x1", "--allow-custom-ops")


def test_call_that_cannot_be_inlined(convert):
    """ERROR_STATEFUL_PARTITIONED_CALL_IN_FINAL_IR: a call is left."""
    graph = X + call("model/again", "f", "x") + function("f", call("inner", "f", "a"), "inner:output:0")
    check(convert(graph), UNREADABLE, "TL0109", "f calls itself")
    check(convert(X + call("model/lost", "nowhere", "x")), UNREADABLE, "nowhere", "model/lost")


def loop_of_version_1(condition: str) -> str:
    """x is doubled as long as its sum is below 9; the predicate of the Switch goes through `condition`."""
    frame = 'attr { key: "frame_name" value { s: "frame" } }'
    fixed = frame + ' attr { key: "is_constant" value { b: true } }'
    pair = FLOAT + ' attr { key: "N" value { i: 2 } }'
    return (
        X
        + constant("limit", "DT_FLOAT", "float_val", 9)
        + integers("axes", 0, 1, vector=True)
        + node("model/while/enter", "Enter", "x", attributes=FLOAT + frame)
        + node("model/while/limit", "Enter", "limit", attributes=FLOAT + fixed)
        + node("model/while/axes", "Enter", "axes", attributes='attr { key: "T" value { type: DT_INT32 } }' + fixed)
        + node("model/while/merge", "Merge", "model/while/enter", "model/while/next", attributes=pair)
        + node("model/while/sum", "Sum", "model/while/merge", "model/while/axes")
        + node("model/while/less", "Less", "model/while/sum", "model/while/limit")
        + node("model/while/condition", condition, "model/while/less", attributes="")
        + node("model/while/switch", "Switch", "model/while/merge", "model/while/condition")
        + node("model/while/double", "AddV2", "model/while/switch:1", "model/while/switch:1")
        + node("model/while/next", "NextIteration", "model/while/double")
        + node("model/while/exit", "Exit", "model/while/switch")
        + node("y", "Relu", "model/while/exit")
    )


def test_control_flow_v1(convert):
    """Failed to functionalize Control Flow V1 ops. Consider using Control Flow V2 ops instead."""
    check(convert(loop_of_version_1("LoopCond")), 0)
    done = convert(loop_of_version_1("LogicalNot"))
    check(done, UNREADABLE, "TL0103", "at model/while/enter", "0 LoopCond nodes instead of one", "cannot be rebuilt",
          "way out", "enable_control_flow_v2")  # fmt: skip


ELEMENT = 'attr { key: "element_dtype" value { type: DT_FLOAT } }'
RESERVE = ELEMENT + ' attr { key: "shape_type" value { type: DT_INT32 } }'


def test_list_of_unknown_batch_converts(convert):
    """requires element_shape to be static during TF Lite transformation pass: a Keras RNN with unknown batch."""
    rows = X.replace("dim { size: 2 } dim", "dim { size: -1 } dim")
    graph = (
        rows
        + integers("shape", -1, 2, vector=True)
        + integers("count", 1)
        + integers("first", 0)
        + node("model/rnn/list", "TensorListReserve", "shape", "count", attributes=RESERVE)
        + node("model/rnn/set", "TensorListSetItem", "model/rnn/list", "first", "x", attributes=ELEMENT)
        + node("model/rnn/stack", "TensorListStack", "model/rnn/set", "shape", attributes=ELEMENT)
        + node("y", "Relu", "model/rnn/stack")
    )
    check(convert(graph), 0)


def test_list_of_elements_without_shape(convert):
    """The same text, where nothing tells the shape: an element is read before one was set."""
    graph = (
        X
        + integers("shape", -1)
        + integers("count", 2)
        + integers("first", 0)
        + node("model/rnn/list", "TensorListReserve", "shape", "count", attributes=RESERVE)
        + node("model/rnn/get", "TensorListGetItem", "model/rnn/list", "first", "shape", attributes=ELEMENT)
        + node("y", "AddV2", "model/rnn/get", "x")
    )
    done = convert(graph)
    check(done, CANNOT, "TL0200", "TensorListGetItem x1", "model/rnn/get", "shape of the list's elements is not known",
          "way out", "element_shape=")  # fmt: skip


def test_list_of_elements_of_several_shapes(convert):
    """Lowering tensor list ops is failed. Please consider using Select TF ops."""
    graph = (
        X.replace("dim { size: 2 } dim { size: 2 }", "dim { size: 3 }")
        + constant("lengths", "DT_INT64", "int64_val", 1, 2, vector=True)
        + integers("shape", -1)
        + node("model/rnn/split", "TensorListSplit", "x", "shape", "lengths", attributes=RESERVE)
        + node("model/rnn/stack", "TensorListStack", "model/rnn/split", "shape", attributes=ELEMENT)
        + node("y", "Relu", "model/rnn/stack")
    )
    done = convert(graph)
    check(done, CANNOT, "TL0200", "1 node", "TensorListSplit x1", "model/rnn/split", "different lengths",
          "way out", "pad")  # fmt: skip
    assert "model/rnn/stack" not in done.stderr, "what follows from the first is not told"


def test_list_as_an_output(convert):
    """The same text: a list leaves the graph."""
    graph = (
        X
        + integers("shape", 2, 2, vector=True)
        + integers("count", 2)
        + node("model/rnn/list", "TensorListReserve", "shape", "count", attributes=RESERVE)
        + node("y", "Identity", "model/rnn/list", attributes='attr { key: "T" value { type: DT_VARIANT } }')
    )
    check(convert(graph), CANNOT, "TL0201", "at y", "a handle, not a value", "way out", "--output")


def test_training_only_ops(convert):
    """tfl-prepare-tf pass failed."""
    types = 'attr { key: "T" value { type: DT_FLOAT } } attr { key: "U" value { type: DT_FLOAT } }'
    x = X.replace("dim { size: 2 } dim { size: 2 }", "dim { size: 1 } " * 3 + "dim { size: 2 }")
    gradient = node("model/grad", "FusedBatchNormGradV3", *["x"] * 6, attributes=types)
    done = convert(x + gradient + node("y", "Relu", "model/grad"))
    check(done, CANNOT, "FusedBatchNormGradV3 x1", "model/grad", "way out")


def test_signature_keys(tolite, digits, tmp_path):
    """Invalid signature key '{}' found. Valid keys are '{}'."""
    done = tolite("convert", digits / "saved_model", "-o", tmp_path / "out", "--signature", "train")
    check(done, USAGE, "TL0002", '"train"', "serving_default")


def test_no_signature(tolite, tmp_path):
    """Only support at least one signature key."""
    # SavedModel { meta_graphs { meta_info_def { tags: "serve" } graph_def { } } }
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "saved_model.pb").write_bytes(b'\x12\x0b\x0a\x07"\x05serve\x12\x00')
    done = tolite("convert", tmp_path / "model", "-o", tmp_path / "out")
    check(done, USAGE, "TL0002", "no signature", "tf.saved_model.save")


def test_saved_model_format(tolite, tmp_path):
    """SavedModel file format({0}) is not supported."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.h5").write_bytes(b"")
    check(tolite("convert", tmp_path / "model", "-o", tmp_path / "out"), UNREADABLE, "saved_model.pb")


def test_unknown_dimensions_are_no_error(convert):
    """None is only supported in the 1st dimension."""
    unknown = X.replace("dim { size: 2 } dim { size: 2 }", "dim { size: 2 } dim { size: -1 }")
    check(convert(unknown + node("y", "Relu", "x")), 0)


def test_input_of_unknown_rank(convert):
    """Provide an input shape for input array '{0}'."""
    unranked = X.replace("dim { size: 2 } dim { size: 2 }", "unknown_rank: true")
    graph = unranked + node(
        "model/pool",
        "MaxPool",
        "x",
        attributes="""
        attr { key: "T" value { type: DT_FLOAT } } attr { key: "padding" value { s: "VALID" } }
        attr { key: "ksize" value { list { i: 1 i: 2 i: 2 i: 1 } } }
        attr { key: "strides" value { list { i: 1 i: 2 i: 2 i: 1 } } }""",
    )
    check(convert(graph), CANNOT, "MaxPool x1", "model/pool", "known rank", "way out", "--input-shape")
    check(convert(graph, "--input-shape", "x=1,4,4,1"), 0)


def test_graph_that_is_not_frozen(convert):
    """Please freeze the graph using freeze_graph.py."""
    variable = node("model/weights", "VariableV2", attributes='attr { key: "dtype" value { type: DT_FLOAT } } '
                    'attr { key: "shape" value { shape { dim { size: 2 } dim { size: 2 } } } }')  # fmt: skip
    done = convert(X + variable + node("y", "MatMul", "x", "model/weights"))
    check(done, UNREADABLE, "TL0110", "model/weights")


def test_runtime_that_is_too_old(convert):
    """Didn't find op for builtin opcode 'ATAN2' version '1': the app's complaint, long after conversion."""
    graph = X + node("model/angle", "Atan2", "x", "x")
    check(convert(graph, "--target-runtime", "2.9"), CANNOT, "TL0206", "ATAN2 x1", "model/angle", "version 1", "2.10")
    check(convert(graph, "--target-runtime", "2.10"), 0)
    check(convert(graph, "--target-runtime", "play-services"), USAGE, "TL0001", "litert-1.0", "newest")


def test_float64(convert):
    """'tf.X' op is neither a custom op nor a flex op, for arithmetic that the runtime has not in float64."""
    graph = X + constant("c", "DT_FLOAT", "float_val", 0.5) + node("model/half", "Mul", "x", "c")
    graph += node("y", "Relu", "model/half")
    graph = graph.replace("DT_FLOAT", "DT_DOUBLE").replace("float_val", "double_val")
    check(convert(graph), CANNOT, "float64", "model/half", "way out", "--narrow-float64")
    check(convert(X.replace("DT_FLOAT", "DT_DOUBLE") + node("y", "Floor", "x").replace("DT_FLOAT", "DT_DOUBLE")),
          CANNOT, "float64", "--narrow-float64")  # fmt: skip
    huge = graph.replace("double_val: 0.5", "double_val: 1e300")
    check(convert(huge, "--narrow-float64"), CANNOT, "TL0200", "Const x1", "c", "beyond the range of float32")
