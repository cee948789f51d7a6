// What a kernel may use beyond its operands: other graphs of the model, and what is kept between calls. The evaluator
// has one; folding has none.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lite/graph.h"
#include "lite/tensor.h"

namespace tolite {

class Session {
 public:
  virtual ~Session() = default;

  /// Runs another graph of the model.
  virtual std::vector<Tensor> call(GraphId graph, std::span<const Tensor> inputs) = 0;
  /// Runs a graph without inputs and outputs, the first time only.
  virtual void call_once(GraphId graph) = 0;
  /// What a resource variable holds; nothing before the first assignment.
  virtual std::optional<Tensor>& variable(const std::string& name) = 0;
  /// A hash table: the bytes of a key to the bytes of its value.
  virtual std::map<std::string, std::string>& hash_table(const std::string& name) = 0;
  /// What a value of the running graph with Value::is_variable holds; nothing before the first call.
  virtual std::optional<Tensor>& state(ValueId value) = 0;

 protected:
  Session() = default;
};

/// The handle of a variable or table: a scalar that holds its name.
Tensor resource_handle(const std::string& name);
std::string resource_name(const Tensor& handle);

}  // namespace tolite
