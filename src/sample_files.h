// Samples for calibration, from NumPy's files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lite/model.h"
#include "quantize/calibrate.h"

namespace tolite {

/// Each path is an .npz or .npy file with samples along the first axis, a folder with a file a sample, or a text file
/// that lists such files. Every signature of which a file has all inputs is called with it.
/// Throws Error(bad_input_data) where names, types or shapes do not fit, or nothing is there.
std::unique_ptr<quantize::Samples> open_samples(const Model& model, const std::vector<std::string>& paths);

}  // namespace tolite
