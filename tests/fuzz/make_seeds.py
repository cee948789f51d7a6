"""Writes the fuzz seeds of the readers from tests/data/read, with TensorFlow. Run it from the root of the tree."""

import io
import pathlib
import struct

import numpy as np
from tensorflow.core.protobuf import saved_model_pb2

DATA = pathlib.Path("tests/data/read")
SEEDS = pathlib.Path("tests/fuzz/seeds")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def block(data, offset, size):
    assert data[offset + size] == 0, "TensorFlow writes blocks uncompressed"
    return data[offset : offset + size]


def block_entries(data):
    end = len(data) - 4 - 4 * struct.unpack("<I", data[-4:])[0]
    at, key, entries = 0, b"", []
    while at < end:
        shared, at = varint(data, at)
        rest, at = varint(data, at)
        size, at = varint(data, at)
        key = key[:shared] + data[at : at + rest]
        entries.append((key, data[at + rest : at + rest + size]))
        at += rest + size
    return entries


def table_blocks(data):
    """The data blocks and the index block of a table file."""
    footer = data[-48:]
    at = 0
    for _ in range(2):
        _, at = varint(footer, at)
    offset, at = varint(footer, at)
    size, at = varint(footer, at)
    index = block(data, offset, size)
    handles = []
    for _, handle in block_entries(index):
        first, at = varint(handle, 0)
        handles.append((first, varint(handle, at)[0]))
    return [block(data, *h) for h in handles], index


def parts(items):
    return b"".join(struct.pack("<H", len(item)) + item for item in items)


def write(name, data):
    path = SEEDS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def small_saved_model():
    """A model without what only saves and restores it: an input that a fuzzer gets through quickly."""
    model = saved_model_pb2.SavedModel()
    model.ParseFromString((DATA / "module/saved_model.pb").read_bytes())
    meta = model.meta_graphs[0]
    del meta.graph_def.node[4:]
    for function in list(meta.graph_def.library.function):
        if "traced" in function.signature.name:
            meta.graph_def.library.function.remove(function)
            continue
        for node in function.node_def:
            node.attr.pop("_output_shapes", None)
    del meta.object_graph_def.nodes[9:]
    for node in meta.object_graph_def.nodes:
        for child in list(node.children):
            if child.node_id >= len(meta.object_graph_def.nodes):
                node.children.remove(child)
    for function in meta.object_graph_def.concrete_functions.values():
        del function.bound_inputs[1:]
    return model.SerializeToString(deterministic=True)


OPS = [
    "Switch",
    "Merge",
    "Enter",
    "Exit",
    "NextIteration",
    "LoopCond",
    "Identity",
    "Const",
    "Relu",
    "Add",
    "Less",
    "Placeholder",
    "Assign",
    "NoOp",
]


def flow(text):
    """Nodes as functionalize_fuzz.cpp takes them: "op[@frame] [input[:1]] [input[:1]]"; "^3" waits for node 3."""
    data = b""
    for line in text.strip().split(","):
        op, *inputs = line.split()
        op, _, frame = op.partition("@")
        producers, how = [0, 0], [3, 3]
        for k, word in enumerate(inputs):
            producers[k] = int(word.strip("^").partition(":")[0])
            how[k] = 2 if word.startswith("^") else 1 if word.endswith(":1") else 0
        data += bytes([OPS.index(op) + 16 * int(frame or 0), *producers, how[0] + 16 * how[1]])
    return data


CONDITIONAL = "Placeholder, Placeholder, Switch 0 1, Identity 2, Relu 2:1, Const ^4, Add 4 5, Merge 3 6, Relu 7:1 7"
LOOP = (
    "Placeholder, Enter@1 0, Enter@1 0, Merge 1 8, Less 3 2, LoopCond 4, Switch 3 5, Add 6:1 2, NextIteration 7, "
    "Exit 6, Relu 9"
)
CONDITIONAL_IN_LOOP = (
    "Placeholder, Enter@1 0, Enter@1 0, Merge 1 12, Less 3 2, LoopCond 4, Switch 3 5, Identity 6:1, Less 7 2, "
    "Switch 7 8, Assign 9:1 ^9, Merge 9 14, NextIteration 11, Exit 6, Identity 9:1 ^10"
)
LOOP_IN_LOOP = (
    "Placeholder, Enter@1 0, Merge 1 12, LoopCond 2, Switch 2 3, Enter@2 4:1, Merge 5 10, Identity 6, LoopCond 7, "
    "Switch 6 8, NextIteration 9:1, Exit 9, NextIteration 11, Exit 4"
)
CONDITIONAL_IN_CONDITIONAL = (
    "Placeholder, Placeholder, Placeholder, Switch 0 1, Switch 2 1, Switch 3:1 4:1, Relu 5, Merge 6 5:1, Merge 7 3, "
    "Switch 8 1, Merge 9 9:1"
)


def main():
    write("graph_def/frozen", (DATA / "frozen.pb").read_bytes())
    write("wire/frozen", (DATA / "frozen.pb").read_bytes())
    write("text_format/frozen", (DATA / "frozen.pbtxt").read_bytes())
    write("text_format/saved_model", (DATA / "v1_text/saved_model.pbtxt").read_bytes())
    write("saved_model/module", (DATA / "module/saved_model.pb").read_bytes())
    write("saved_model/small", small_saved_model())
    for name in ("module/variables/variables", "v1_bundle/variables/variables", "sharded/bundle"):
        index = pathlib.Path(f"{DATA / name}.index").read_bytes()
        shards = sorted((DATA / name).parent.glob("*.data-*"))
        data = shards[0].read_bytes()
        blocks, _ = table_blocks(index)
        entries = [item for b in blocks for entry in block_entries(b) for item in entry]
        short = name.split("/")[0]
        write(f"checkpoint/{short}_file", b"\0" + parts([index, data]))
        write(f"checkpoint/{short}_entries", b"\1" + parts([*entries, data]))
    table = (DATA / "v1_table/variables/variables").read_bytes()
    blocks, index = table_blocks(table)
    entries = [item for b in blocks for entry in block_entries(b) for item in entry]
    write("checkpoint/v1_file", b"\2" + table)
    write("checkpoint/v1_entries", b"\3" + parts(entries))
    write("checkpoint/v1_blocks", b"\4" + parts([b"\0" + b for b in [*blocks, index]]))
    for name, text in (
        ("conditional", CONDITIONAL),
        ("loop", LOOP),
        ("conditional_in_loop", CONDITIONAL_IN_LOOP),
        ("loop_in_loop", LOOP_IN_LOOP),
        ("conditional_in_conditional", CONDITIONAL_IN_CONDITIONAL),
    ):
        write(f"functionalize/{name}", flow(text))
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    for name, save in (("one", np.save), ("stored", np.savez), ("deflated", np.savez_compressed)):
        file = io.BytesIO()
        save(file, array)
        write(f"npy/{name}", file.getvalue())
    file = io.BytesIO()
    np.save(file, np.asfortranarray(array.astype(">i8")))
    write("npy/fortran_big_endian", file.getvalue())


if __name__ == "__main__":
    main()
