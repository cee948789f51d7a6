// Instances of the rules for older runtimes: each is one node of the op that the runtime lacks.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "unit/optimize/random_instance.h"

namespace tolite::optimize {

using MakeInstance = std::function<Instance(InstanceMaker&)>;

const std::map<std::string_view, MakeInstance>& older_runtime_instances();

}  // namespace tolite::optimize
