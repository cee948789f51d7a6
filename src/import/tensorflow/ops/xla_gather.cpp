// XlaGather: slices of one size, cut where the rows of an index tensor say. A start is moved so that its slice lies
// inside, which no kernel of the runtime does. One slice is a SLICE, slices along one axis are a GATHER, others a
// GATHER_ND; slices longer than one element are gathered by the indices of all their elements.
#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "base/checked.h"
#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/ops/symbolic_shape.h"
#include "read/protobuf.h"

namespace tolite::tensorflow {
namespace {

using List = std::vector<std::int64_t>;

bool contains(const List& list, std::int64_t v) { return std::find(list.begin(), list.end(), v) != list.end(); }

bool all_below(const List& list, std::size_t end) {
  return std::all_of(list.begin(), list.end(),
                     [&](std::int64_t v) { return v >= 0 && static_cast<std::size_t>(v) < end; });
}

/// Each once, ascending, and all below the end.
bool is_sorted_set(const List& list, std::size_t end) {
  return all_below(list, end) && std::adjacent_find(list.begin(), list.end(), std::greater_equal<>()) == list.end();
}

/// Which dimensions are which, from the message GatherDimensionNumbers.
struct Dimensions {
  List offset;                    ///< of the result: those of a slice; the others are those of the indices
  List collapsed;                 ///< of the operand: of size 1 in a slice, and not in the result
  List map;                       ///< of the operand, for each component of an index
  List batching;                  ///< of the operand, which go along with dimensions of the indices
  std::int64_t index_vector = 0;  ///< of the indices: the one along which the components lie

  explicit Dimensions(std::string_view message) {
    for (read::Fields f(as_bytes(message)); f.next();) {
      const auto append_to = [&](List& list) {
        f.each_varint([&](std::uint64_t v) { list.push_back(static_cast<std::int64_t>(v)); });
      };
      switch (f.number()) {
        case 1:
          append_to(offset);
          break;
        case 2:
          append_to(collapsed);
          break;
        case 3:
          append_to(map);
          break;
        case 4:
          index_vector = f.int64();
          break;
        case 5:
          append_to(batching);
          break;
        default:
          break;
      }
    }
  }
};

class Gather {
 public:
  Gather(TfNode& n, Builder& b)
      : n_(n), b_(b), message_(n.text_attr("dimension_numbers")), d_(message_), operand_(n.shape(0)), x_(n.in(0)) {
    read_indices();
    read_sizes();
  }

  ValueId result() {
    if (batch_.empty()) return one_slice();
    // An axis that slices take whole has no place to start from.
    std::vector<std::size_t> components;
    for (std::size_t k = 0; k < d_.map.size(); ++k) {
      if (size_of(d_.map[k]) != operand_[axis(d_.map[k])]) components.push_back(k);
    }
    if (components.empty()) return repeated();
    cut_others(components);
    return components.size() == 1 ? along_one_axis(components[0]) : along_axes(components);
  }

 private:
  static std::size_t axis(std::int64_t v) { return static_cast<std::size_t>(v); }
  Dim size_of(std::int64_t i) const { return sizes_[axis(i)]; }
  std::size_t rank() const { return operand_.rank(); }

  /// The components become the last dimension of the indices, which may lack it where there is one.
  void read_indices() {
    const Shape given = n_.shape(1);
    n_.require(operand_.ranked() && given.ranked(), "the rank of an operand is not known");
    n_.require(d_.batching.empty(), "it has dimensions that the operand and the indices share");
    n_.require(d_.index_vector >= 0 && axis(d_.index_vector) <= given.rank(),
               "its indices do not have the dimension that it names");
    indices_ = n_.in(1);
    batch_ = given.dims();
    std::int64_t components = 1;
    if (const std::size_t at = axis(d_.index_vector); at < given.rank()) {
      n_.require(given[at].known(), "the number of components of an index is not known");
      components = given[at].number;
      batch_.erase(batch_.begin() + d_.index_vector);
      if (at + 1 < given.rank()) {
        List order(given.rank() - 1);
        std::iota(order.begin(), order.end(), 0);
        std::for_each(order.begin() + d_.index_vector, order.end(), [](std::int64_t& v) { ++v; });
        order.push_back(d_.index_vector);
        indices_ = b_(Op::TRANSPOSE, {indices_, b_.int32s(order)});
      }
    }
    List once = d_.map;
    std::sort(once.begin(), once.end());
    n_.require(components == static_cast<std::int64_t>(d_.map.size()) && is_sorted_set(once, rank()),
               "the components of an index do not fit the dimensions that it names");
  }

  void read_sizes() {
    const auto known = b_.known(n_.in(2));
    n_.require(known && known->size() == rank(), "the sizes of a slice are not known, or do not fit the rank");
    sizes_ = *known;
    for (std::size_t i = 0; i < rank(); ++i) {
      const bool inside =
          sizes_[i].known() && sizes_[i].number > 0 && (!operand_[i].known() || sizes_[i].number <= operand_[i].number);
      n_.require(sizes_[i] == operand_[i] || inside, "the size of a slice is computed at run time, 0 or too large");
    }
    const auto is_one = [&](std::int64_t i) { return size_of(i).is(1); };
    n_.require(is_sorted_set(d_.collapsed, rank()) && std::all_of(d_.collapsed.begin(), d_.collapsed.end(), is_one),
               "it leaves out dimensions in which a slice has more than one element");
    n_.require(
        d_.offset.size() + d_.collapsed.size() == rank() && is_sorted_set(d_.offset, batch_.size() + d_.offset.size()),
        "its dimensions do not fit the rank");
  }

  /// The starts along some of the axes, moved to where the slices lie inside: a last dimension of the components, or
  /// without it the only one.
  ValueId starts(const std::vector<std::size_t>& components, bool as_vector) {
    List from;
    List axes;
    std::vector<Dim> sizes;
    for (const std::size_t k : components) {
      from.push_back(static_cast<std::int64_t>(k));
      axes.push_back(d_.map[k]);
      sizes.push_back(size_of(d_.map[k]));
    }
    const bool all = components.size() == d_.map.size();
    ValueId chosen = indices_;
    if (!all) chosen = b_(Op::GATHER, {chosen, b_.int32s(from)}, {{Attr::axis, -1}, {Attr::batch_dims, 0}});
    std::vector<Dim> shape = batch_;
    if (as_vector) shape.emplace_back(static_cast<std::int64_t>(components.size()));
    chosen = reshaped(n_, b_, chosen, Shape(shape), {n_.in(1)});

    const Type type = b_.type(chosen);
    const ValueId whole =
        b_(Op::GATHER, {shape_of(b_, n_.in(0)), b_.int32s(axes)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
    const ValueId taken =
        b_(Op::GATHER, {int32_operand(b_, n_.in(2)), b_.int32s(axes)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
    ValueId last = b_(Op::SUB, {whole, taken});
    if (!as_vector) last = reshaped(n_, b_, last, Shape{});
    const ValueId from_0 = element_wise(n_, b_, Op::MAXIMUM, {chosen, scalar_like(b_, chosen, 0)});
    const ValueId inside = element_wise(n_, b_, Op::MINIMUM, {from_0, cast_to(b_, last, type)});
    return cast_to(b_, inside, Type::int32);
  }

  template <typename Move>
  ValueId moved(Op op, ValueId x, const Move& move) {
    const Type type = b_.type(x);
    return carried(b_, move(carried(b_, x, carrier_type(n_, b_, op, type))), type);
  }

  ValueId one_slice() {
    std::vector<std::size_t> components(d_.map.size());
    std::iota(components.begin(), components.end(), 0);
    ValueId begin = b_.int32s(List(rank(), 0));
    if (!components.empty()) {
      List place;  // of the start along each axis, behind the last one that of 0
      for (std::size_t i = 0; i < rank(); ++i)
        place.push_back(std::find(d_.map.begin(), d_.map.end(), static_cast<std::int64_t>(i)) - d_.map.begin());
      begin = starts(components, true);
      if (!std::is_sorted(place.begin(), place.end()) || components.size() != rank()) {
        if (components.size() != rank()) begin = b_(Op::CONCATENATION, {begin, b_.int32s({0})}, {{Attr::axis, 0}});
        begin = b_(Op::GATHER, {begin, b_.int32s(place)}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
      }
    }
    const ValueId sizes = int32_operand(b_, n_.in(2));
    const ValueId y = moved(Op::SLICE, x_, [&](ValueId x) { return b_(Op::SLICE, {x, begin, sizes}); });
    List axes(rank());
    std::iota(axes.begin(), axes.end(), 0);
    return arranged(y, axes);
  }

  /// Axes whose slices are not whole but start nowhere else than at 0, cut to size.
  void cut_others(const std::vector<std::size_t>& components) {
    std::vector<bool> indexed(rank());
    for (const std::size_t k : components) indexed[axis(d_.map[k])] = true;
    List sizes(rank(), -1);
    for (std::size_t i = 0; i < rank(); ++i) {
      if (!indexed[i] && sizes_[i] != operand_[i]) sizes[i] = sizes_[i].number;
    }
    if (std::all_of(sizes.begin(), sizes.end(), [](std::int64_t v) { return v == -1; })) return;
    const ValueId begin = b_.int32s(List(rank(), 0));
    x_ = moved(Op::SLICE, x_, [&](ValueId x) { return b_(Op::SLICE, {x, begin, b_.int32s(sizes)}); });
  }

  /// Every slice is the same: the start can only be 0.
  ValueId repeated() {
    cut_others({});
    n_.require(!d_.map.empty(), "it repeats a slice without an index");
    const ValueId at = starts({0}, false);
    const ValueId y = moved(Op::GATHER, b_(Op::EXPAND_DIMS, {x_, b_.int32(0)}), [&](ValueId x) {
      return b_(Op::GATHER, {x, at}, {{Attr::axis, 0}, {Attr::batch_dims, 0}});
    });
    List axes = batch_axes();
    for (std::size_t i = 0; i < rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    return arranged(y, axes);
  }

  ValueId along_one_axis(std::size_t component) {
    const std::int64_t along = d_.map[component];
    ValueId at = starts({component}, false);
    List axes = batch_axes();
    if (!size_of(along).is(1)) {
      at = window({along}, at);
      axes.push_back(along);
    }
    const ValueId y = moved(Op::GATHER, x_, [&](ValueId x) {
      return b_(Op::GATHER, {x, at}, {{Attr::axis, along}, {Attr::batch_dims, 0}});
    });
    for (std::int64_t i = along; i-- > 0;) axes.insert(axes.begin(), i);
    for (std::size_t i = axis(along) + 1; i < rank(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    return arranged(y, axes);
  }

  ValueId along_axes(const std::vector<std::size_t>& components) {
    List along;
    for (const std::size_t k : components) along.push_back(d_.map[k]);
    List order = along;
    for (std::size_t i = 0; i < rank(); ++i) {
      if (!contains(along, static_cast<std::int64_t>(i))) order.push_back(static_cast<std::int64_t>(i));
    }
    if (!std::is_sorted(order.begin(), order.end()))
      x_ = moved(Op::TRANSPOSE, x_, [&](ValueId x) { return b_(Op::TRANSPOSE, {x, b_.int32s(order)}); });

    const ValueId at = window(along, starts(components, true));
    const ValueId y = moved(Op::GATHER_ND, x_, [&](ValueId x) { return b_(Op::GATHER_ND, {x, at}); });
    List axes = batch_axes();
    for (const std::int64_t i : along) {
      if (!size_of(i).is(1)) axes.push_back(i);
    }
    axes.insert(axes.end(), order.begin() + static_cast<std::ptrdiff_t>(along.size()), order.end());
    return arranged(y, axes);
  }

  /// The indices of all elements of slices along some axes, from those of the first: one more dimension, in front of
  /// the components, for each axis along which a slice has more than one element. Of one axis there is no dimension of
  /// components.
  ValueId window(const List& along, ValueId first) {
    constexpr std::int64_t kMostElements = 1 << 22;
    List sizes;
    std::int64_t count = 1;
    for (const std::int64_t i : along) {
      if (size_of(i).is(1)) continue;
      sizes.push_back(size_of(i).number);
      count = checked_mul(count, size_of(i).number);
    }
    if (sizes.empty()) return first;
    const auto components = static_cast<std::int64_t>(along.size());
    n_.require(checked_mul(count, components) <= kMostElements, "its slices are too large");
    List offsets(static_cast<std::size_t>(count * components));
    std::int64_t step = count;
    for (std::size_t k = 0; k < along.size(); ++k) {
      const std::int64_t size = size_of(along[k]).number;
      step /= size;
      for (std::int64_t e = 0; e < count; ++e) offsets[static_cast<std::size_t>(e * components) + k] = e / step % size;
    }
    std::vector<Dim> dims = batch_;
    dims.insert(dims.end(), sizes.size(), 1);
    if (components > 1) {
      dims.emplace_back(components);
      sizes.push_back(components);
    }
    const ValueId spread = reshaped(n_, b_, first, Shape(dims), {n_.in(1)});
    return element_wise(n_, b_, Op::ADD, {spread, b_.constant(integer_tensor(Type::int32, sizes, offsets))});
  }

  /// Dimension j of the indices is -1 - j, so that it is no axis of the operand.
  List batch_axes() const {
    List axes;
    for (std::size_t j = 0; j < batch_.size(); ++j) axes.push_back(-1 - static_cast<std::int64_t>(j));
    return axes;
  }

  /// y in the order and shape of the result. `axes` says what its dimensions are; those of size 1 may lack.
  ValueId arranged(ValueId y, const List& axes) {
    List wanted;
    std::vector<Dim> dims;
    std::size_t batch = 0;
    std::int64_t next = 0;
    for (std::size_t i = 0; i < batch_.size() + d_.offset.size(); ++i) {
      if (!contains(d_.offset, static_cast<std::int64_t>(i))) {
        wanted.push_back(-1 - static_cast<std::int64_t>(batch));
        dims.push_back(batch_[batch++]);
        continue;
      }
      while (contains(d_.collapsed, next)) ++next;
      wanted.push_back(next);
      dims.push_back(size_of(next++));
    }
    wanted.insert(wanted.end(), d_.collapsed.begin(), d_.collapsed.end());
    List order;
    for (const std::int64_t axis : wanted) {
      const auto at = std::find(axes.begin(), axes.end(), axis);
      if (at != axes.end()) order.push_back(at - axes.begin());
    }
    if (!std::is_sorted(order.begin(), order.end()))
      y = moved(Op::TRANSPOSE, y, [&](ValueId v) { return b_(Op::TRANSPOSE, {v, b_.int32s(order)}); });
    return reshaped(n_, b_, y, Shape(dims), {n_.in(0), n_.in(1)});
  }

  TfNode& n_;
  Builder& b_;
  std::string message_;
  Dimensions d_;
  Shape operand_;
  ValueId x_;
  ValueId indices_;         ///< the components last
  std::vector<Dim> batch_;  ///< dimensions of the indices without that of the components
  std::vector<Dim> sizes_;  ///< of a slice
};

Results gather(TfNode& n, Builder& b) { return Gather(n, b).result(); }

}  // namespace

void add_xla_gather_translators(Translators& t) { t.add("XlaGather", gather); }

}  // namespace tolite::tensorflow
