// SavedObjectGraph from its wire form.
#include "read/object_graph.h"

#include <algorithm>

#include "read/checkpoint.h"
#include "read/protobuf.h"

namespace tolite::read {
namespace {

Structure read_structure(Bytes wire, int depth);

void read_pairs(Bytes wire, std::uint32_t pairs, int depth, Structure& structure) {
  struct Pair {
    std::string_view key;
    Bytes value;
  };
  std::vector<Pair> all;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1 && pairs != 1) structure.string = f.text();  // NamedTupleValue.name
    if (f.number() == pairs) {
      const MapEntry entry = map_entry(f.bytes());  // PairValue has the same fields as a map's entry
      all.push_back({entry.key, entry.value});
    }
  }
  if (pairs == 1) {  // a dictionary has no order in the file; tf.nest sorts it
    std::stable_sort(all.begin(), all.end(), [](const Pair& a, const Pair& b) { return a.key < b.key; });
  }
  for (const Pair& pair : all) {
    structure.keys.push_back(pair.key);
    structure.items.push_back(read_structure(pair.value, depth + 1));
  }
}

void read_tensor_spec(Bytes wire, Structure& structure) {
  structure.kind = Structure::Kind::tensor_spec;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        structure.string = f.text();
        break;
      case 2:
        structure.shape = read_partial_shape(f.bytes());
        break;
      case 3:
        structure.type = data_type_of(f.int64());
        break;
      default:
        break;
    }
  }
}

void read_type_spec(Bytes wire, int depth, Structure& structure) {
  structure.kind = Structure::Kind::type_spec;
  for (Fields f(wire); f.next();) {
    if (f.number() == 2) structure.items.push_back(read_structure(f.bytes(), depth + 1));
    if (f.number() == 3) structure.string = f.text();
  }
}

void read_constant(Bytes wire, Structure& structure) {  // the head of a TensorProto
  structure.kind = Structure::Kind::tensor;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) structure.type = data_type_of(f.int64());
    if (f.number() == 2) structure.shape = read_partial_shape(f.bytes());
  }
}

void read_items(Bytes wire, int depth, Structure& structure) {
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) structure.items.push_back(read_structure(f.bytes(), depth + 1));
  }
}

Structure read_structure(Bytes wire, int depth) {
  if (depth > kMaxNesting) throw Error(Code::too_deep, "a structured signature is nested too deep");
  using Kind = Structure::Kind;
  Structure s;
  for (Fields f(wire); f.next();) {
    s = {};  // of several values of the oneof, the last counts
    switch (f.number()) {
      case 11:
        s.kind = Kind::real, s.real = f.real64();
        break;
      case 12: {  // sint64: zigzag
        const std::uint64_t v = f.varint();
        s.kind = Kind::integer;
        s.integer = static_cast<std::int64_t>((v >> 1U) ^ (~(v & 1U) + 1U));
        break;
      }
      case 13:
        s.kind = Kind::string, s.string = f.text();
        break;
      case 14:
        s.kind = Kind::boolean, s.boolean = f.boolean();
        break;
      case 31:
        s.kind = Kind::shape, s.shape = read_partial_shape(f.bytes());
        break;
      case 32:
        s.kind = Kind::type, s.type = data_type_of(f.int64());
        break;
      case 33:
      case 35:
        read_tensor_spec(f.bytes(), s);
        break;
      case 34:
        read_type_spec(f.bytes(), depth, s);
        break;
      case 51:
        s.kind = Kind::list, read_items(f.bytes(), depth, s);
        break;
      case 52:
        s.kind = Kind::tuple, read_items(f.bytes(), depth, s);
        break;
      case 53:
        s.kind = Kind::dictionary, read_pairs(f.bytes(), 1, depth, s);
        break;
      case 54:
        s.kind = Kind::named_tuple, read_pairs(f.bytes(), 2, depth, s);
        break;
      case 55:
      case 56:
        read_constant(f.bytes(), s);
        break;
      default:
        break;
    }
  }
  return s;
}

void add_leaves(const Structure& s, std::vector<const Structure*>& leaves) {
  using Kind = Structure::Kind;
  const bool nested =
      s.kind == Kind::list || s.kind == Kind::tuple || s.kind == Kind::dictionary || s.kind == Kind::named_tuple;
  if (!nested) return leaves.push_back(&s);
  for (const Structure& item : s.items) add_leaves(item, leaves);
}

FunctionSpec read_function_spec(Bytes wire) {
  FunctionSpec spec;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        spec.full_argument_spec_wire = f.bytes();
        break;
      case 2:
        spec.is_method = f.boolean();
        break;
      case 5:
        spec.input_signature_wire = f.bytes();
        break;
      default:
        break;
    }
  }
  return spec;
}

UserObject read_user_object(Bytes wire) {
  UserObject object;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) object.identifier = f.text();
    if (f.number() == 3) object.metadata = f.text();
  }
  return object;
}

AssetObject read_asset(Bytes wire) {
  AssetObject asset;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) asset.index = f.int32();
  }
  return asset;
}

FunctionObject read_function(Bytes wire) {
  FunctionObject function;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) function.concrete_functions.push_back(f.text());
    if (f.number() == 2) function.spec = read_function_spec(f.bytes());
  }
  return function;
}

VariableObject read_variable(Bytes wire) {
  VariableObject variable;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        variable.type = data_type_of(f.int64());
        break;
      case 2:
        variable.shape = read_partial_shape(f.bytes());
        break;
      case 3:
        variable.trainable = f.boolean();
        break;
      case 6:
        variable.name = f.text();
        break;
      default:
        break;
    }
  }
  return variable;
}

BareConcreteFunction read_bare_concrete_function(Bytes wire) {
  BareConcreteFunction function;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        function.concrete_function = f.text();
        break;
      case 2:
        function.argument_keywords.push_back(f.text());
        break;
      case 3:
        function.allowed_positional_arguments = f.int64();
        break;
      case 4:
        function.spec = read_function_spec(f.bytes());
        break;
      default:
        break;
    }
  }
  return function;
}

CapturedTensor read_captured_tensor(Bytes wire) {
  CapturedTensor tensor;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) tensor.name = f.text();
    if (f.number() == 2) tensor.concrete_function = f.text();
  }
  return tensor;
}

std::string_view first_text(Bytes wire) {
  std::string_view text;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) text = f.text();
  }
  return text;
}

ObjectChild read_child(Bytes wire) {
  ObjectChild child;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) child.id = f.int32();
    if (f.number() == 2) child.name = f.text();
  }
  return child;
}

SavedObject read_object(Bytes wire) {
  SavedObject object;
  for (Fields f(wire); f.next();) {
    switch (f.number()) {
      case 1:
        object.children.push_back(read_child(f.bytes()));
        break;
      case 4:
        object.value = read_user_object(f.bytes());
        break;
      case 5:
        object.value = read_asset(f.bytes());
        break;
      case 6:
        object.value = read_function(f.bytes());
        break;
      case 7:
        object.value = read_variable(f.bytes());
        break;
      case 8:
        object.value = read_bare_concrete_function(f.bytes());
        break;
      case 9:
        object.value = ConstantObject{first_text(f.bytes())};
        break;
      case 10:
        object.value = ResourceObject{first_text(f.bytes())};
        break;
      case 12:
        object.value = read_captured_tensor(f.bytes());
        break;
      case 13:
        object.registered_name = f.text();
        break;
      default:
        break;
    }
  }
  return object;
}

ConcreteFunction read_concrete_function(MapEntry entry) {
  ConcreteFunction function;
  function.name = entry.key;
  for (Fields f(entry.value); f.next();) {
    switch (f.number()) {
      case 2:
        f.each_varint([&](std::uint64_t v) {
          function.bound_inputs.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(v)));
        });
        break;
      case 3:
        function.input_signature_wire = f.bytes();
        break;
      case 4:
        function.output_signature_wire = f.bytes();
        break;
      default:
        break;
    }
  }
  return function;
}

}  // namespace

const Structure* Structure::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

std::vector<const Structure*> Structure::flatten() const {
  std::vector<const Structure*> leaves;
  add_leaves(*this, leaves);
  return leaves;
}

Structure ConcreteFunction::input_signature() const { return read_structure(input_signature_wire, 0); }
Structure ConcreteFunction::output_signature() const { return read_structure(output_signature_wire, 0); }
Structure FunctionSpec::full_argument_spec() const { return read_structure(full_argument_spec_wire, 0); }
Structure FunctionSpec::input_signature() const { return read_structure(input_signature_wire, 0); }

std::int32_t SavedObject::child(std::string_view name) const {
  for (const ObjectChild& c : children) {
    if (c.name == name) return c.id;
  }
  return -1;
}

ObjectGraph ObjectGraph::read(Bytes wire) {
  ObjectGraph graph;
  for (Fields f(wire); f.next();) {
    if (f.number() == 1) graph.objects_.push_back(read_object(f.bytes()));
    if (f.number() == 2) graph.concrete_functions_.push_back(read_concrete_function(map_entry(f.bytes())));
  }
  const auto known = [&](std::int32_t id) { return id >= 0 && static_cast<std::size_t>(id) < graph.objects_.size(); };
  for (const SavedObject& object : graph.objects_) {
    for (const ObjectChild& child : object.children) {
      if (!known(child.id)) throw Error(Code::malformed, "an object of the model names a child that does not exist");
    }
  }
  for (const ConcreteFunction& function : graph.concrete_functions_) {
    for (const std::int32_t id : function.bound_inputs) {
      if (!known(id)) throw Error(Code::malformed, "a function is bound to an object that does not exist");
    }
  }
  std::stable_sort(graph.concrete_functions_.begin(), graph.concrete_functions_.end(),
                   [](const ConcreteFunction& a, const ConcreteFunction& b) { return a.name < b.name; });
  return graph;
}

const ConcreteFunction* ObjectGraph::find(std::string_view name) const {
  const auto at = std::lower_bound(concrete_functions_.begin(), concrete_functions_.end(), name,
                                   [](const ConcreteFunction& f, std::string_view n) { return f.name < n; });
  return at != concrete_functions_.end() && at->name == name ? &*at : nullptr;
}

std::int32_t ObjectGraph::find_object(std::initializer_list<std::string_view> path) const {
  std::int32_t id = objects_.empty() ? -1 : 0;
  for (const std::string_view name : path) {
    if (id < 0) break;
    id = objects_[static_cast<std::size_t>(id)].child(name);
  }
  return id;
}

std::vector<std::int32_t> match_trackables(const ObjectGraph& graph, const Trackables& trackables) {
  const std::vector<SavedObject>& objects = graph.objects();
  std::vector<std::int32_t> matched(objects.size(), -1);
  if (objects.empty() || trackables.nodes.empty()) return matched;
  matched[0] = 0;
  std::vector<std::int32_t> queue = {0};
  for (std::size_t next = 0; next < queue.size(); ++next) {  // breadth first, as TensorFlow does
    const auto id = static_cast<std::size_t>(queue[next]);
    const auto& candidates = trackables.nodes[static_cast<std::size_t>(matched[id])].children;
    for (const ObjectChild& child : objects[id].children) {
      std::int32_t& match = matched[static_cast<std::size_t>(child.id)];
      if (match >= 0) continue;
      const auto at = std::lower_bound(candidates.begin(), candidates.end(), child.name,
                                       [](const Trackables::Child& c, std::string_view n) { return c.name < n; });
      if (at == candidates.end() || at->name != child.name) continue;
      match = at->id;
      queue.push_back(child.id);
    }
  }
  return matched;
}

}  // namespace tolite::read
