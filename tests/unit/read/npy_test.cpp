// NumPy files: what is written can be read back, and damaged files are refused.
#include "read/npy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tolite/error.h"
#include "write/npy.h"

namespace tolite {
namespace {

std::string temporary(const std::string& name) { return (std::filesystem::temp_directory_path() / name).string(); }

std::string example_archive() {
  const std::string path = temporary("tolite_npy_test.npz");
  const double values[] = {1, -2, 3.5, 4, 5, 6};
  const std::string texts[] = {"a", "", "long one"};
  write::npz(path, {{"x", tensor_of(Type::float32, {2, 3}, values)},
                    {"s", string_tensor({3}, texts)},
                    {"scalar", tensor_of(Type::int64, {}, std::span(values, 1))},
                    {"empty", tensor_of(Type::boolean, {0, 4}, {})}});
  return path;
}

TEST(Npz, RoundTrip) {
  const auto arrays = read::arrays(example_archive());
  ASSERT_EQ(arrays.size(), 4U);
  EXPECT_EQ(arrays.at("x").dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(element_as_double(arrays.at("x"), 2), 3.5);
  EXPECT_EQ(string_element(arrays.at("s"), 2), "long one");
  EXPECT_TRUE(arrays.at("scalar").dims.empty());
  EXPECT_EQ(arrays.at("empty").element_count(), 0);
}

TEST(Npz, EveryTruncationIsRefused) {
  std::ifstream in(example_archive(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(read::npz(as_bytes(std::string_view(whole).substr(0, size)), nullptr, "cut"), Error) << size;
}

TEST(Npz, AFlippedBitIsSeen) {
  std::ifstream in(example_archive(), std::ios::binary);
  std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t at = whole.find("long one");
  ASSERT_NE(at, std::string::npos);
  whole[at] ^= 1;
  try {
    read::npz(as_bytes(whole), nullptr, "flipped");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::checksum);
  }
}

TEST(Npy, RefusesAbsurdShapes) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }\n";
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  file += header;
  EXPECT_THROW(read::npy(as_bytes(file), nullptr, "absurd"), Error);
}

TEST(Npy, ReadsFortranOrderAndBigEndian) {
  const std::string header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), }\n";
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  file += header;
  file += std::string("\x00\x01\x00\x02\x00\x03\x00\x04", 8);  // columns (1,2) and (3,4)
  const Tensor tensor = read::npy(as_bytes(file), nullptr, "fortran");
  EXPECT_EQ(element_as_int64(tensor, 0), 1);
  EXPECT_EQ(element_as_int64(tensor, 1), 3);
  EXPECT_EQ(element_as_int64(tensor, 2), 2);
}

}  // namespace
}  // namespace tolite
