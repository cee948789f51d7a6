// NumPy's array files: .npy (one array) and .npz (a zip archive of them, stored or deflated).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "lite/tensor.h"

namespace tolite::read {

/// The array of an .npy file; little- or big-endian numbers, booleans and byte strings, C or Fortran order.
/// Elements are viewed in place where they lie as a Tensor wants them. `name` is for messages.
Tensor npy(Bytes file, std::shared_ptr<const void> owner, const std::string& name);

/// The arrays of an .npz file by name; of an .npy file, its one array under "".
std::map<std::string, Tensor> arrays(const std::string& path);
std::map<std::string, Tensor> npz(Bytes file, const std::shared_ptr<const void>& owner, const std::string& name);

}  // namespace tolite::read
