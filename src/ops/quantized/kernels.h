// The runtime's integer kernels, bit for bit: int8, and int16 data with int8 weights. The rows of the ops point to them
// where a kernel does more than pass stored elements on. Where the runtime has several (with and without XNNPACK, the
// reference kernels), these give what the reference kernels give.
#pragma once

namespace tolite {

class Eval;

namespace quantized {

// binary.cpp
void add(Eval& n);
void subtract(Eval& n);
void multiply(Eval& n);
void divide(Eval& n);
void squared_difference(Eval& n);

// comparison.cpp
void equal(Eval& n);
void not_equal(Eval& n);
void less(Eval& n);
void less_equal(Eval& n);
void greater(Eval& n);
void greater_equal(Eval& n);

// activation.cpp
void relu(Eval& n);
void relu6(Eval& n);
void relu_n1_to_1(Eval& n);
void relu_0_to_1(Eval& n);
void leaky_relu(Eval& n);
void prelu(Eval& n);
void hard_swish(Eval& n);

// unary.cpp
void logistic(Eval& n);
void tanh(Eval& n);
void elu(Eval& n);
void gelu(Eval& n);
void exp(Eval& n);
void log(Eval& n);
void sqrt(Eval& n);
void rsqrt(Eval& n);
void abs(Eval& n);

// softmax.cpp
void softmax(Eval& n);
void log_softmax(Eval& n);
void l2_normalization(Eval& n);

// reduction.cpp
void mean(Eval& n);
void sum(Eval& n);
void product(Eval& n);

// pooling.cpp
void average_pool(Eval& n);
void max_pool(Eval& n);

// resize.cpp
void resize_bilinear(Eval& n);

// requantize.cpp
void requantize(Eval& n);

// convolution.cpp
void conv_2d(Eval& n);
void depthwise_conv_2d(Eval& n);
void transpose_conv(Eval& n);

// matmul.cpp
void fully_connected(Eval& n);
void batch_matmul(Eval& n);

// lstm.cpp
void unidirectional_sequence_lstm(Eval& n);

}  // namespace quantized
}  // namespace tolite
