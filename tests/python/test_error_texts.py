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
    done = convert(graph)
    assert done.returncode in (0, CANNOT)
    if done.returncode:
        assert "model/pool" in done.stderr and "--input-shape" in done.stderr
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
