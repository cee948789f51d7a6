"""Ops that pass stored elements on, and those that put the stored zero where nothing stands."""

import numpy as np

from ..case import Stored, add

SCALES = {"int8": (0.1, -7), "int16": (3e-4, 0)}


def integers(*values) -> Stored:
    return Stored(type="int32", values=np.array(values, np.int32))


for type_, (scale, zero) in SCALES.items():

    def stored(shape, **keywords):
        return Stored(shape, type_, scale, zero, **keywords)  # noqa: B023

    def case(name, op, operands, options_name="", count=1, version=1, **options):
        results = [stored(())] * count
        add(f"{op}/{type_}/{name}", op, operands, results, options_name=options_name, options=options, version=version)  # noqa: B023

    x = stored((2, 4, 6, 3))
    case("constant zero", "PAD", [x, integers((0, 0), (1, 2), (3, 0), (0, 1))], "PadOptions")
    case("vector", "PAD", [stored((9,)), integers((4, 5))], "PadOptions")
    case("value", "PADV2", [x, integers((1, 0), (1, 2), (3, 0), (0, 1)), stored(())], "PadV2Options")
    case("reflect", "MIRROR_PAD", [x, integers((0, 0), (1, 2), (3, 0), (0, 1))], "MirrorPadOptions", mode=0)
    case("symmetric", "MIRROR_PAD", [x, integers((0, 0), (1, 2), (3, 0), (0, 1))], "MirrorPadOptions", mode=1)
    case("padded", "SPACE_TO_BATCH_ND", [x, integers(2, 3), integers((1, 1), (2, 1))], "SpaceToBatchNDOptions")
    case("rank 3", "SPACE_TO_BATCH_ND", [stored((2, 5, 3)), integers(2), integers((1, 0)).reshaped(1, 2)])
    case("cropped", "BATCH_TO_SPACE_ND", [stored((6, 4, 6, 3)), integers(2, 3), integers((1, 1), (2, 1))])
    case("axis 3", "CONCATENATION", [x, stored((2, 4, 6, 5)), x], "ConcatenationOptions", axis=3)
    case("axis 0", "CONCATENATION", [stored((2, 3)), stored((4, 3))], "ConcatenationOptions", axis=-2)
    case("axis 1", "PACK", [stored((3, 4)), stored((3, 4))], "PackOptions", axis=1, valuesCount=2)
    case("axis 1", "UNPACK", [stored((3, 2, 4))], "UnpackOptions", 2, axis=1, num=2)
    case("axis 1", "SPLIT", [integers(1).reshaped(), stored((3, 6))], "SplitOptions", 3, numSplits=3)
    case("sizes", "SPLIT_V", [stored((3, 6)), integers(1, 5), integers(1).reshaped()], "SplitVOptions", 2, numSplits=2)
    case("larger", "MAXIMUM", [stored((3, 4)), stored((4,))], "MaximumMinimumOptions")
    case("smaller", "MINIMUM", [stored((3, 1)), stored((1, 4))], "MaximumMinimumOptions")
    case("axis 1", "GATHER", [stored((3, 5, 2)), integers(4, 0, 4)], "GatherOptions", axis=1)
    case("rows", "GATHER_ND", [stored((3, 5, 2)), integers((2, 4), (0, 1))], "GatherNdOptions")
    case("rank 2", "SELECT", [Stored((3, 4), "bool"), stored((3, 4)), stored((3, 4))], "SelectOptions")
    case("broadcast", "SELECT_V2", [Stored((3, 1), "bool"), stored((3, 4)), stored((4,))], "SelectV2Options")
    case("part", "SLICE", [x, integers(0, 1, 2, 0), integers(2, 2, -1, 3)], "SliceOptions")
    case(
        "steps",
        "STRIDED_SLICE",
        [stored((5, 9)), integers(4, 1), integers(0, 8), integers(-1, 3)],
        "StridedSliceOptions",
    )
    case("axes", "TRANSPOSE", [x, integers(3, 1, 0, 2)], "TransposeOptions")
    case("flat", "RESHAPE", [x, integers(-1)], "ReshapeOptions", newShape=[-1])
    case("twice", "TILE", [stored((2, 3)), integers(2, 3)], "TileOptions")
    case("rows", "BROADCAST_TO", [stored((2, 1)), integers(3, 2, 4)], "BroadcastToOptions", version=2)
    case("axis 0", "REVERSE_V2", [stored((4, 3)), integers(0)], "ReverseV2Options")
    case("axis", "EXPAND_DIMS", [stored((4, 3)), integers(1).reshaped()], "ExpandDimsOptions")
    case("axis", "SQUEEZE", [stored((4, 1, 3))], "SqueezeOptions", squeezeDims=[1])
    case("value", "FILL", [integers(3, 4), stored(())], "FillOptions")
    case("corner", "DYNAMIC_UPDATE_SLICE", [stored((5, 6)), stored((2, 3)), integers(1, 2)])
    case("diagonal", "MATRIX_DIAG", [stored((3, 4))], "MatrixDiagOptions")
    case("diagonal", "MATRIX_SET_DIAG", [stored((2, 3, 4)), stored((2, 3))], "MatrixSetDiagOptions")
    case("negative", "NEG", [stored((200,))], "NegOptions")
    if type_ == "int8":
        case("blocks", "SPACE_TO_DEPTH", [stored((1, 4, 6, 3))], "SpaceToDepthOptions", blockSize=2)
        case("blocks", "DEPTH_TO_SPACE", [stored((1, 2, 3, 12))], "DepthToSpaceOptions", blockSize=2)
    add(
        f"TOPK_V2/{type_}/3",
        "TOPK_V2",
        [stored((4, 9)), integers(3).reshaped()],
        [stored(()), Stored((), "int32")],
        options_name="TopKV2Options",
    )
