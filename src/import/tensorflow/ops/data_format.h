// The data_format of convolutions, pooling and normalisation. Channels-first operands are transposed at the door and
// results transposed back: the layout pass cancels the transposes of neighbours.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {

class DataFormat {
 public:
  DataFormat(const TfNode& n, std::size_t rank) : rank_(rank) {
    const std::string_view channels_last = rank == 5 ? "NDHWC" : "NHWC";
    const std::string_view channels_first = rank == 5 ? "NCDHW" : "NCHW";
    const std::string format = n.text_attr("data_format", channels_last);
    channels_first_ = format == channels_first;
    if (!channels_first_ && format != channels_last) n.refuse("data format " + format + " is not supported");
  }

  bool channels_first() const { return channels_first_; }
  std::size_t rank() const { return rank_; }
  std::size_t channel_axis() const { return channels_first_ ? 1 : rank_ - 1; }
  std::size_t spatial_axis(std::size_t i) const { return i + (channels_first_ ? 2 : 1); }

  /// The value with its channels last.
  ValueId enter(Builder& b, ValueId v) const {
    return channels_first_ ? b(Op::TRANSPOSE, {v, b.int32s(order_in())}) : v;
  }
  /// The value, whose channels are last, in this format.
  ValueId leave(Builder& b, ValueId v) const {
    return channels_first_ ? b(Op::TRANSPOSE, {v, b.int32s(order_out())}) : v;
  }
  /// A vector with an entry a dimension, in the order of channels last.
  ValueId enter_shape(Builder& b, ValueId shape) const {
    return channels_first_ ? b(Op::GATHER, {shape, b.int32s(order_in())}) : shape;
  }

  /// The entries along the spatial axes of a list with an entry a dimension; the others must be 1.
  std::vector<std::int64_t> spatial(const TfNode& n, const std::vector<std::int64_t>& list, const char* what) const {
    if (list.empty()) return std::vector<std::int64_t>(rank_ - 2, 1);
    if (list.size() != rank_) n.refuse(std::string(what) + " has " + std::to_string(list.size()) + " entries");
    if (list[0] != 1 || list[channel_axis()] != 1) {
      n.refuse(std::string(what) + " along batch or channels is not supported");
    }
    std::vector<std::int64_t> along;
    for (std::size_t i = 0; i + 2 < rank_; ++i) along.push_back(list[spatial_axis(i)]);
    if (std::any_of(along.begin(), along.end(), [](std::int64_t v) { return v < 1 || v > INT32_MAX; })) {
      n.refuse(std::string(what) + " is not positive");
    }
    return along;
  }

 private:
  std::vector<std::int64_t> order_in() const {
    std::vector<std::int64_t> order{0};
    for (std::size_t i = 2; i < rank_; ++i) order.push_back(static_cast<std::int64_t>(i));
    order.push_back(1);
    return order;
  }
  std::vector<std::int64_t> order_out() const {
    std::vector<std::int64_t> order{0, static_cast<std::int64_t>(rank_) - 1};
    for (std::size_t i = 1; i + 1 < rank_; ++i) order.push_back(static_cast<std::int64_t>(i));
    return order;
  }

  std::size_t rank_;
  bool channels_first_ = false;
};

/// Padding of a window op. EXPLICIT padding becomes an op of its own in front of a VALID window.
struct WindowPadding {
  Padding padding = Padding::VALID;
  std::vector<std::int64_t> before;  ///< along the spatial axes; empty if there is none
  std::vector<std::int64_t> after;

  WindowPadding(const TfNode& n, const DataFormat& format) {
    const std::string text = n.text_attr("padding");
    if (text == "SAME") padding = Padding::SAME;
    if (text == "SAME" || text == "VALID") return;
    if (text != "EXPLICIT") n.refuse("padding " + text + " is not supported");
    const std::vector<std::int64_t> list = n.integers_attr("explicit_paddings");
    n.require(list.size() == 2 * format.rank(), "explicit_paddings has the wrong length");
    const std::size_t channel = 2 * format.channel_axis();
    n.require(list[0] == 0 && list[1] == 0 && list[channel] == 0 && list[channel + 1] == 0,
              "explicit padding of batch or channels is not supported");
    for (const std::int64_t p : list) n.require(p >= 0 && p <= INT32_MAX, "explicit padding is negative");
    if (std::all_of(list.begin(), list.end(), [](std::int64_t p) { return p == 0; })) return;
    for (std::size_t i = 0; i + 2 < format.rank(); ++i) {
      before.push_back(list[2 * format.spatial_axis(i)]);
      after.push_back(list[2 * format.spatial_axis(i) + 1]);
    }
  }

  bool is_explicit() const { return !before.empty(); }

  /// The second operand of PAD for a value whose channels are last.
  ValueId paddings(Builder& b) const {
    std::vector<std::int64_t> pairs{0, 0};
    for (std::size_t i = 0; i < before.size(); ++i) pairs.insert(pairs.end(), {before[i], after[i]});
    pairs.insert(pairs.end(), {0, 0});
    return b.constant(integer_tensor(Type::int32, {static_cast<std::int64_t>(before.size()) + 2, 2}, pairs));
  }
};

}  // namespace tolite::tensorflow
