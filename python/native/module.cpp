// tolite._native: the C++ library for Python. Small on purpose: the face users see is written in Python.
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>

#include "tolite/converter.h"
#include "tolite/model.h"

namespace nb = nanobind;

namespace {

using namespace tolite;

/// Raises tolite.ConverterError(message, code, where, notes, report_json); the report is empty outside of conversions.
[[noreturn]] void raise(const Error& error, const std::string& report_json) {
  const nb::object type = nb::module_::import_("tolite._error").attr("ConverterError");
  const nb::object exception =
      type(error.message(), code_name(error.code()), error.where(), error.notes(), report_json);
  PyErr_SetObject(type.ptr(), exception.ptr());
  throw nb::python_error();
}

template <typename F>
auto guarded(F f) {
  try {
    return f();
  } catch (const Error& error) {
    raise(error, {});
  }
}

/// The .tflite file and the report as JSON. The interpreter lock is taken back before an exception is handled.
nb::tuple convert(const std::string& model, const Options& options) {
  Converter converter(model, options);
  std::vector<std::byte> bytes;
  try {
    const nb::gil_scoped_release release;
    bytes = converter.convert();
  } catch (const Error& error) {
    raise(error, converter.report().to_json());
  }
  return nb::make_tuple(nb::bytes(bytes.data(), bytes.size()), converter.report().to_json());
}

/// An array as (type, shape, bytes, strings); the Python face makes numpy of it.
Array to_array(const nb::tuple& parts) {
  Array array;
  array.type = nb::cast<std::string>(parts[0]);
  array.shape = nb::cast<std::vector<std::int64_t>>(parts[1]);
  const auto bytes = nb::cast<nb::bytes>(parts[2]);
  array.bytes.resize(bytes.size());
  if (bytes.size() != 0) std::memcpy(array.bytes.data(), bytes.data(), bytes.size());
  for (const nb::handle item : nb::cast<nb::list>(parts[3])) {
    const auto text = nb::cast<nb::bytes>(item);
    array.strings.emplace_back(static_cast<const char*>(text.data()), text.size());
  }
  return array;
}

nb::tuple from_array(const Array& array) {
  nb::list strings;
  for (const std::string& s : array.strings) strings.append(nb::bytes(s.data(), s.size()));
  return nb::make_tuple(array.type, array.shape, nb::bytes(array.bytes.data(), array.bytes.size()), strings);
}

nb::dict run(Runner& runner, const nb::dict& inputs) {
  std::map<std::string, Array> arrays;
  for (const auto& [name, parts] : inputs) arrays[nb::cast<std::string>(name)] = to_array(nb::cast<nb::tuple>(parts));
  const std::map<std::string, Array> results = guarded([&] {
    const nb::gil_scoped_release release;
    return runner.run(arrays);
  });
  nb::dict named;
  for (const auto& [name, array] : results) named[name.c_str()] = from_array(array);
  return named;
}

}  // namespace

NB_MODULE(_native, m) {
  nb::enum_<Options::SelectTfOps>(m, "SelectTfOps")
      .value("never", Options::SelectTfOps::never)
      .value("needed", Options::SelectTfOps::needed)
      .value("preferred", Options::SelectTfOps::preferred);
  nb::class_<Options>(m, "Options")
      .def(nb::init<>())
      .def_rw("signatures", &Options::signatures)
      .def_rw("tags", &Options::tags)
      .def_rw("inputs", &Options::inputs)
      .def_rw("outputs", &Options::outputs)
      .def_rw("input_shapes", &Options::input_shapes)
      .def_rw("narrow_float64", &Options::narrow_float64)
      .def_rw("select_tf_ops", &Options::select_tf_ops)
      .def_rw("select_user_ops", &Options::select_user_ops)
      .def_rw("allow_custom_ops", &Options::allow_custom_ops)
      .def_rw("custom_op_defs", &Options::custom_op_defs)
      .def_rw("target_runtime", &Options::target_runtime)
      .def_rw("threads", &Options::threads);
  m.def("convert", &convert);
  m.def("inspect", [](const std::string& model, const Options& options, bool json) {
    return guarded([&] { return inspect(model, options, json); });
  });
  nb::class_<Runner>(m, "Runner")
      .def("__init__", [](Runner* self, const std::string& path,
                          const std::string& signature) { guarded([&] { new (self) Runner(path, signature); }); })
      .def("__init__",
           [](Runner* self, const nb::bytes& model, const std::string& signature) {
             guarded([&] {
               const auto* data = static_cast<const std::byte*>(model.data());
               new (self) Runner(std::span<const std::byte>(data, model.size()), signature);
             });
           })
      .def("input_names", &Runner::input_names)
      .def("output_names", &Runner::output_names)
      .def("run", &run);
  m.def("version", [] { return std::string(version()); });
}
