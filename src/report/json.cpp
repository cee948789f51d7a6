// The report as JSON.
#include <nlohmann/json.hpp>

#include "tolite/report.h"

namespace tolite {
namespace {

using Json = nlohmann::ordered_json;

Json tensors_json(const std::vector<Report::Tensor>& tensors) {
  Json list = Json::array();
  for (const Report::Tensor& t : tensors)
    list.push_back({{"name", t.name}, {"tensor", t.tensor_name}, {"type", t.type}, {"shape", t.shape}});
  return list;
}

Json graphs_json(const Report& report) {
  Json list = Json::array();
  for (const Report::Graph& g : report.graphs) {
    list.push_back({{"name", g.name},
                    {"signature", g.signature},
                    {"inputs", tensors_json(g.inputs)},
                    {"outputs", tensors_json(g.outputs)},
                    {"op_count", g.op_count()},
                    {"ops", g.ops}});
  }
  return list;
}

}  // namespace

std::size_t Report::Graph::op_count() const {
  std::size_t count = 0;
  for (const auto& [op, n] : ops) count += n;
  return count;
}

std::string Report::to_json() const {
  Json json = {{"source", source},
               {"source_kind", source_kind},
               {"output_bytes", output_bytes},
               {"peak_memory", peak_memory},
               {"min_runtime_version", min_runtime_version},
               {"stages", Json::array()},
               {"graphs", graphs_json(*this)},
               {"unconverted", Json::array()},
               {"foreign_ops", Json::array()},
               {"recurrent_loops", Json::array()},
               {"kept_float", Json::array()},
               {"warnings", warnings},
               {"verification", Json::array()}};
  for (const Stage& s : stages) json["stages"].push_back({{"name", s.name}, {"milliseconds", s.milliseconds}});
  for (const Unconverted& u : unconverted)
    json["unconverted"].push_back(
        {{"code", u.code}, {"op", u.op}, {"reason", u.reason}, {"way_out", u.way_out}, {"nodes", u.nodes}});
  for (const ForeignOp& f : foreign_ops) {
    json["foreign_ops"].push_back({{"op", f.op},
                                   {"kind", f.is_select ? "Select TF" : "custom"},
                                   {"nodes", f.nodes},
                                   {"loads_in", f.loads_in},
                                   {"fails_in", f.fails_in}});
  }
  for (const RecurrentLoop& loop : recurrent_loops)
    json["recurrent_loops"].push_back({{"node", loop.node}, {"reason", loop.reason}});
  for (const KeptFloat& k : kept_float)
    json["kept_float"].push_back({{"op", k.op}, {"reason", k.reason}, {"nodes", k.nodes}});
  for (const Verification& v : verification) {
    json["verification"].push_back({{"output", v.output},
                                    {"against", v.against},
                                    {"samples", v.samples},
                                    {"max_error", v.max_error},
                                    {"range", v.range},
                                    {"passed", v.passed}});
  }
  // Names come from files: what is not UTF-8 is replaced, not refused.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tolite
