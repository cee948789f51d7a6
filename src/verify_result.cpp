// Compares a conversion's result with its source and with expected outputs.
#include "verify_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/tensorflow/narrow_float64.h"
#include "read/npy.h"
#include "run_signature.h"

namespace tolite {
namespace {

/// Greatest difference of two tensors; infinite if types, shapes, NaNs or infinities differ.
double greatest_difference(const Tensor& got, const Tensor& wanted) {
  const double infinite = std::numeric_limits<double>::infinity();
  if (got.type != wanted.type || got.dims != wanted.dims) return infinite;
  if (got.type == Type::string) return same_tensor(got, wanted) ? 0 : infinite;
  double greatest = 0;
  for (std::int64_t i = 0; i < got.element_count(); ++i) {
    const double a = element_as_double(got, i);
    const double b = element_as_double(wanted, i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double difference = std::abs(a - b);
    greatest = std::max(greatest, std::isnan(difference) ? infinite : difference);
  }
  return greatest;
}

double value_range(const Tensor& tensor) {
  if (tensor.type == Type::string || tensor.element_count() == 0) return 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
    const double v = element_as_double(tensor, i);
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  return high < low ? 0 : std::max(high - low, std::max(std::abs(low), std::abs(high)) * 1e-6);
}

Report::Verification compare(const std::string& output, const Tensor& got, const Tensor& wanted, const char* against,
                             double tolerance) {
  Report::Verification v;
  v.output = output;
  v.against = against;
  v.samples = static_cast<std::size_t>(got.dims.empty() ? 1 : got.dims[0]);
  v.range = value_range(wanted);
  v.max_error = greatest_difference(got, wanted);
  v.passed = v.max_error <= tolerance * v.range;
  return v;
}

}  // namespace

void verify_result(const Model& source, const Model& result, const Options& options, Report& report) {
  std::map<std::string, Tensor> samples = read::arrays(options.verify_samples);
  if (options.narrow_float64) {
    for (auto& [name, tensor] : samples) tensor = tensorflow::narrowed(tensor);
  }
  std::vector<std::string> keys;
  for (const Signature& signature : result.signatures) keys.push_back(signature.key);
  if (keys.empty()) keys.emplace_back();
  bool passed = true;
  for (const std::string& key : keys) {
    const NamedGraph named = named_graph(result, key);
    const std::vector<Tensor> got = run_graph(result, named, samples);
    const std::vector<Tensor> before = run_graph(source, named_graph(source, key), samples);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const std::string& output = named.outputs[i];
      report.verification.push_back(compare(output, got[i], before[i], "unoptimized graph", options.verify_tolerance));
      passed = passed && report.verification.back().passed;
      if (const auto expected = samples.find(output); expected != samples.end()) {
        report.verification.push_back(
            compare(output, got[i], expected->second, "expected output", options.verify_tolerance));
        passed = passed && report.verification.back().passed;
      }
    }
  }
  if (!passed) throw Error(Code::verification_failed, "the converted model does not give the expected answers");
}

}  // namespace tolite
