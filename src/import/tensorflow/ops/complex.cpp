// Complex numbers of TensorFlow: making them, taking them apart, arithmetic.
#include "import/tensorflow/ops/complex.h"

#include <algorithm>
#include <array>

#include "import/tensorflow/ops/element_wise.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

/// Formulas over parts; a part that is none is zero.
struct Arithmetic {
  const TfNode& n;
  Builder& b;

  ValueId wise(Op op, std::initializer_list<ValueId> operands) const { return element_wise(n, b, op, operands); }

  ValueId neg(ValueId x) const { return x ? wise(Op::NEG, {x}) : x; }
  ValueId add(ValueId x, ValueId y) const { return !x ? y : !y ? x : wise(Op::ADD, {x, y}); }
  ValueId sub(ValueId x, ValueId y) const { return !y ? x : !x ? neg(y) : wise(Op::SUB, {x, y}); }
  ValueId mul(ValueId x, ValueId y) const { return x && y ? wise(Op::MUL, {x, y}) : ValueId(); }
  ValueId div(ValueId x, ValueId y) const { return x ? wise(Op::DIV, {x, y}) : x; }

  Parts negated(const Parts& x) const {
    const ValueId real = neg(x.real);
    return {real, neg(x.imaginary)};
  }
  Parts sum(const Parts& x, const Parts& y, bool subtract) const {
    if (!x.imaginary != !y.imaginary) return broadcast_sum(x, y, subtract);
    const ValueId real = subtract ? sub(x.real, y.real) : add(x.real, y.real);
    return {real, subtract ? sub(x.imaginary, y.imaginary) : add(x.imaginary, y.imaginary)};
  }
  Parts product(const Parts& x, const Parts& y) const {
    const ValueId left = mul(x.real, y.real);
    const ValueId real = sub(left, mul(x.imaginary, y.imaginary));
    const ValueId cross = mul(x.real, y.imaginary);
    return {real, add(cross, mul(x.imaginary, y.real))};
  }
  /// x times the conjugate of y over |y|^2. The larger part of y is divided out first, so that no square overflows.
  Parts quotient(const Parts& x, const Parts& y) const {
    if (!y.imaginary) return {div(x.real, y.real), div(x.imaginary, y.real)};
    const ValueId larger = wise(Op::MAXIMUM, {wise(Op::ABS, {y.real}), wise(Op::ABS, {y.imaginary})});
    const Parts scaled{div(y.real, larger), div(y.imaginary, larger)};
    const ValueId square = wise(Op::SQUARE, {scaled.real});
    const ValueId norm = add(square, wise(Op::SQUARE, {scaled.imaginary}));
    const Parts top = product(x, {scaled.real, neg(scaled.imaginary)});
    const ValueId divisor = wise(Op::MUL, {norm, larger});
    return {div(top.real, divisor), div(top.imaginary, divisor)};
  }
  Parts exponential(const Parts& x) const {
    const ValueId radius = wise(Op::EXP, {x.real});
    if (!x.imaginary) return {radius, {}};
    const ValueId real = mul(radius, wise(Op::COS, {x.imaginary}));
    return {real, mul(radius, wise(Op::SIN, {x.imaginary}))};
  }

 private:
  /// A part that stays as it is would miss the broadcasting.
  Parts broadcast_sum(const Parts& x, const Parts& y, bool subtract) const {
    const ValueId real = wise(subtract ? Op::SUB : Op::ADD, {x.real, y.real});
    ValueId imaginary = x.imaginary ? x.imaginary : subtract ? neg(y.imaginary) : y.imaginary;
    if (b.shape(imaginary) != b.shape(real)) imaginary = wise(Op::ADD, {imaginary, imaginary_of(b, {real, {}})});
    return {real, imaginary};
  }
};

/// Unknown dimensions are taken to agree, as they do in all but contrived graphs; the runtime checks it.
bool may_broadcast(const Shape& x, const Shape& y) {
  if (x.rank() != y.rank()) return true;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (x[i].known() && y[i].known() && x[i] != y[i]) return true;
  }
  return false;
}

Results complex(TfNode& n, Builder& b) {
  n.require(n.type(0) == Type::float32, "the runtime has complex64 only");
  n.require(n.shape(0).ranked() && n.shape(1).ranked(), "the rank of a part is not known");
  ValueId real = n.in(0);
  ValueId imaginary = n.in(1);
  if (n.shape(0) != n.shape(1) && may_broadcast(n.shape(0), n.shape(1))) {
    const ValueId real_zeros = b(Op::ZEROS_LIKE, {real});
    real = element_wise(n, b, Op::ADD, {real, b(Op::ZEROS_LIKE, {imaginary})});
    imaginary = element_wise(n, b, Op::ADD, {imaginary, real_zeros});
  }
  return complex_of(b, {real, imaginary});
}

Results real(TfNode& n, Builder& b) { return is_complex(n.type(0)) ? parts_of(b, n.in(0)).real : n.in(0); }

Results imaginary(TfNode& n, Builder& b) {
  n.require(is_complex(n.type(0)), "its operand is not complex");
  return imaginary_of(b, parts_of(b, n.in(0)));
}

Results conjugate(TfNode& n, Builder& b) {
  if (!is_complex(n.type(0))) return n.in(0);
  const Parts x = parts_of(b, n.in(0));
  return complex_of(b, {x.real, Arithmetic{n, b}.neg(x.imaginary)});
}

/// One op for a complex tensor; parts are not packed for it.
Results complex_abs(TfNode& n, Builder& b) {
  const Parts x = parts_of(b, n.in(0));
  if (!x.imaginary) return element_wise(n, b, Op::ABS, {x.real});
  const NodeId producer = b.graph()[x.real].producer;
  const bool is_tensor = producer.valid() && b.graph()[producer].op == Op::REAL;
  if (is_tensor || b.constant_of(n.in(0)) != nullptr) return b(Op::COMPLEX_ABS, {n.in(0)});
  const ValueId square = element_wise(n, b, Op::SQUARE, {x.real});
  const ValueId norm = element_wise(n, b, Op::ADD, {square, element_wise(n, b, Op::SQUARE, {x.imaginary})});
  return element_wise(n, b, Op::SQRT, {norm});
}

Results angle(TfNode& n, Builder& b) {
  const Parts x = parts_of(b, n.in(0));
  return element_wise(n, b, Op::ATAN2, {imaginary_of(b, x), x.real});
}

Results conjugate_transpose(TfNode& n, Builder& b) {
  const ValueId order = int32_operand(b, n.in(1));
  const auto transposed = [&](ValueId x) { return x ? b(Op::TRANSPOSE, {x, order}) : x; };
  if (!is_complex(n.type(0))) {
    const Type carrier = carrier_type(n, b, Op::TRANSPOSE, n.type(0));
    return carried(b, transposed(carried(b, n.in(0), carrier)), n.type(0));
  }
  const Parts x = parts_of(b, n.in(0));
  const ValueId real = transposed(x.real);
  return complex_of(b, {real, Arithmetic{n, b}.neg(transposed(x.imaginary))});
}

}  // namespace

Parts parts_of(Builder& b, ValueId complex) {
  const Graph& graph = b.graph();
  const NodeId cast = graph[complex].producer;
  if (cast.valid() && graph[cast].op == Op::CAST && b.type(graph.operand(cast, 0)) == Type::float32) {
    return {graph.operand(cast, 0), {}};
  }
  if (cast.valid() && graph[cast].op == Op::BITCAST) {
    const ValueId pairs = graph.operand(cast, 0);
    const NodeId pack = graph[pairs].producer;
    const auto rank = b.shape(complex).rank();
    if (pack.valid() && graph[pack].op == Op::PACK && graph.operand_count(pack) == 2 && b.shape(complex).ranked() &&
        b.view(pack).integer(Attr::axis) == static_cast<std::int64_t>(rank)) {
      return {graph.operand(pack, 0), graph.operand(pack, 1)};
    }
  }
  const ValueId real = b(Op::REAL, {complex});
  return {real, b(Op::IMAG, {complex})};
}

ValueId imaginary_of(Builder& b, const Parts& parts) {
  return parts.imaginary ? parts.imaginary : b(Op::ZEROS_LIKE, {parts.real});
}

ValueId complex_of(Builder& b, const Parts& parts) {
  if (!parts.imaginary) return cast_to(b, parts.real, Type::complex64);
  const auto rank = static_cast<std::int64_t>(b.shape(parts.real).rank());
  const ValueId pairs = b(Op::PACK, {parts.real, parts.imaginary}, {{Attr::values_count, 2}, {Attr::axis, rank}});
  return b(Op::BITCAST, {pairs}, {{Attr::type, Type::complex64}});
}

ValueId complex_element_wise(const TfNode& n, Builder& b, Op op, std::initializer_list<ValueId> operands) {
  struct Form {
    Op op;
    Parts (*of)(const Arithmetic& a, const Parts& x, const Parts& y);
  };
  static constexpr std::array forms{
      Form{Op::ADD, [](const Arithmetic& a, const Parts& x, const Parts& y) { return a.sum(x, y, false); }},
      Form{Op::SUB, [](const Arithmetic& a, const Parts& x, const Parts& y) { return a.sum(x, y, true); }},
      Form{Op::MUL, [](const Arithmetic& a, const Parts& x, const Parts& y) { return a.product(x, y); }},
      Form{Op::DIV, [](const Arithmetic& a, const Parts& x, const Parts& y) { return a.quotient(x, y); }},
      Form{Op::SQUARE, [](const Arithmetic& a, const Parts& x, const Parts& /*y*/) { return a.product(x, x); }},
      Form{Op::NEG, [](const Arithmetic& a, const Parts& x, const Parts& /*y*/) { return a.negated(x); }},
      Form{Op::EXP, [](const Arithmetic& a, const Parts& x, const Parts& /*y*/) { return a.exponential(x); }},
  };
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const Form& f) { return f.op == op; });
  if (form == forms.end())
    n.refuse("there is no form of it for complex numbers", "compute with the real and imaginary parts");
  for (const ValueId v : operands) n.require(b.shape(v).ranked(), "the rank of a complex operand is not known");
  const Parts x = parts_of(b, *operands.begin());
  const Parts y = operands.size() > 1 ? parts_of(b, *(operands.begin() + 1)) : Parts{};
  return complex_of(b, form->of({n, b}, x, y));
}

void add_complex_translators(Translators& t) {
  t.add("Angle", angle);
  t.add("Complex", complex);
  t.add("ComplexAbs", complex_abs);
  t.add("Conj", conjugate);
  t.add("ConjugateTranspose", conjugate_transpose);
  t.add("Imag", imaginary);
  t.add("Real", real);
}

}  // namespace tolite::tensorflow
