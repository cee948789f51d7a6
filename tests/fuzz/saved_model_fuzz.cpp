// SavedModel in wire form, and everything that can be asked of each of its MetaGraphs.
#include "unit/read/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tolite::read;
  const auto buffer = Buffer::own({reinterpret_cast<const char*>(data), size}, "saved_model.pb");
  succeeds([&] {
    const auto model = SavedModel::read(buffer, "folder");
    succeeds([&] { exercise(model->meta_graph()); });
    for (const std::vector<std::string>& tags : model->tags()) succeeds([&] { exercise(model->meta_graph(tags)); });
  });
  return 0;
}
