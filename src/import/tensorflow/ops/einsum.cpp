// Einsum in the runtime's terms. Every equation of two operands comes down to four kinds of labels:
//   batch     in both operands and in the result      contracted  in both operands only
//   left      in the first operand and the result     right       in the second operand and the result
// (What is in one operand alone is summed at once.) Without contracted labels it is a multiplication that broadcasts;
// otherwise a matrix product of [batch, left, contracted] and [batch, contracted, right]. The labels of a kind may
// stand in any order and either operand may be the left one, so all arrangements are tried and the one with the fewest
// transposes and reshapes is taken; those of constants cost nothing, they are folded.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "import/tensorflow/ops/einsum_equation.h"
#include "import/tensorflow/ops/matmul.h"
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"
#include "ops/reshape.h"
#include "read/protobuf.h"

namespace tolite::tensorflow {
namespace {

struct Operand {
  ValueId value;
  Labels labels;
};

bool has(const Labels& labels, Label label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

/// Those of `labels` that the condition holds for, in their order.
template <typename F>
Labels select(const Labels& labels, F condition) {
  Labels chosen;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(chosen), condition);
  return chosen;
}

Labels joined(std::initializer_list<Labels> parts) {
  Labels all;
  for (const Labels& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// How a product is arranged.
struct Arrangement {
  bool swapped = false;  ///< the second operand stands on the left
  Labels batch, left, right, contracted;
  bool adj_x = false;
  bool adj_y = false;
  int cost = 0;
};

class Einsum {
 public:
  Einsum(TfNode& n, Builder& b, EinsumEquation equation) : n_(n), b_(b), result_(std::move(equation.result)) {
    for (std::size_t i = 0; i < equation.operands.size(); ++i) {
      operands_.push_back({n.in(i), std::move(equation.operands[i])});
      for (std::size_t axis = 0; axis < operands_[i].labels.size(); ++axis) note_size(i, axis);
    }
  }

  ValueId translate() {
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      take_diagonals(operands_[i]);
      sum(operands_[i], select(operands_[i].labels, [&](Label label) {
            return !has(result_, label) && (operands_.size() == 1 || !has(operands_[1 - i].labels, label));
          }));
    }
    if (operands_.size() == 1) return permuted(operands_[0], result_);
    const Labels contracted = select(operands_[0].labels, [&](Label label) { return !has(result_, label); });
    if (contracted.empty()) return multiply();
    if (const ValueId v = multiply_and_sum(contracted)) return v;
    return product(best_arrangement());
  }

 private:
  /// The size of a label, and where it can be read at run time.
  struct Size {
    Dim dim;
    ValueId source;
    std::int64_t axis = 0;
  };

  void note_size(std::size_t operand, std::size_t axis) {
    const Label label = operands_[operand].labels[axis];
    const Dim dim = n_.shape(operand)[axis];
    const auto [at, added] =
        sizes_.try_emplace(label, Size{dim, operands_[operand].value, static_cast<std::int64_t>(axis)});
    if (added || at->second.dim == dim) return;
    Size& size = at->second;
    if (is_ellipsis(label)) {
      // Broadcast against each other: a size of 1 gives way; of two unknown ones nobody knows which does.
      uneven_.push_back(label);
      if (size.dim.is(1)) size = {dim, operands_[operand].value, static_cast<std::int64_t>(axis)};
      return;
    }
    n_.require(!size.dim.known() || !dim.known(), "a label has two sizes");
    if (dim.known()) size.dim = dim;
  }

  // Preparing one operand ---------------------------------------------------------------------------------------------

  ValueId permuted(const Operand& x, const Labels& order) {
    if (x.labels == order) return x.value;
    std::vector<std::int64_t> axes;
    for (const Label label : order)
      axes.push_back(std::find(x.labels.begin(), x.labels.end(), label) - x.labels.begin());
    return b_(Op::TRANSPOSE, {x.value, b_.int32s(axes)});
  }

  void sum(Operand& x, const Labels& away) {
    if (away.empty()) return;
    std::vector<std::int64_t> axes;
    for (const Label label : away)
      axes.push_back(std::find(x.labels.begin(), x.labels.end(), label) - x.labels.begin());
    std::sort(axes.begin(), axes.end());
    x.value = b_(Op::SUM, {x.value, b_.int32s(axes)}, {{Attr::keep_dims, false}});
    x.labels = select(x.labels, [&](Label label) { return !has(away, label); });
  }

  // A label that stands twice means the diagonal: every (size + 1)th element of the two dimensions made one.
  void take_diagonals(Operand& x) {
    for (std::size_t i = 0; i < x.labels.size(); ++i) {
      const Label label = x.labels[i];
      if (std::count(x.labels.begin(), x.labels.end(), label) == 1) continue;
      const Dim size = sizes_.at(label).dim;
      n_.require(size.known() && size.number >= 1, "the size of a repeated label is unknown");
      const auto second = std::find(x.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, x.labels.end(), label);
      // Both to the end, under names of their own for the while.
      constexpr Label kFirst = -1;
      constexpr Label kSecond = -2;
      x.labels[i] = kFirst;
      *second = kSecond;
      const Labels rest = select(x.labels, [](Label other) { return other >= 0; });
      x.value = permuted(x, joined({rest, {kFirst, kSecond}}));
      std::vector<Labels> groups;
      for (const Label other : rest) groups.push_back({other});
      groups.push_back({label, label});
      x.value = regrouped(x.value, groups);
      std::vector<std::int64_t> begin(groups.size(), 0);
      std::vector<std::int64_t> end(groups.size(), 0);
      std::vector<std::int64_t> strides(groups.size(), 1);
      end.back() = size.number * size.number;
      strides.back() = size.number + 1;
      const std::int64_t all_but_last = (std::int64_t{1} << (groups.size() - 1)) - 1;
      x.value = b_(Op::STRIDED_SLICE, {x.value, b_.int32s(begin), b_.int32s(end), b_.int32s(strides)},
                   {{Attr::begin_mask, all_but_last}, {Attr::end_mask, all_but_last}});
      x.labels = joined({rest, {label}});
      i = static_cast<std::size_t>(-1);  // look again from the start
    }
  }

  // Reshaping ---------------------------------------------------------------------------------------------------------

  /// A reshape to one dimension a group of labels; an empty group is a dimension of 1.
  ValueId regrouped(ValueId v, const std::vector<Labels>& groups) {
    std::vector<Dim> dims;
    for (const Labels& group : groups) {
      Dim d = 1;
      for (const Label label : group) {
        n_.require(!has(uneven_, label), "dimensions that broadcast would have to be joined");
        d = b_.dims().mul(d, sizes_.at(label).dim);
      }
      dims.push_back(d);
    }
    if (reshape_target(Shape(dims))) return reshape(b_, v, Shape(dims));
    return b_(Op::RESHAPE, {v, b_(Op::CONCATENATION, shape_parts(groups, dims), {{Attr::axis, 0}})});
  }

  /// Vectors that together are the shape with one dimension a group: several sizes are known at run time only.
  std::vector<ValueId> shape_parts(const std::vector<Labels>& groups, const std::vector<Dim>& dims) {
    std::vector<ValueId> parts;
    bool open = true;  // one of them may stay -1
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (dims[i].known()) {
        std::vector<std::int64_t> numbers{dims[i].number};
        while (i + 1 < groups.size() && dims[i + 1].known()) numbers.push_back(dims[++i].number);
        parts.push_back(b_.int32s(numbers));
      } else if (groups[i].size() == 1) {
        std::int64_t count = 1;  // labels that follow each other in an operand too
        while (i + 1 < groups.size() && groups[i + 1].size() == 1 && follows(groups[i][0], groups[i + 1][0])) {
          ++i;
          ++count;
        }
        parts.push_back(sizes_from(groups[i + 1 - static_cast<std::size_t>(count)][0], count));
      } else if (open) {
        parts.push_back(b_.int32s({-1}));
        open = false;
      } else {
        ValueId size;
        for (const Label label : groups[i]) {
          const ValueId factor = sizes_from(label, 1);
          size = size ? b_(Op::MUL, {size, factor}) : factor;
        }
        parts.push_back(size);
      }
    }
    return parts;
  }

  bool follows(Label a, Label b) const {
    const Size& first = sizes_.at(a);
    const Size& second = sizes_.at(b);
    return !second.dim.known() && second.source == first.source && second.axis == first.axis + 1;
  }

  /// The sizes of this label and those that follow it in its operand, as an int32 vector.
  ValueId sizes_from(Label label, std::int64_t count) {
    const Size& size = sizes_.at(label);
    if (size.dim.known()) return b_.int32s({size.dim.number});
    const ValueId shape = b_(Op::SHAPE, {size.source}, {{Attr::out_type, Type::int32}});
    return b_(Op::STRIDED_SLICE, {shape, b_.int32s({size.axis}), b_.int32s({size.axis + count}), b_.int32s({1})});
  }

  static std::vector<Labels> each(const Labels& labels) {
    std::vector<Labels> groups;
    for (const Label label : labels) groups.push_back({label});
    return groups;
  }

  // Multiplication without contraction --------------------------------------------------------------------------------

  /// The operand with its labels in the order of `order`, and a dimension of 1 for each one it lacks, the first ones
  /// left out.
  ValueId aligned(const Operand& x, const Labels& order) {
    const Labels own = select(order, [&](Label label) { return has(x.labels, label); });
    const ValueId v = permuted(x, own);
    std::vector<Labels> groups;
    for (const Label label : order) {
      if (has(own, label)) {
        groups.push_back({label});
      } else if (!groups.empty()) {
        groups.emplace_back();
      }
    }
    return groups.size() == own.size() ? v : regrouped(v, groups);
  }

  ValueId multiply() { return b_(Op::MUL, {aligned(operands_[0], result_), aligned(operands_[1], result_)}); }

  /// Where one operand, as it is, broadcasts over the other: a multiplication and a sum. None if it is not so simple,
  /// or a constant makes FULLY_CONNECTED of it.
  ValueId multiply_and_sum(const Labels& contracted) {
    for (std::size_t i = 0; i < 2; ++i) {
      const Labels& large = operands_[i].labels;
      const Labels& small = operands_[1 - i].labels;
      if (small.size() > large.size() || !std::equal(small.rbegin(), small.rend(), large.rbegin())) continue;
      if (select(large, [&](Label label) { return !has(contracted, label); }) != result_) continue;
      const bool batch = std::any_of(small.begin(), small.end(), [&](Label label) { return has(result_, label); });
      if (!batch && is_weight(operands_[1 - i].value)) continue;
      Operand x{b_(Op::MUL, {operands_[i].value, operands_[1 - i].value}), large};
      sum(x, contracted);
      return x.value;
    }
    return {};
  }

  // Matrix products ---------------------------------------------------------------------------------------------------

  bool is_weight(ValueId v) { return is_constant_expression(b_.model(), b_.graph(), b_.table(), v); }

  /// The part of the batch that the operand has. What it lacks must come first: there the product broadcasts.
  static std::optional<Labels> own_batch(const Operand& x, const Labels& batch) {
    const auto first = std::find_if(batch.begin(), batch.end(), [&](Label label) { return has(x.labels, label); });
    const Labels own(first, batch.end());
    for (const Label label : own) {
      if (!has(x.labels, label)) return std::nullopt;
    }
    return own;
  }

  static constexpr int kTranspose = 100;
  static constexpr int kReshape = 40;
  static constexpr int kAdjoint = 3;  // the delegate takes a transposed right side, but not every transposed left side

  /// Sets flags and cost of an arrangement; false if it cannot be.
  bool price(Arrangement& a) {
    const Operand& x = operands_[a.swapped ? 1 : 0];
    const Operand& y = operands_[a.swapped ? 0 : 1];
    const auto xb = own_batch(x, a.batch);
    const auto yb = own_batch(y, a.batch);
    if (!xb || !yb) return false;
    // A constant on the left side of a product without batch would better stand on the right.
    const bool weight_x = is_weight(x.value);
    const bool weight_y = is_weight(y.value);
    a.cost = 0;
    a.adj_x = a.adj_y = false;
    if (x.labels != joined({*xb, a.left, a.contracted})) {
      a.adj_x = x.labels == joined({*xb, a.contracted, a.left});
      a.cost += weight_x ? 0 : a.adj_x ? 2 * kAdjoint : kTranspose;
    }
    if (y.labels != joined({*yb, a.contracted, a.right})) {
      a.adj_y = y.labels == joined({*yb, a.right, a.contracted});
      a.cost += weight_y ? 0 : a.adj_y ? kAdjoint : kTranspose;
    }
    if (joined({a.batch, a.left, a.right}) != result_) a.cost += kTranspose;
    if (!keeps_left(a) && a.left.size() != 1) a.cost += weight_x ? 0 : kReshape;
    if (a.contracted.size() != 1) a.cost += (weight_x ? 0 : kReshape) + (weight_y ? 0 : kReshape);
    if (a.right.size() != 1) a.cost += weight_y ? 0 : kReshape;
    if (a.right.size() != 1 || (!keeps_left(a) && a.left.size() != 1)) a.cost += kReshape;
    if (weight_y && a.batch.empty()) a.cost -= 1;
    return true;
  }

  /// Without batch labels the left side may keep its dimensions: the right one is broadcast over them.
  static bool keeps_left(const Arrangement& a) {
    return a.batch.empty() && !a.adj_x && !a.left.empty() && a.left.size() <= 4;
  }

  Arrangement best_arrangement() {
    const auto in_result = [&](Label label) { return has(result_, label); };
    std::optional<Arrangement> best;
    for (const bool swapped : {false, true}) {
      const Labels& x = operands_[swapped ? 1 : 0].labels;
      const Labels& y = operands_[swapped ? 0 : 1].labels;
      // Dimensions of "..." belong to the batch if both operands have some, though one may have fewer.
      const bool both_dots =
          std::any_of(x.begin(), x.end(), is_ellipsis) && std::any_of(y.begin(), y.end(), is_ellipsis);
      const auto is_batch = [&](Label label) {
        return in_result(label) && ((has(x, label) && has(y, label)) || (both_dots && is_ellipsis(label)));
      };
      const auto is_free = [&](Label label) { return in_result(label) && !is_batch(label); };
      const auto is_contracted = [&](Label label) { return !in_result(label); };
      for (const Labels* batch : std::initializer_list<const Labels*>{&result_, &x, &y}) {
        for (const Labels* left : {&x, static_cast<const Labels*>(&result_)}) {
          for (const Labels* right : {&y, static_cast<const Labels*>(&result_)}) {
            for (const Labels* contracted : {&x, &y}) {
              Arrangement a;
              a.swapped = swapped;
              a.batch = select(*batch, is_batch);
              a.left = select(*left, [&](Label l) { return is_free(l) && has(x, l); });
              a.right = select(*right, [&](Label l) { return is_free(l) && has(y, l); });
              a.contracted = select(*contracted, is_contracted);
              if (a.batch.size() != select(result_, is_batch).size() || !price(a)) continue;
              if (!best || a.cost < best->cost) best = std::move(a);
            }
          }
        }
      }
    }
    n_.require(best.has_value(), "its operands cannot be arranged as a matrix product");
    return *std::move(best);
  }

  /// One operand as [batch, rows, columns], each of the three as groups of labels.
  ValueId matrix(const Operand& x, const Labels& batch, const std::vector<Labels>& rows,
                 const std::vector<Labels>& columns) {
    std::vector<Labels> groups = each(batch);
    groups.insert(groups.end(), rows.begin(), rows.end());
    groups.insert(groups.end(), columns.begin(), columns.end());
    Labels order;
    bool merged = false;
    for (const Labels& group : groups) {
      order.insert(order.end(), group.begin(), group.end());
      merged |= group.size() != 1;
    }
    const ValueId v = permuted(x, order);
    return merged ? regrouped(v, groups) : v;
  }

  ValueId product(const Arrangement& a) {
    const Operand& x = operands_[a.swapped ? 1 : 0];
    const Operand& y = operands_[a.swapped ? 0 : 1];
    n_.require(a.batch.size() <= 3, "it has more than three batch dimensions");
    const std::vector<Labels> left = keeps_left(a) ? each(a.left) : std::vector<Labels>{a.left};
    const std::vector<Labels> depth{a.contracted};
    const std::vector<Labels> right{a.right};
    const Labels xb = *own_batch(x, a.batch);
    const Labels yb = *own_batch(y, a.batch);
    const ValueId xm = a.adj_x ? matrix(x, xb, depth, left) : matrix(x, xb, left, depth);
    const ValueId ym = a.adj_y ? matrix(y, yb, right, depth) : matrix(y, yb, depth, right);
    ValueId v = matrix_product(b_, xm, ym, a.adj_x, a.adj_y);
    const Labels made = joined({a.batch, a.left, a.right});
    const bool left_is_joined = !keeps_left(a) && a.left.size() != 1;
    if (left_is_joined || a.right.size() != 1) v = regrouped(v, each(made));
    return permuted({v, made}, result_);
  }

  TfNode& n_;
  Builder& b_;
  std::vector<Operand> operands_;
  Labels result_;
  std::map<Label, Size> sizes_;
  Labels uneven_;  ///< labels of "..." with different sizes in the operands
};

Results einsum(TfNode& n, Builder& b) {
  n.require(n.input_count() == 1 || n.input_count() == 2, "it has more than two operands");
  std::vector<std::size_t> ranks;
  for (std::size_t i = 0; i < n.input_count(); ++i) {
    n.require(n.shape(i).ranked(), "the rank of an operand is unknown");
    n.require(is_float(n.type(i)) || n.type(i) == Type::int32 || n.type(i) == Type::int64,
              "products of this type do not exist at run time");
    ranks.push_back(n.shape(i).rank());
  }
  const std::string text = n.text_attr("equation");
  auto equation = parse_einsum(text, ranks);
  if (!equation) n.refuse("the equation " + text + " is malformed or does not fit its operands");
  return Einsum(n, b, *std::move(equation)).translate();
}

/// A product whose message DotDimensionNumbers pairs dimensions of the operands: those in lists 1 and 2 are contracted,
/// those in lists 3 and 4 make the batch. The result has the batch, then what is left of each operand.
Results dot(TfNode& n, Builder& b) {
  n.require(n.shape(0).ranked() && n.shape(1).ranked(), "the rank of an operand is unknown");
  n.require(n.type(0) == Type::float32 && n.type(1) == Type::float32, "it is computed in float32 only");
  const std::string message = n.text_attr("dimension_numbers");
  std::array<std::vector<std::uint64_t>, 4> lists;
  for (read::Fields f(as_bytes(message)); f.next();) {
    if (f.number() <= 4) f.each_varint([&](std::uint64_t v) { lists[f.number() - 1].push_back(v); });
  }
  n.require(lists[0].size() == lists[1].size() && lists[2].size() == lists[3].size(), "its dimensions are not paired");

  constexpr Label unnamed = -1;
  EinsumEquation e{{Labels(n.shape(0).rank(), unnamed), Labels(n.shape(1).rank(), unnamed)}, {}};
  Label next = 0;
  for (const std::size_t kind : {2, 0}) {
    for (std::size_t i = 0; i < lists[kind].size(); ++i, ++next) {
      for (std::size_t operand = 0; operand < 2; ++operand) {
        const std::uint64_t axis = lists[kind + operand][i];
        Labels& labels = e.operands[operand];
        n.require(axis < labels.size() && labels[axis] == unnamed,
                  "one of its dimensions does not exist, or does twice");
        labels[axis] = next;
      }
      if (kind == 2) e.result.push_back(next);
    }
  }
  for (Labels& labels : e.operands) {
    for (Label& label : labels) {
      if (label == unnamed) e.result.push_back(label = next++);
    }
  }
  return cast_to(b, Einsum(n, b, std::move(e)).translate(), n.type_attr("preferred_element_type", n.type(0)));
}

}  // namespace

void add_einsum_translators(Translators& t) {
  t.add("Einsum", einsum);
  t.add("XlaDot", dot);
  t.add("XlaDotV2", dot);
  t.add("XlaEinsum", einsum);
}

}  // namespace tolite::tensorflow
