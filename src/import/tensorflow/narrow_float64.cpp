// Messages are rewritten field by field, without knowing more of them than where they hold types and tensors.
#include "import/tensorflow/narrow_float64.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "import/tensorflow/graph_edit.h"
#include "read/protobuf.h"
#include "read/wire_writer.h"
#include "tolite/error.h"

namespace tolite::tensorflow {
namespace {

using read::Fields;
using read::Wire;
using read::WireType;

/// Attribute of a node that stayed as it was: why.
constexpr std::string_view kReason = "_tolite_not_narrowed";

// Ops that look at the bytes of their elements, or draw numbers from them.
constexpr std::array<std::string_view, 6> kOfBytes{"Bitcast",     "DecodePaddedRaw", "DecodeRaw",
                                                   "Fingerprint", "ParseTensor",     "SerializeTensor"};
constexpr std::array<std::string_view, 3> kDrawing{"StatelessParameterized", "StatelessRandom", "StatelessTruncated"};

bool depends_on_bytes(std::string_view op) {
  return std::find(kOfBytes.begin(), kOfBytes.end(), op) != kOfBytes.end() ||
         std::any_of(kDrawing.begin(), kDrawing.end(), [&](std::string_view start) { return op.starts_with(start); });
}

float rounded(double wide) {
  const auto narrow = static_cast<float>(wide);
  if (std::isinf(narrow) && !std::isinf(wide))
    throw Error(Code::cannot_convert, fmt::format("it holds {}, which is beyond the range of float32", wide));
  return narrow;
}

/// A field in its new form, tag and all; nothing if it stays.
using Change = std::optional<Wire>;

/// The message with some fields changed; nothing if none is.
template <typename ChangeField>
Change rewritten(Bytes message, ChangeField change_field) {
  Wire out;
  bool is_changed = false;
  for (Fields f(message); f.next();) {
    if (const Change change = change_field(f)) {
      out.fields(*change);
      is_changed = true;
    } else {
      out.field(f);
    }
  }
  return is_changed ? Change(std::move(out)) : std::nullopt;
}

/// The same of a message that is a field.
template <typename ChangeField>
Change within(const Fields& f, ChangeField change_field) {
  const Change message = rewritten(f.bytes(), change_field);
  return message ? Change(Wire().message(f.number(), *message)) : std::nullopt;
}

constexpr std::uint64_t kReference = 100;  // DT_X_REF is DT_X + 100

/// A DataType, or a list of them.
Change types(const Fields& f) {
  Wire out;
  bool is_changed = false;
  f.each_varint([&](std::uint64_t number) {
    const auto type = read::data_type_of(static_cast<std::int64_t>(number));
    const read::DataType narrow = narrowed(type);
    is_changed |= narrow != type;
    const std::uint64_t reference = number > kReference ? kReference : 0;
    out.varint(f.number(), narrow == type ? number : static_cast<std::uint64_t>(narrow) + reference);
  });
  return is_changed ? Change(std::move(out)) : std::nullopt;
}

/// Doubles as floats under another field number, packed.
Wire floats(const Fields& f, std::uint32_t number) {
  std::string packed;
  f.each_fixed<double>([&](double wide) {
    const float narrow = rounded(wide);
    packed.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
  });
  return Wire().text(number, packed);
}

/// TensorProto.
Change tensor(const Fields& f) {
  enum : std::uint32_t { kType = 1, kContent = 4, kFloats = 5, kDoubles = 6, kComplexFloats = 9, kComplexDoubles = 12 };
  bool is_wide = false;
  for (Fields g(f.bytes()); g.next();) {
    if (g.number() == kType) is_wide = types(g).has_value();
  }
  if (!is_wide) return std::nullopt;
  return within(f, [](const Fields& g) -> Change {
    switch (g.number()) {
      case kType:
        return types(g);
      case kContent:
        return floats(g, kContent);
      case kDoubles:
        return floats(g, kFloats);
      case kComplexDoubles:
        return floats(g, kComplexFloats);
      default:
        return std::nullopt;
    }
  });
}

Change attribute(const Fields& f, int depth);

/// NameAttrList: a function and what it is instantiated with.
Change function_reference(const Fields& f, int depth) {
  return within(f, [&](const Fields& g) { return g.number() == 2 ? attribute(g, depth + 1) : std::nullopt; });
}

/// AttrValue. Its lists have the same fields, but for functions.
Change value(const Fields& f, int depth) {
  enum : std::uint32_t { kList = 1, kType = 6, kTensor = 8, kFunctionOfList = 9, kFunction = 10 };
  if (depth > read::kMaxNesting) throw Error(Code::too_deep, "an attribute holds functions nested too deep");
  const auto element = [&](const Fields& g, std::uint32_t function) -> Change {
    if (g.number() == kType) return types(g);
    if (g.number() == kTensor) return tensor(g);
    return g.number() == function ? function_reference(g, depth) : std::nullopt;
  };
  return within(f, [&](const Fields& g) -> Change {
    if (g.number() != kList) return element(g, kFunction);
    return within(g, [&](const Fields& h) { return element(h, kFunctionOfList); });
  });
}

/// A map's entry: name, value.
Change attribute(const Fields& f, int depth) {
  return within(f, [&](const Fields& g) { return g.number() == 2 ? value(g, depth) : std::nullopt; });
}

std::string_view op_of(Bytes node) {
  std::string_view op;
  for (Fields f(node); f.next();) {
    if (f.number() == 2) op = f.text();
  }
  return op;
}

Wire with_reason(Bytes node, std::string_view reason) {
  Wire out;
  for (Fields f(node); f.next();) out.field(f);
  return out.entry(5, kReason, Wire().text(2, reason));
}

/// NodeDef.
Change node(Bytes wire) {
  try {
    Change change = rewritten(wire, [](const Fields& f) { return f.number() == 5 ? attribute(f, 0) : std::nullopt; });
    if (!change || !depends_on_bytes(op_of(wire))) return change;
    return with_reason(wire, "its result depends on how a float64 is stored, and --narrow-float64 makes it float32");
  } catch (const Error& error) {
    if (error.code() != Code::cannot_convert) throw;
    return with_reason(wire, error.message());
  }
}

/// OpDef, as far as functions have one: arguments, and attributes with their defaults.
Change signature(const Fields& f) {
  return within(f, [](const Fields& g) -> Change {
    if (g.number() == 2 || g.number() == 3)
      return within(g, [](const Fields& h) { return h.number() == 3 ? types(h) : std::nullopt; });
    if (g.number() != 4) return std::nullopt;
    return within(g, [](const Fields& h) { return h.number() == 3 || h.number() == 7 ? value(h, 0) : std::nullopt; });
  });
}

/// FunctionDef.
Change function(Bytes wire) {
  return rewritten(wire, [](const Fields& f) -> Change {
    if (f.number() == 1) return signature(f);
    if (f.number() == 5) return attribute(f, 0);
    if (f.number() != 3) return std::nullopt;
    const Change changed = node(f.bytes());
    return changed ? Change(Wire().message(f.number(), *changed)) : std::nullopt;
  });
}

}  // namespace

read::DataType narrowed(read::DataType type) {
  if (type == read::DataType::float64) return read::DataType::float32;
  return type == read::DataType::complex128 ? read::DataType::complex64 : type;
}

Tensor narrowed(const Tensor& tensor) {
  const bool is_complex = tensor.type == Type::complex128;
  if (tensor.type != Type::float64 && !is_complex) return tensor;
  NewTensor made = new_tensor(is_complex ? Type::complex64 : Type::float32, tensor.dims);
  for (std::size_t i = 0; i < made.writable.size() / sizeof(float); ++i)
    store(made.writable.data() + i * sizeof(float), rounded(load<double>(tensor.bytes.data() + i * sizeof(double))));
  return std::move(made.tensor);
}

std::shared_ptr<const read::GraphDef> narrow_float64(std::shared_ptr<const read::GraphDef> graph) {
  GraphEdit edit;
  for (const read::Node& def : graph->nodes()) {
    if (const Change changed = node(def.wire)) {
      edit.add_node(changed->str());
    } else {
      edit.keep_node(def.wire);
    }
  }
  for (const std::string_view name : graph->library().names()) {
    if (const Change changed = function(graph->library().wire(name))) edit.add_function(changed->str());
  }
  return edit.finish(std::move(graph));
}

std::string_view reason_not_narrowed(const read::Node& node) { return node.attributes.string(kReason, {}); }

}  // namespace tolite::tensorflow
