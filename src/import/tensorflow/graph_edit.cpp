// The written nodes and functions share one buffer.
#include "import/tensorflow/graph_edit.h"

namespace tolite::tensorflow {

std::shared_ptr<const read::GraphDef> GraphEdit::finish(std::shared_ptr<const read::GraphDef> base) {
  const auto buffer = read::Buffer::own(std::move(bytes_), base->buffer().name());
  std::vector<Bytes> pieces;
  for (const auto& [begin, size] : places_) pieces.push_back(buffer->bytes().subspan(begin, size));
  for (std::size_t k = 0; k < made_nodes_.size(); ++k) nodes_[made_nodes_[k]] = pieces[k];
  return read::GraphDef::rebuilt(std::move(base), nodes_, std::span<const Bytes>(pieces).subspan(made_nodes_.size()),
                                 buffer);
}

}  // namespace tolite::tensorflow
