// XlaConv and XlaConvV2: convolutions over two dimensions whose operands, and result, may have any order of dimensions.
#include <algorithm>
#include <array>
#include <utility>

#include "base/checked.h"
#include "import/tensorflow/ops/operands.h"
#include "read/protobuf.h"

namespace tolite::tensorflow {
namespace {

using Order = std::vector<std::int64_t>;

/// Which dimensions are which, from the message ConvolutionDimensionNumbers. Proto3 leaves out numbers that are 0.
struct Dimensions {
  std::int64_t batch = 0, feature = 0, result_batch = 0, result_feature = 0, filter_input = 0, filter_output = 0;
  Order spatial, result_spatial, filter_spatial;

  explicit Dimensions(std::string_view message) {
    for (read::Fields f(as_bytes(message)); f.next();) {
      const auto append_to = [&](Order& list) {
        f.each_varint([&](std::uint64_t v) { list.push_back(static_cast<std::int64_t>(v)); });
      };
      switch (f.number()) {
        case 3:
          filter_input = f.int64();
          break;
        case 4:
          filter_output = f.int64();
          break;
        case 6:
          append_to(filter_spatial);
          break;
        case 7:
          batch = f.int64();
          break;
        case 8:
          feature = f.int64();
          break;
        case 9:
          result_batch = f.int64();
          break;
        case 10:
          result_feature = f.int64();
          break;
        case 11:
          append_to(spatial);
          break;
        case 12:
          append_to(result_spatial);
          break;
        default:
          break;
      }
    }
  }
};

/// The dimensions in the order given; the node is refused if they are not all four of them.
Order ordered(const TfNode& n, std::int64_t first, const Order& spatial, std::int64_t last) {
  Order order{first};
  order.insert(order.end(), spatial.begin(), spatial.end());
  order.push_back(last);
  constexpr std::array<std::int64_t, 4> all{0, 1, 2, 3};
  n.require(std::is_permutation(order.begin(), order.end(), all.begin(), all.end()),
            "it is not over two dimensions, each named once");
  return order;
}

ValueId transposed(Builder& b, ValueId x, const Order& order) {
  return std::is_sorted(order.begin(), order.end()) ? x : b(Op::TRANSPOSE, {x, b.int32s(order)});
}

bool all_from(std::int64_t least, const Order& list) {
  return std::all_of(list.begin(), list.end(),
                     [&](std::int64_t v) { return v >= least && std::in_range<std::int32_t>(v); });
}

/// Two numbers that are not 0.
Order pair(const TfNode& n, std::size_t operand, const char* what) {
  Order list = n.integers(operand, what);
  if (list.size() != 2 || !all_from(1, list))
    n.refuse("its " + std::string(what) + " are not two numbers of the size that the runtime takes");
  return list;
}

ValueId padded(const TfNode& n, Builder& b, ValueId x) {
  const Order by = n.integers(3, "padding");
  n.require(by.size() == 4 && all_from(0, by), "its padding is negative");
  if (std::all_of(by.begin(), by.end(), [](std::int64_t v) { return v == 0; })) return x;
  const Order rows{0, 0, by[0], by[1], by[2], by[3], 0, 0};
  return b(Op::PAD, {x, b.constant(integer_tensor(Type::int32, {4, 2}, rows))});
}

Results convolution(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32 && n.type(1) == Type::float32, "it is computed in float32 only");
  n.require(n.shape(0).ranked() && n.shape(0).rank() == 4 && n.shape(1).is_static() && n.shape(1).rank() == 4,
            "it is not over two dimensions, with a filter of known size");
  n.require(n.integer_attr("batch_group_count", 1) == 1, "it has groups of the batch");
  n.require(pair(n, 4, "dilations of the input") == Order{1, 1}, "its input is dilated");
  const std::string numbers = n.text_attr("dimension_numbers");
  const Dimensions d(numbers);
  const Order to_result = ordered(n, d.result_batch, d.result_spatial, d.result_feature);
  const ValueId x = padded(n, b, transposed(b, n.in(0), ordered(n, d.batch, d.spatial, d.feature)));
  ValueId w = transposed(b, n.in(1), ordered(n, d.filter_output, d.filter_spatial, d.filter_input));

  const Order strides = pair(n, 2, "strides");
  const Order dilations = pair(n, 5, "dilations of the filter");
  Attrs attrs{{Attr::padding, Padding::VALID},
              {Attr::stride_h, strides[0]},
              {Attr::stride_w, strides[1]},
              {Attr::dilation_h_factor, dilations[0]},
              {Attr::dilation_w_factor, dilations[1]}};
  const std::vector<std::int64_t> filter = b.shape(w).numbers();
  const ValueId bias = b.constant(new_tensor(Type::float32, {filter[0]}).tensor);
  const std::int64_t groups = n.integer(6, "the number of groups");
  const Dim channels = b.shape(x).last();
  n.require(groups >= 1 && channels.is(checked_mul(groups, filter[3])) && filter[0] % groups == 0,
            "its groups do not fit the channels, or their number is unknown");
  ValueId y;
  if (groups > 1 && filter[3] == 1) {
    attrs.set(Attr::depth_multiplier, filter[0] / groups);
    w = b(Op::TRANSPOSE, {w, b.int32s({3, 1, 2, 0})});
    y = b(Op::DEPTHWISE_CONV_2D, {x, w, bias}, std::move(attrs));
  } else {
    y = b(Op::CONV_2D, {x, w, bias}, std::move(attrs));
  }
  Order back(4);
  for (std::size_t i = 0; i < 4; ++i) back[static_cast<std::size_t>(to_result[i])] = static_cast<std::int64_t>(i);
  return transposed(b, y, back);
}

}  // namespace

void add_xla_convolution_translators(Translators& t) {
  t.add("XlaConv", convolution);
  t.add("XlaConvV2", convolution);
}

}  // namespace tolite::tensorflow
