// TensorFlow's Cast and Bitcast.
#include "import/tensorflow/ops/complex.h"
#include "import/tensorflow/ops/operands.h"

namespace tolite::tensorflow {
namespace {

void require_kernel(TfNode& n, Builder& b, Op op, Type type) {
  const TypeSet taken = b.table()[op].kernel.types;
  if (!taken.has(type)) n.refuse("the runtime has no kernel for elements of type " + std::string(type_name(type)));
}

Results cast(TfNode& n, Builder& b) {
  const Type to = n.type_attr("DstT");
  // Weights of a model that computes in 16 bits are stored in 32: they are rounded here, once.
  if (n.is_narrow_float("DstT") && is_constant_expression(b.model(), b.graph(), b.table(), n.in(0)))
    return cast_to(b, cast_to(b, n.in(0), n.stored_type_attr("DstT")), to);
  if (n.type(0) == to) return n.in(0);
  if (n.type(0) == Type::complex64) return cast_to(b, parts_of(b, n.in(0)).real, to);
  if (to == Type::complex64) return cast_to(b, cast_to(b, n.in(0), Type::float32), to);
  // CAST has no kernel for uint64, but BITCAST makes it int64, whose low bits are the same.
  const Type other = n.type(0) == Type::uint64 ? to : to == Type::uint64 ? n.type(0) : Type::none;
  if (is_integer(other) || other == Type::boolean) return cast_to(b, cast_to(b, n.in(0), Type::int64), to);
  if (!is_constant_expression(b.model(), b.graph(), b.table(), n.in(0))) {
    require_kernel(n, b, Op::CAST, n.type(0));
    require_kernel(n, b, Op::CAST, to);
  }
  return cast_to(b, n.in(0), to);
}

Results bitcast(TfNode& n, Builder& b) {
  const Type to = n.type_attr("type");
  // 16-bit floats are float32 inside: their bits are gone.
  n.require(!n.is_narrow_float("T") && !n.is_narrow_float("type"), "16-bit floats are computed as float32");
  if (n.type(0) == to) return n.in(0);
  if (!is_constant_expression(b.model(), b.graph(), b.table(), n.in(0))) {
    // Bytes go through CAST, which keeps the bits of an integer of the same width.
    if (byte_size(n.type(0)) == 1 && byte_size(to) == 1 && is_integer(n.type(0)) && is_integer(to))
      return cast_to(b, n.in(0), to);
    require_kernel(n, b, Op::BITCAST, n.type(0));
    require_kernel(n, b, Op::BITCAST, to);
  }
  return b(Op::BITCAST, {n.in(0)}, {{Attr::type, to}});
}

}  // namespace

void add_cast_translators(Translators& t) {
  t.add("Bitcast", bitcast);
  t.add("Cast", cast);
}

}  // namespace tolite::tensorflow
