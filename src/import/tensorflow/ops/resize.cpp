// TensorFlow image resizing: ResizeBilinear, ResizeNearestNeighbor.
#include "import/tensorflow/ops/operands.h"
#include "import/tensorflow/tf_node.h"

namespace tolite::tensorflow {
namespace {

Attrs resize_attrs(const TfNode& n) {
  return {{Attr::align_corners, n.flag_attr("align_corners")},
          {Attr::half_pixel_centers, n.flag_attr("half_pixel_centers")}};
}

void require_image(const TfNode& n) {
  n.require(!n.shape(0).ranked() || n.shape(0).rank() == 4, "the image does not have rank 4");
}

// The result is float32 whatever the image's type.
Results resize_bilinear(TfNode& n, Builder& b) {
  require_image(n);
  return b(Op::RESIZE_BILINEAR, {cast_to(b, n.in(0), Type::float32), n.in(1)}, resize_attrs(n));
}

Results resize_nearest_neighbor(TfNode& n, Builder& b) {
  require_image(n);
  const Type carrier = carrier_type(n, b, Op::RESIZE_NEAREST_NEIGHBOR, n.type(0));
  return carried(b, b(Op::RESIZE_NEAREST_NEIGHBOR, {carried(b, n.in(0), carrier), n.in(1)}, resize_attrs(n)),
                 n.type(0));
}

}  // namespace

void add_resize_translators(Translators& t) {
  t.add("ResizeBilinear", resize_bilinear);
  t.add("ResizeNearestNeighbor", resize_nearest_neighbor);
}

}  // namespace tolite::tensorflow
