// Converts a SavedModel and runs the result: convert_and_run SAVED_MODEL SAMPLES.npz OUT.tflite
#include <cstdio>
#include <map>
#include <string>

#include "tolite/converter.h"
#include "tolite/model.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: convert_and_run SAVED_MODEL SAMPLES.npz OUT.tflite\n");
    return 2;
  }
  try {
    tolite::Converter converter(argv[1]);
    const tolite::Report& report = converter.convert(argv[3]);
    std::printf("%s: %zu ops, %llu bytes\n", argv[3], report.graphs.front().op_count(),
                static_cast<unsigned long long>(report.output_bytes));

    tolite::Runner runner{std::string(argv[3])};
    const std::map<std::string, tolite::Array> samples = tolite::read_arrays(argv[2]);
    std::map<std::string, tolite::Array> inputs;
    for (const std::string& name : runner.input_names()) inputs[name] = samples.at(name);
    for (const auto& [name, array] : runner.run(inputs)) {
      std::printf("%s: %s [", name.c_str(), array.type.c_str());
      for (const auto d : array.shape) std::printf(" %lld", static_cast<long long>(d));
      std::printf(" ]\n");
    }
  } catch (const tolite::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return tolite::exit_status(error.code());
  }
}
