from collections.abc import Mapping

class SelectTfOps:
    never: SelectTfOps
    needed: SelectTfOps
    preferred: SelectTfOps

class Options:
    signatures: list[str]
    tags: list[str]
    inputs: list[str]
    outputs: list[str]
    input_shapes: dict[str, list[int]]
    select_tf_ops: SelectTfOps
    select_user_ops: list[str]
    allow_custom_ops: bool
    narrow_float64: bool
    custom_op_defs: list[str]
    target_runtime: str
    threads: int
    def __init__(self) -> None: ...

class Runner:
    def __init__(self, model: str | bytes, signature: str) -> None: ...
    def input_names(self) -> list[str]: ...
    def output_names(self) -> list[str]: ...
    def run(
        self, inputs: Mapping[str, tuple[str, list[int], bytes, list[bytes]]]
    ) -> dict[str, tuple[str, list[int], bytes, list[bytes]]]: ...

def convert(model: str, options: Options) -> tuple[bytes, str]: ...
def inspect(model: str, options: Options, json: bool) -> str: ...
def version() -> str: ...
