// The evaluator: whole graphs, odd inputs, and XNNPACK against the reference kernels.
#include "evaluate/evaluator.h"

#include "base/thread_pool.h"
#include "tolite/error.h"
#include "unit/ops/one_op.h"

namespace tolite {
namespace {

using evaluate::Evaluator;

// XNNPACK adds in another order than the reference kernels.
constexpr double kRounding = 2e-5;

void expect_same_kernels(const OneOp& op) {
  expect_near(op.run(Evaluator::Kernels::fastest), op.run(Evaluator::Kernels::reference), kRounding);
}

Attrs window(Padding padding, int stride_h, int stride_w, int dilation) {
  return {{Attr::padding, padding},
          {Attr::stride_h, stride_h},
          {Attr::stride_w, stride_w},
          {Attr::dilation_h_factor, dilation},
          {Attr::dilation_w_factor, dilation}};
}

TEST(Xnnpack, Convolution) {
  for (const Padding padding : {Padding::SAME, Padding::VALID}) {
    for (const int stride : {1, 2, 3}) {
      for (const int dilation : {1, 2}) {
        for (const int groups : {1, 2}) {
          const Attrs attrs = window(padding, stride, stride % 2 + 1, dilation);
          expect_same_kernels(OneOp(Op::CONV_2D, {noise({2, 9, 8, 6}), noise({4, 3, 2, 6 / groups}, 2), noise({4}, 3)},
                                    attrs, {false, true, true}));
          expect_same_kernels(OneOp(Op::DEPTHWISE_CONV_2D,
                                    {noise({2, 9, 8, 5}), noise({1, 3, 2, 5 * groups}, 2), noise({5 * groups}, 3)},
                                    attrs, {false, true, true}));
        }
      }
    }
  }
}

TEST(Xnnpack, ConvolutionWithComputedFilterAndActivation) {
  Attrs attrs = window(Padding::SAME, 1, 1, 1);
  attrs.set(Attr::fused_activation_function, Activation::RELU6);
  expect_same_kernels(OneOp(Op::CONV_2D, {noise({1, 5, 5, 3}), noise({4, 3, 3, 3}, 2)}, attrs));
}

TEST(Xnnpack, TransposedConvolution) {
  for (const Padding padding : {Padding::SAME, Padding::VALID}) {
    for (const int stride : {1, 2, 3}) {
      for (const int filter : {1, 2, 4}) {
        const int extra = padding == Padding::SAME ? 0 : std::max(filter - stride, 0);
        const Tensor shape =
            tensor_of(Type::int32, {4}, std::vector<double>{2, 4.0 * stride + extra, 3.0 * stride + extra, 5});
        expect_same_kernels(OneOp(
            Op::TRANSPOSE_CONV, {shape, noise({5, filter, filter, 3}, 2), noise({2, 4, 3, 3}), noise({5}, 3)},
            {{Attr::padding, padding}, {Attr::stride_h, stride}, {Attr::stride_w, stride}}, {true, true, false, true}));
      }
    }
  }
}

TEST(Xnnpack, Pooling) {
  for (const Op op : {Op::AVERAGE_POOL_2D, Op::MAX_POOL_2D}) {
    for (const Padding padding : {Padding::SAME, Padding::VALID}) {
      for (const int filter : {1, 2, 3, 7}) {
        for (const int stride : {1, 2, 4}) {
          Attrs attrs = window(padding, stride, stride, 1);
          attrs.set(Attr::filter_height, filter);
          attrs.set(Attr::filter_width, filter);
          expect_same_kernels(OneOp(op, {noise({2, 9, 8, 5})}, attrs));
        }
      }
    }
  }
}

TEST(Xnnpack, MatrixProducts) {
  expect_same_kernels(OneOp(Op::FULLY_CONNECTED, {noise({2, 3, 7}), noise({5, 7}, 2), noise({5}, 3)},
                            {{Attr::keep_num_dims, true}}, {false, true, true}));
  expect_same_kernels(OneOp(Op::FULLY_CONNECTED, {noise({2, 3, 7}), noise({5, 21}, 2)}, {}));
  for (const bool adj_x : {false, true}) {
    for (const bool adj_y : {false, true}) {
      const Tensor x = adj_x ? noise({2, 3, 7, 6}) : noise({2, 3, 6, 7});
      const Tensor y = adj_y ? noise({2, 3, 5, 7}, 2) : noise({2, 3, 7, 5}, 2);
      expect_same_kernels(OneOp(Op::BATCH_MATMUL, {x, y}, {{Attr::adj_x, adj_x}, {Attr::adj_y, adj_y}}));
    }
  }
  expect_same_kernels(OneOp(Op::BATCH_MATMUL, {noise({2, 1, 6, 7}), noise({3, 7, 5}, 2)}, {}));
}

TEST(Evaluator, SameBitsWhateverTheThreads) {
  const OneOp conv(Op::CONV_2D, {noise({1, 40, 40, 16}), noise({32, 3, 3, 16}, 2), noise({32}, 3)},
                   window(Padding::SAME, 1, 1, 1), {false, true, true});
  for (const auto kernels : {Evaluator::Kernels::fastest, Evaluator::Kernels::reference}) {
    set_thread_count(1);
    const Tensor one = conv.run(kernels);
    set_thread_count(8);
    const Tensor eight = conv.run(kernels);
    set_thread_count(0);
    EXPECT_TRUE(same_tensor(one, eight));
  }
}

// y = x * w (a convolution), z = pool(y) + pool(x): run again at another size.
TEST(Evaluator, RunsAgainAtAnotherSize) {
  Model model;
  const GraphId graph = model.add_graph("main");
  Builder b(model, graph, op_table());
  const ValueId x = b.input(Type::float32, Shape{b.dims().fresh(), b.dims().fresh(), 4, 1}, "x");
  const ValueId w = b.constant(floats({1, 1, 1, 1}, {3}));
  const ValueId y = b(Op::CONV_2D, {x, w}, window(Padding::SAME, 1, 1, 1));
  b.graph().add_output(y);
  b.graph().add_output(w);
  Evaluator evaluator(model, op_table());
  for (const std::int64_t height : {3, 5, 2}) {
    const std::vector<Tensor> inputs{noise({2, height, 4, 1})};
    const std::vector<Tensor> outputs = evaluator.run(graph, inputs);
    ASSERT_EQ(outputs[0].dims, (std::vector<std::int64_t>{2, height, 4, 1}));
    EXPECT_NEAR(element_as_double(outputs[0], 5), 3 * element_as_double(inputs[0], 5), 1e-6);
    EXPECT_EQ(element_as_double(outputs[1], 0), 3);
  }
}

TEST(Evaluator, InputsThatDoNotFit) {
  Model model;
  const GraphId graph = model.add_graph("main");
  Builder b(model, graph, op_table());
  const ValueId x = b.input(Type::float32, Shape{b.dims().fresh(), 2}, "x");
  b.graph().add_output(b(Op::FULLY_CONNECTED, {x, b.constant(floats({1, 2}, {1, 1}))}));
  model.signatures.push_back({"serving_default", graph, {{"x", x}}, {0}, {"y"}});
  Evaluator evaluator(model, op_table());
  const auto code = [&](std::vector<Tensor> inputs) {
    try {
      evaluator.run(graph, inputs);
    } catch (const Error& e) {
      return e.code();
    }
    return Code::internal;
  };
  EXPECT_EQ(code({}), Code::bad_input_data);
  EXPECT_EQ(code({floats({2}, {1, 2})}), Code::bad_input_data);
  EXPECT_EQ(code({floats({1, 3}, {1, 2, 3})}), Code::bad_input_data);
  EXPECT_EQ(code({tensor_of(Type::int32, {1, 2}, std::vector<double>{1, 2})}), Code::bad_input_data);

  const auto result = evaluator.run(model.signatures[0], {{"x", floats({1, 2}, {1, 2})}});
  EXPECT_EQ(values_of(result.at("y")), std::vector<double>{3});
  EXPECT_THROW(evaluator.run(model.signatures[0], {}), Error);
  EXPECT_THROW(evaluator.run(model.signatures[0], {{"z", floats({1, 2}, {1, 2})}}), Error);
}

TEST(Evaluator, TypesWithoutKernel) {
  const Tensor x = tensor_of(Type::int16, {1, 2}, std::vector<double>{1, 2});
  try {
    OneOp(Op::FULLY_CONNECTED, {x, x}, {}).run();
    FAIL() << "there is no kernel for int16";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::cannot_evaluate);
  }
}

}  // namespace
}  // namespace tolite
