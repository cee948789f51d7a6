// tolite convert MODEL -o OUT.tflite, and tolite quantize, which is the same with fewer bits by default.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/print_error.h"
#include "cli/progress.h"
#include "cli/quantization.h"
#include "cli/split.h"
#include "tolite/converter.h"

namespace tolite::cli {
namespace {

struct ConvertArguments {
  std::string model;
  std::string output;
  std::vector<std::string> shapes;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> tags;
  std::string lstm = "loop";
  std::string lstm_state = "reset";
  std::vector<std::string> op_definitions;
  std::string report;
  QuantizationArguments quantization;
  bool select_tf_ops = false;
  bool prefer_select_tf_ops = false;
  bool stats = false;
  bool quiet = false;
  bool verbose = false;
  Options options;
};

/// "x=1,224,224,3"; "?" and -1 leave a dimension unknown.
void parse_shape(const std::string& text, Options& options) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw Error(Code::bad_option, fmt::format("--input-shape wants NAME=1,224,224,3, not \"{}\"", text));
  std::vector<std::int64_t> dims;
  for (const std::string& part : split(text.substr(equals + 1), ',')) {
    std::int64_t dim = -1;
    if (part != "?") {
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), dim);
      if (error != std::errc() || end != part.data() + part.size() || dim < -1)
        throw Error(Code::bad_option, fmt::format("\"{}\" in --input-shape is no dimension", part));
    }
    dims.push_back(dim);
  }
  options.input_shapes[text.substr(0, equals)] = std::move(dims);
}

void print_stats(const Report& report) {
  double total = 0;
  for (const Report::Stage& stage : report.stages) {
    fmt::print(stderr, "{:>10.2f} ms  {}\n", stage.milliseconds, stage.name);
    total += stage.milliseconds;
  }
  fmt::print(stderr, "{:>10.2f} ms  in all\n", total);
  fmt::print(stderr, "{:>10.1f} MB  peak memory\n", static_cast<double>(report.peak_memory) / 1e6);
}

void print_verification(const Report& report) {
  for (const Report::Verification& v : report.verification) {
    fmt::print(stderr, "{}: {} against the {}, {} samples: greatest error {:.3g} in a range of {:.3g}\n",
               v.passed ? "verified" : "NOT VERIFIED", v.output, v.against, v.samples, v.max_error, v.range);
  }
}

void print_summary(const Report& report, const std::string& output, bool verbose) {
  std::size_t ops = 0;
  double milliseconds = 0;
  for (const Report::Graph& graph : report.graphs) ops += graph.op_count();
  for (const Report::Stage& stage : report.stages) milliseconds += stage.milliseconds;
  fmt::print(stderr, "{}: {} ops, {} bytes, {:.1f} ms\n", output, ops, report.output_bytes, milliseconds);
  if (!verbose) return;
  for (const Report::Graph& graph : report.graphs) {
    for (const auto& [op, count] : graph.ops) fmt::print(stderr, "  {:>5} {}\n", count, op);
  }
  print_kept_float(report);
  for (const RecurrentLoop& loop : report.recurrent_loops)
    fmt::print(stderr, "{} stays a loop: {}\n", loop.node, loop.reason);
}

/// What the app must bring to load the file.
void print_foreign_ops(const Report& report) {
  for (const ForeignOp& op : report.foreign_ops) {
    fmt::print(stderr, "{} op {} x{} ({}): loads in {}; not in {}\n", op.is_select ? "Select TF" : "custom", op.op,
               op.nodes.size(), op.nodes.front(), fmt::join(op.loads_in, ", "), fmt::join(op.fails_in, ", "));
  }
}

/// The text of an OpDef, or of the file that holds it.
std::string op_definition(const std::string& text_or_path) {
  if (text_or_path.find(':') != std::string::npos && text_or_path.find("name") != std::string::npos)
    return text_or_path;
  return std::string(as_text(MappedFile::open(text_or_path)->bytes()));
}

int convert(ConvertArguments& arguments) {
  for (const std::string& shape : arguments.shapes) parse_shape(shape, arguments.options);
  for (const std::string& list : arguments.inputs) append(arguments.options.inputs, split(list, ','));
  for (const std::string& list : arguments.outputs) append(arguments.options.outputs, split(list, ','));
  for (const std::string& list : arguments.tags) append(arguments.options.tags, split(list, ','));
  arguments.options.keep_lstm_state = arguments.lstm_state == "keep";
  arguments.options.fuse_lstm = arguments.lstm == "fused" || arguments.options.keep_lstm_state;
  for (const std::string& op : arguments.op_definitions) arguments.options.custom_op_defs.push_back(op_definition(op));
  take_quantization(arguments.quantization, arguments.options.quantization);
  using SelectTfOps = Options::SelectTfOps;
  if (arguments.select_tf_ops) arguments.options.select_tf_ops = SelectTfOps::needed;
  if (arguments.prefer_select_tf_ops) arguments.options.select_tf_ops = SelectTfOps::preferred;
  auto progress = std::make_unique<Progress>(!arguments.quiet);
  arguments.options.on_stage = [&](std::string_view stage) { progress->stage(stage); };
  arguments.options.on_explanation = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  Converter converter(arguments.model, arguments.options);
  const auto finish = [&] {
    progress.reset();
    if (!arguments.report.empty()) write_file(arguments.report, as_bytes(converter.report().to_json()));
    if (arguments.stats) print_stats(converter.report());
    print_verification(converter.report());
    for (const std::string& warning : converter.report().warnings) fmt::print(stderr, "warning: {}\n", warning);
  };
  try {
    converter.convert(arguments.output);
  } catch (const Error& error) {
    finish();
    print_error(error);
    print_unconverted(converter.report());
    if (error.code() == Code::cannot_quantize) print_kept_float(converter.report());
    return exit_status(error.code());
  }
  finish();
  if (arguments.quiet) return 0;
  print_summary(converter.report(), arguments.output, arguments.verbose);
  print_foreign_ops(converter.report());
  return 0;
}

void add_to(CLI::App* command, const std::shared_ptr<ConvertArguments>& arguments, Action& action) {
  Options& options = arguments->options;
  command->add_option("model", arguments->model, "SavedModel folder, frozen graph (.pb, .pbtxt) or .tflite")
      ->required();
  command->add_option("-o,--out", arguments->output, "the .tflite file to write")->required();
  command->add_option("--signature", options.signatures, "signature to convert (repeatable; default: all)");
  command->add_option("--tag", arguments->tags, "tags of the MetaGraph (repeatable or a,b)");
  command->add_option("--input", arguments->inputs, "inputs of a frozen graph: a,b:1");
  command->add_option("--output", arguments->outputs, "outputs of a frozen graph: a,b:1");
  command->add_option("--input-shape", arguments->shapes, "NAME=1,224,224,3 (repeatable; ? or -1: unknown)");
  command->add_flag("--narrow-float64", options.narrow_float64,
                    "make every float64 float32 and every complex128 complex64, inputs and outputs too");
  command->add_option("--lstm", arguments->lstm, "LSTM layers as a loop or as the fused op: loop (default) or fused")
      ->check(CLI::IsMember({"loop", "fused"}));
  command
      ->add_option("--lstm-state", arguments->lstm_state,
                   "the fused op's state at every call: reset (default) or keep, which implies --lstm fused")
      ->check(CLI::IsMember({"reset", "keep"}));
  command
      ->add_flag("--select-tf-ops", arguments->select_tf_ops,
                 "leave ops without a builtin form to TensorFlow's own kernels (the app links the Flex delegate)")
      ->group("Ops without a builtin form");
  command
      ->add_flag("--prefer-select-tf-ops", arguments->prefer_select_tf_ops,
                 "leave every op that they can run to TensorFlow's own kernels")
      ->group("Ops without a builtin form");
  command
      ->add_option("--select-user-ops", options.select_user_ops,
                   "further ops that the app's Flex delegate is built with: NAME... or a,b")
      ->delimiter(',')
      ->group("Ops without a builtin form");
  command
      ->add_flag("--allow-custom-ops", options.allow_custom_ops,
                 "make what is left custom ops (the app brings kernels)")
      ->group("Ops without a builtin form");
  command
      ->add_option("--custom-op-def", arguments->op_definitions,
                   "OpDef of an op that is not TensorFlow's, as text or the path of a file with it (repeatable)")
      ->group("Ops without a builtin form");
  command->add_option("--target-runtime", options.target_runtime,
                      "oldest runtime that has to load the file: 2.5 ... 2.21, litert-1.0 ... or newest (default: "
                      "litert-1.0 where it can)");
  add_quantization(*command, arguments->quantization, options.quantization);
  command->add_option("--verify", options.verify_samples, "check the result on the arrays of this .npz");
  command->add_option("--verify-tolerance", options.verify_tolerance,
                      "greatest error, as a part of the output's range");
  command->add_option("--report", arguments->report, "write what was done as JSON");
  command->add_option("--threads", options.threads, "threads to use (default: one a core)");
  command->add_flag("--stats", arguments->stats, "print the time of each stage and the peak memory");
  command->add_flag("-q,--quiet", arguments->quiet, "print errors only");
  command->add_flag("-v,--verbose", arguments->verbose, "print what the result is made of");
  command->add_option("--rewrite-limit", options.rewrite_limit, "stop after so many rewrites")
      ->group("Finding a faulty rule");
  command->add_option("--explain", options.explain_rule, "tell why this rule does not match")
      ->group("Finding a faulty rule");
  command->add_option("--at", options.explain_node, "only at nodes whose name contains this")
      ->group("Finding a faulty rule");
  command->callback([arguments, &action] { action = [arguments] { return convert(*arguments); }; });
}

}  // namespace

void add_convert(CLI::App& app, Action& action) {
  add_to(app.add_subcommand("convert", "Convert a SavedModel or frozen graph to a .tflite file."),
         std::make_shared<ConvertArguments>(), action);
}

/// The same with another default.
void add_quantize(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ConvertArguments>();
  arguments->quantization.mode = "dynamic";
  add_to(app.add_subcommand("quantize", "Convert a model, a .tflite file too, to one with fewer bits."), arguments,
         action);
}

}  // namespace tolite::cli
