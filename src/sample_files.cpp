// Samples for calibration. Files are mapped, one at a time: what lies in them plain is viewed in place.
#include "sample_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/checked.h"
#include "base/file.h"
#include "read/npy.h"
#include "run_signature.h"

namespace tolite {
namespace {

namespace fs = std::filesystem;
using Arrays = std::map<std::string, Tensor>;

struct SampleFile {
  std::string path;
  bool is_one_sample = false;  ///< it stands in a folder of samples
};

bool is_array_file(const fs::path& path) { return path.extension() == ".npz" || path.extension() == ".npy"; }

void add_folder(const fs::path& folder, std::vector<SampleFile>& files) {
  std::vector<SampleFile> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_array_file(entry.path())) found.push_back({entry.path().string(), true});
  }
  if (found.empty())
    throw Error(Code::bad_input_data, fmt::format("{}: no .npz or .npy file is in this folder", folder.string()));
  std::sort(found.begin(), found.end(), [](const SampleFile& a, const SampleFile& b) { return a.path < b.path; });
  files.insert(files.end(), found.begin(), found.end());
}

/// Lines of paths, those that are relative from where the list lies.
void add_list(const fs::path& list, std::vector<SampleFile>& files) {
  const auto file = MappedFile::open(list.string());
  std::string_view text = as_text(file->bytes());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    const fs::path path(line);
    if (!is_array_file(path))
      throw Error(Code::bad_input_data, fmt::format("{}: {} is neither .npz nor .npy", list.string(), line));
    files.push_back({(path.is_absolute() ? path : list.parent_path() / path).string(), true});
  }
}

std::vector<SampleFile> sample_files(const std::vector<std::string>& paths) {
  std::vector<SampleFile> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      add_folder(path, files);
    } else if (is_array_file(path)) {
      files.push_back({path, false});
    } else {
      add_list(path, files);
    }
  }
  if (files.empty()) throw Error(Code::bad_input_data, "there are no samples");
  return files;
}

/// How many calls an array makes for an input: elements along its first axis, if they are calls.
struct Batching {
  std::int64_t calls = 1;
  std::int64_t rows = 0;  ///< of the first axis in a call; 0: the call has no such axis, or takes all
};

std::string shape_text(const std::vector<std::int64_t>& dims) { return fmt::format("[{}]", fmt::join(dims, ",")); }

class FileSamples : public quantize::Samples {
 public:
  FileSamples(const Model& model, const std::vector<std::string>& paths) : model_(model), files_(sample_files(paths)) {
    std::vector<std::string> keys;
    for (const Signature& signature : model.signatures) keys.push_back(signature.key);
    if (keys.empty()) keys.emplace_back();
    for (const std::string& key : keys) entries_.push_back(named_graph(model, key));
    for (std::size_t f = 0; f < files_.size(); ++f) {
      const std::int64_t calls = files_[f].is_one_sample ? 1 : count_calls(f);
      for (std::int64_t call = 0; call < calls; ++call) places_.push_back({f, call});
    }
    if (places_.empty()) throw Error(Code::bad_input_data, "there are no samples");
  }

  std::size_t count() const override { return places_.size(); }

  std::vector<Call> sample(std::size_t i) override {
    const auto [file, number] = places_[i];
    std::vector<Call> calls;
    for (const NamedGraph* entry : entries_of(file)) {
      Call call{entry->graph, {}, files_[file].path};
      if (!files_[file].is_one_sample) call.name += fmt::format(", sample {}", number);
      for (std::size_t k = 0; k < entry->inputs.size(); ++k) call.inputs.push_back(input(file, *entry, k, number));
      calls.push_back(std::move(call));
    }
    return calls;
  }

 private:
  const Arrays& arrays_of(std::size_t file) {
    if (file != open_) {
      arrays_.clear();
      arrays_ = read::arrays(files_[file].path);
      // A file of one array needs no name for it.
      if (arrays_.size() == 1 && arrays_.begin()->first.empty() && entries_.front().inputs.size() == 1)
        arrays_ = {{entries_.front().inputs.front(), arrays_.begin()->second}};
      open_ = file;
    }
    return arrays_;
  }

  /// The signatures that a file has all inputs of.
  std::vector<const NamedGraph*> entries_of(std::size_t file) {
    const Arrays& arrays = arrays_of(file);
    std::vector<const NamedGraph*> found;
    std::vector<std::string> used;
    for (const NamedGraph& entry : entries_) {
      const bool has_all = std::all_of(entry.inputs.begin(), entry.inputs.end(),
                                       [&](const std::string& name) { return arrays.contains(name); });
      if (!has_all) continue;
      found.push_back(&entry);
      used.insert(used.end(), entry.inputs.begin(), entry.inputs.end());
    }
    if (found.empty()) refuse_names(file, arrays);
    for (const auto& [name, array] : arrays) {
      if (std::find(used.begin(), used.end(), name) == used.end()) refuse_names(file, arrays);
    }
    return found;
  }

  [[noreturn]] void refuse_names(std::size_t file, const Arrays& arrays) const {
    std::vector<std::string> given;
    for (const auto& [name, array] : arrays) given.push_back(fmt::format("\"{}\"", name));
    std::vector<std::string> notes;
    for (const NamedGraph& entry : entries_)
      notes.push_back(fmt::format("inputs of the model: {}", fmt::join(entry.inputs, ", ")));
    throw Error(
        Code::bad_input_data,
        fmt::format("{}: its arrays {} are not the inputs of the model", files_[file].path, fmt::join(given, ", ")), {},
        notes);
  }

  /// An array of the rank of its input holds rows along the first axis, as many in a call as the input is long there;
  /// one of a rank more holds a call in each.
  Batching batching(std::size_t file, const NamedGraph& entry, std::size_t k) {
    const Tensor& array = arrays_of(file).at(entry.inputs[k]);
    const Value& input = model_[entry.graph][model_[entry.graph].inputs()[k]];
    const auto refuse = [&](const std::string& why) {
      std::vector<std::string> wanted;
      for (const Dim& d : input.shape.dims()) wanted.push_back(d.known() ? model_.symbols.text(d) : "?");
      throw Error(Code::bad_input_data,
                  fmt::format("{}: array \"{}\" of shape {} holds no samples of input [{}]: {}", files_[file].path,
                              entry.inputs[k], shape_text(array.dims), fmt::join(wanted, ","), why));
    };
    if (!input.shape.ranked()) return {};
    const std::size_t rank = input.shape.rank();
    const std::size_t extra = array.dims.size() - rank;
    if (extra != 0 && extra != 1) refuse("it has another rank");
    const bool is_one = files_[file].is_one_sample;
    if (is_one && extra != 0) refuse("it has another rank");
    for (std::size_t i = extra == 0 && !is_one ? 1 : 0; i < rank; ++i) {
      if (input.shape[i].known() && !input.shape[i].is(array.dims[i + extra])) refuse("it has other dimensions");
    }
    if (is_one) return {};
    if (array.dims.empty()) refuse("it has no axis of samples");
    if (extra == 1) return {array.dims[0], 0};
    const std::int64_t rows = input.shape[0].known() ? input.shape[0].number : 1;
    if (rows == 0 || array.dims[0] % rows != 0) refuse("its first axis is no multiple of the input's");
    return {array.dims[0] / rows, rows};
  }

  std::int64_t count_calls(std::size_t file) {
    std::int64_t calls = -1;
    for (const NamedGraph* entry : entries_of(file)) {
      for (std::size_t k = 0; k < entry->inputs.size(); ++k) {
        const std::int64_t here = batching(file, *entry, k).calls;
        if (calls >= 0 && calls != here)
          throw Error(Code::bad_input_data, fmt::format("{}: its arrays hold different numbers of samples: {} and {}",
                                                        files_[file].path, calls, here));
        calls = here;
      }
    }
    if (calls == 0) throw Error(Code::bad_input_data, files_[file].path + ": it holds no samples");
    return std::max<std::int64_t>(calls, 1);
  }

  Tensor input(std::size_t file, const NamedGraph& entry, std::size_t k, std::int64_t number) {
    const Tensor& array = arrays_of(file).at(entry.inputs[k]);
    const Value& value = model_[entry.graph][model_[entry.graph].inputs()[k]];
    if (array.type != value.type)
      throw Error(Code::bad_input_data, fmt::format("{}: array \"{}\" is {}, the input {}", files_[file].path,
                                                    entry.inputs[k], type_name(array.type), type_name(value.type)));
    const Batching cut = batching(file, entry, k);
    if (files_[file].is_one_sample) return array;
    std::vector<std::int64_t> dims = array.dims;
    if (cut.rows == 0) {
      dims.erase(dims.begin());
    } else {
      dims[0] = cut.rows;
    }
    if (array.type == Type::string) return part_of_strings(array, std::move(dims), number);
    const std::size_t bytes = tensor_bytes(array.type, dims);
    return Tensor{array.type, std::move(dims), array.bytes.subspan(static_cast<std::size_t>(number) * bytes, bytes),
                  array.owner};
  }

  static Tensor part_of_strings(const Tensor& array, std::vector<std::int64_t> dims, std::int64_t number) {
    const std::int64_t count = element_count(dims);
    std::vector<std::string> strings;
    for (std::int64_t i = number * count; i < (number + 1) * count; ++i) strings.emplace_back(string_element(array, i));
    return string_tensor(std::move(dims), strings);
  }

  struct Place {
    std::size_t file = 0;
    std::int64_t number = 0;
  };

  const Model& model_;
  std::vector<SampleFile> files_;
  std::vector<NamedGraph> entries_;
  std::vector<Place> places_;
  std::size_t open_ = SIZE_MAX;  // the file whose arrays are held
  Arrays arrays_;
};

}  // namespace

std::unique_ptr<quantize::Samples> open_samples(const Model& model, const std::vector<std::string>& paths) {
  return std::make_unique<FileSamples>(model, paths);
}

}  // namespace tolite
