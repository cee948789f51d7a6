"""What the integer kernels do not compute with is refused by name, instead of being computed wrongly."""

import subprocess

import numpy as np
import pytest

from tests.models.tolite import PROGRAM

from .case import Case, File, Stored, schema

INT8 = Stored((4,), "int8", 0.1, 3)
ALIKE = Stored((4,), "int8", 0.1, 3)


def refused(tmp_path, op: str, operands: list[Stored], result: Stored, options_name: str = "", **options) -> str:
    file = File([Case("refused", op, operands, [result], options, options_name)])
    (tmp_path / "model.tflite").write_bytes(file.bytes())
    np.savez(tmp_path / "inputs.npz", **file.inputs)
    done = subprocess.run(
        [PROGRAM, "run", "model.tflite", "--input", "inputs.npz"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1, done
    return done.stderr


@pytest.mark.parametrize("scale", [0.0, -0.5, np.inf, np.nan])
def test_scale(tmp_path, scale):
    assert "a scale is not positive" in refused(tmp_path, "RELU", [Stored((4,), "int8", scale)], ALIKE)


def test_several_scales(tmp_path):
    operand = Stored((4,), "int8", [0.1, 0.2, 0.3, 0.4])
    assert "does not have one scale" in refused(tmp_path, "RELU", [operand], ALIKE)


def test_zero_point(tmp_path):
    assert "lies outside of the type" in refused(tmp_path, "RELU", [Stored((4,), "int8", 0.1, 200)], ALIKE)
    message = refused(tmp_path, "RELU", [Stored((4,), "int16", 0.1, 1)], Stored((4,), "int16", 0.1))
    assert "the zero point is not 0" in message


def test_result_of_another_type(tmp_path):
    assert "not stored as one type" in refused(tmp_path, "RELU", [INT8], Stored((4,), "int16", 0.1))


def test_type_without_kernel(tmp_path):
    int16 = Stored((4,), "int16", 0.1)
    assert "no kernel for int16" in refused(tmp_path, "ELU", [int16], int16)
    assert "no kernel for int16" in refused(tmp_path, "SQUARED_DIFFERENCE", [int16, int16], int16)


def test_result_scale_that_the_kernel_does_not_give(tmp_path):
    message = refused(tmp_path, "SOFTMAX", [INT8], Stored((4,), "int8", 0.1, -128), "SoftmaxOptions", beta=1.0)
    assert "not stored as the kernel gives it" in message
    assert "another scale" in refused(tmp_path, "LOGISTIC", [INT8], ALIKE)


def test_sum_of_which_nothing_is_left(tmp_path):
    message = refused(tmp_path, "ADD", [INT8, INT8], Stored((4,), "int8", 1e-8), "AddOptions")
    assert "too small beside those of the operands" in message


def test_division_by_zero(tmp_path):
    divisor = Stored((4,), "int8", 0.1, 3, values=np.full(4, 3, np.int8))
    assert "division by zero" in refused(tmp_path, "DIV", [INT8, divisor], ALIKE, "DivOptions")


def test_root_of_a_negative_number(tmp_path):
    assert "an element is negative" in refused(
        tmp_path, "SQRT", [Stored((4,), "int8", 0.1, 127, within=(-9, 0))], ALIKE
    )


def test_scales_that_do_not_fit_the_channels(tmp_path):
    weights = Stored((3, 4), "int8", [0.1, 0.2, 0.3, 0.4], axis=1, constant=True)
    message = refused(
        tmp_path, "FULLY_CONNECTED", [Stored((1, 4), "int8", 0.1), weights], ALIKE, "FullyConnectedOptions"
    )
    assert "do not fit the output channels" in message


def test_bias_of_another_type(tmp_path):
    weights = Stored((3, 4), "int8", 0.1, constant=True)
    bias = Stored((3,), "int64", 0.01, constant=True)
    operands = [Stored((1, 4), "int8", 0.1), weights, bias]
    assert "a bias of this type" in refused(tmp_path, "FULLY_CONNECTED", operands, ALIKE, "FullyConnectedOptions")


def test_activation_without_kernel(tmp_path):
    tanh = schema.ActivationFunctionType.TANH
    message = refused(tmp_path, "ADD", [INT8, INT8], ALIKE, "AddOptions", fusedActivationFunction=tanh)
    assert "no kernel for this fused activation" in message
