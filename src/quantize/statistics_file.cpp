// Statistics as a JSON file. Numbers are float32 or double and are written so that they are read back as they were.
#include <nlohmann/json.hpp>

#include "quantize/statistics.h"
#include "tolite/error.h"

namespace tolite::quantize {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;

/// JSON has no infinity.
Json number(float x) {
  if (x == std::numeric_limits<float>::infinity()) return "inf";
  if (x == -std::numeric_limits<float>::infinity()) return "-inf";
  return x;
}

float number(const Json& json) {
  if (!json.is_string()) return json.get<float>();
  const float infinity = std::numeric_limits<float>::infinity();
  return json.get<std::string>() == "inf" ? infinity : -infinity;
}

Json to_json_value(const ValueStatistics& value) {
  Json histogram = Json::array();
  for (const auto& [interval, count] : value.histogram.counts()) histogram.push_back({interval, count});
  Json channels = Json::array();
  for (const ExactSum& sum : value.channels) channels.push_back(sum.digits());
  return {{"least_row_maximum", number(value.least_row_maximum)},
          {"channels", channels},
          {"min", number(value.range.min)},
          {"max", number(value.range.max)},
          {"tensors", value.tensors},
          {"minima", value.minima.digits()},
          {"maxima", value.maxima.digits()},
          {"histogram", histogram}};
}

ValueStatistics from_json_value(const Json& json) {
  ValueStatistics value;
  value.range = {number(json.at("min")), number(json.at("max"))};
  value.least_row_maximum = number(json.at("least_row_maximum"));
  value.tensors = json.at("tensors").get<std::uint64_t>();
  for (const double part : json.at("minima")) value.minima.add(part);
  for (const double part : json.at("maxima")) value.maxima.add(part);
  for (const Json& digits : json.at("channels")) {
    value.channels.emplace_back();
    for (const double digit : digits) value.channels.back().add(digit);
  }
  for (const Json& entry : json.at("histogram"))
    value.histogram.add(entry.at(0).get<std::uint16_t>(), entry.at(1).get<std::uint64_t>());
  return value;
}

}  // namespace

std::string Statistics::to_json() const {
  Json values = Json::array();
  for (const auto& [key, value] : values_) {
    Json entry = to_json_value(value);
    entry["graph"] = key.first.index;
    entry["value"] = key.second.index;
    values.push_back(std::move(entry));
  }
  std::string done;
  for (const bool sample : samples) done += sample ? '1' : '0';
  return Json{{"format", kFormat}, {"model", model}, {"samples", done}, {"values", values}}.dump() + "\n";
}

Statistics Statistics::from_json(std::string_view text, const std::string& name) {
  try {
    const Json json = Json::parse(text);
    if (json.at("format").get<int>() != kFormat)
      throw Error(Code::unsupported_format, name + ": statistics of another version of tolite", name);
    Statistics statistics;
    statistics.model = json.at("model").get<std::string>();
    for (const char sample : json.at("samples").get<std::string>()) statistics.samples.push_back(sample == '1');
    for (const Json& entry : json.at("values")) {
      const Key key{GraphId(entry.at("graph").get<std::uint32_t>()), ValueId(entry.at("value").get<std::uint32_t>())};
      statistics.values_[key] = from_json_value(entry);
    }
    return statistics;
  } catch (const Json::exception&) {
    throw Error(Code::malformed, name + ": these are no statistics of a calibration", name);
  }
}

}  // namespace tolite::quantize
