"""Writes op_defs.def: what TensorFlow's registered ops take and give, one op a line.

    python src/import/tensorflow/make_op_defs.py [ALLOWLIST] >op_defs.def

ALLOWLIST names the ops that the Flex delegate runs, one a line; without it the marks of the present file are kept.
"""

import sys
from pathlib import Path

from google.protobuf import text_format
from tensorflow.core.framework import attr_value_pb2, op_def_pb2, types_pb2
from tensorflow.python.client import pywrap_tf_session

HEAD = """\
// TensorFlow's registered ops (2.21), in the order of their names, one a line, made by make_op_defs.py:
//   Name* inputs -> outputs : attributes
// * marks those that the Flex delegate runs. An argument is a type; @T: the type that attribute T names; @@T: a tensor
// for each type of list T; N*argument: as many as attribute N says. An attribute is its name, with =AttrValue in
// protobuf's text form if it has a default. Arrow and colon stand only before what is there.
"""


def type_name(number: int) -> str:
    """As data_type_name() of the library has it."""
    name = types_pb2.DataType.Name(number).removeprefix("DT_").lower()
    return {"float": "float32", "double": "float64"}.get(name, name)


def argument(arg: op_def_pb2.OpDef.ArgDef) -> str:
    if arg.type_list_attr:
        return "@@" + arg.type_list_attr
    one = "@" + arg.type_attr if arg.type_attr else type_name(arg.type)
    return f"{arg.number_attr}*{one}" if arg.number_attr else one


def attribute(attr: op_def_pb2.OpDef.AttrDef) -> str:
    if not attr.HasField("default_value"):
        return attr.name
    value = text_format.MessageToString(attr.default_value, as_one_line=True)
    value = value.replace(": ", ":").replace(" {", "{").replace("{ ", "{").replace(" }", "}").replace(" ", ",")
    if text_format.Parse(value, attr_value_pb2.AttrValue()) != attr.default_value:
        raise ValueError(f"the default of {attr.name} does not survive: {value}")
    return f"{attr.name}={value}"


def line(op: op_def_pb2.OpDef, marked: bool) -> str:
    words = [op.name + ("*" if marked else "")]
    words += [argument(a) for a in op.input_arg]
    if op.output_arg:
        words += ["->", *(argument(a) for a in op.output_arg)]
    if op.attr:
        words += [":", *(attribute(a) for a in op.attr)]
    return " ".join(words)


def marked_ops(arguments: list[str]) -> set[str]:
    if arguments:
        return set(Path(arguments[0]).read_text().split())
    lines = (Path(__file__).parent / "op_defs.def").read_text().splitlines()
    names = (text[1:].split(" ")[0].removesuffix('\\n"') for text in lines if text.startswith('"'))
    return {name.removesuffix("*") for name in names if name.endswith("*")}


def main() -> None:
    registry = op_def_pb2.OpList.FromString(pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList()))
    marks = marked_ops(sys.argv[1:])
    print(HEAD, end="")
    for op in sorted(registry.op, key=lambda op: op.name.encode()):
        text = line(op, op.name in marks).replace("\\", "\\\\").replace('"', '\\"')
        print(f'"{text}\\n"')


if __name__ == "__main__":
    main()
