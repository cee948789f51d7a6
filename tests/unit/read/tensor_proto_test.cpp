// TensorProto: every type and every way its elements are stored.
#include "read/tensor_proto.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "read/wire_writer.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

Tensor tensor_from(const Wire& wire) {
  const auto buffer = Buffer::own(wire.str(), "test");
  return read_tensor(buffer->bytes(), *buffer);
}

Wire head(DataType type, std::initializer_list<std::int64_t> dims) {
  return Wire().varint(1, static_cast<std::uint64_t>(type)).message(2, shape_proto(dims));
}

std::vector<double> values(const Tensor& tensor) {
  std::vector<double> all;
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) all.push_back(element_as_double(tensor, i));
  return all;
}

TEST(TensorProto, ContentIsViewedInPlace) {
  const std::array<float, 2> data = {1.5F, -2.0F};
  const std::string bytes(reinterpret_cast<const char*>(data.data()), sizeof data);
  const auto buffer = Buffer::own(head(DataType::float32, {2}).text(4, bytes).str(), "test");
  const Tensor tensor = read_tensor(buffer->bytes(), *buffer);
  EXPECT_EQ(values(tensor), (std::vector<double>{1.5, -2.0}));
  EXPECT_GE(tensor.bytes.data(), buffer->bytes().data());
  EXPECT_LE(tensor.bytes.data() + tensor.bytes.size(), buffer->bytes().data() + buffer->bytes().size());
}

TEST(TensorProto, APackedListOfFloatsIsViewedInPlace) {
  const std::array<float, 3> data = {1.5F, -2.0F, 3.0F};
  const std::string bytes(reinterpret_cast<const char*>(data.data()), sizeof data);
  const auto buffer = Buffer::own(head(DataType::float32, {3}).text(5, bytes).str(), "test");
  const Tensor tensor = read_tensor(buffer->bytes(), *buffer);
  EXPECT_EQ(values(tensor), (std::vector<double>{1.5, -2.0, 3.0}));
  EXPECT_LE(tensor.bytes.data() + tensor.bytes.size(), buffer->bytes().data() + buffer->bytes().size());
}

TEST(TensorProto, TheLastValueRepeats) {
  EXPECT_EQ(values(tensor_from(head(DataType::float32, {4}).fixed(5, 1.0F).fixed(5, 2.0F))),
            (std::vector<double>{1, 2, 2, 2}));
  EXPECT_EQ(values(tensor_from(head(DataType::int64, {3}).varint(10, 7))), (std::vector<double>{7, 7, 7}));
  EXPECT_EQ(values(tensor_from(head(DataType::float32, {2, 2}))), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(values(tensor_from(head(DataType::int32, {1}).varint(7, 1).varint(7, 2))), (std::vector<double>{1}));
}

TEST(TensorProto, ListsOfEveryType) {
  const auto minus_two = static_cast<std::uint64_t>(-2);
  const auto pair = [&](DataType type, unsigned field, std::uint64_t a, std::uint64_t b) {
    return values(tensor_from(head(type, {2}).varint(field, a).varint(field, b)));
  };
  const std::vector<double> expected = {1, -2};
  EXPECT_EQ(pair(DataType::int32, 7, 1, minus_two), expected);
  EXPECT_EQ(pair(DataType::int16, 7, 1, minus_two), expected);
  EXPECT_EQ(pair(DataType::int8, 7, 1, minus_two), expected);
  EXPECT_EQ(pair(DataType::qint32, 7, 1, minus_two), expected);
  EXPECT_EQ(pair(DataType::int64, 10, 1, minus_two), expected);
  EXPECT_EQ(pair(DataType::uint8, 7, 1, 255), (std::vector<double>{1, 255}));
  EXPECT_EQ(pair(DataType::uint16, 7, 1, 65535), (std::vector<double>{1, 65535}));
  EXPECT_EQ(pair(DataType::uint32, 16, 1, 4294967295), (std::vector<double>{1, 4294967295}));
  EXPECT_EQ(pair(DataType::uint64, 17, 1, 3), (std::vector<double>{1, 3}));
  EXPECT_EQ(pair(DataType::boolean, 11, 1, 0), (std::vector<double>{1, 0}));
  EXPECT_EQ(pair(DataType::half, 13, 0x3C00, 0xC000), expected);
  EXPECT_EQ(pair(DataType::bfloat16, 13, 0x3F80, 0xC000), expected);
  EXPECT_EQ(values(tensor_from(head(DataType::float64, {2}).fixed(6, 1.0).fixed(6, -2.0))), expected);
}

TEST(TensorProto, ComplexNumbersRepeatAsPairs) {
  const Tensor tensor = tensor_from(head(DataType::complex64, {2}).fixed(9, 1.0F).fixed(9, 2.0F));
  ASSERT_EQ(tensor.bytes.size(), 16U);
  const Elements<float> parts = elements<float>(tensor);
  EXPECT_EQ(parts[2], 1.0F);
  EXPECT_EQ(parts[3], 2.0F);
  EXPECT_EQ(tensor_from(head(DataType::complex128, {1}).fixed(12, 1.0).fixed(12, 2.0)).bytes.size(), 16U);
}

TEST(TensorProto, FourBitElementsArePacked) {
  const Tensor tensor =
      tensor_from(head(DataType::int4, {3}).varint(7, 1).varint(7, static_cast<std::uint64_t>(-3)).varint(7, 2));
  EXPECT_EQ(tensor.type, Type::int4);
  ASSERT_EQ(tensor.bytes.size(), 2U);
  EXPECT_EQ(tensor.bytes[0], std::byte{0xD1});
  EXPECT_EQ(tensor.bytes[1], std::byte{0x02});
}

TEST(TensorProto, Strings) {
  const Tensor tensor = tensor_from(head(DataType::string, {3}).text(8, "ab").text(8, std::string("\0c", 2)));
  EXPECT_EQ(string_element(tensor, 0), "ab");
  EXPECT_EQ(string_element(tensor, 1), std::string_view("\0c", 2));
  EXPECT_EQ(string_element(tensor, 2), std::string_view("\0c", 2));
  EXPECT_EQ(string_element(tensor_from(head(DataType::string, {})), 0), "");
}

TEST(TensorProto, ScalarsAndEmptyTensors) {
  const Tensor scalar = tensor_from(head(DataType::int32, {}).varint(7, 5));
  EXPECT_TRUE(scalar.dims.empty());
  EXPECT_EQ(element_as_int64(scalar, 0), 5);
  const Tensor empty = tensor_from(head(DataType::float32, {0, 1LL << 40}));
  EXPECT_EQ(empty.element_count(), 0);
  EXPECT_TRUE(empty.bytes.empty());
}

TEST(TensorProto, AbsurdShapesAreRefused) {
  constexpr std::int64_t kBig = std::int64_t{1} << 40;
  const auto code = [](const Wire& wire) { return code_of([&] { tensor_from(wire); }); };
  EXPECT_EQ(code(head(DataType::float32, {kBig}).fixed(5, 1.0F)), Code::size_overflow);
  EXPECT_EQ(code(head(DataType::string, {kBig}).text(8, "a")), Code::size_overflow);
  EXPECT_EQ(code(head(DataType::float32, {kBig, kBig}).fixed(5, 1.0F)), Code::size_overflow);
  EXPECT_EQ(code(head(DataType::float32, {-2})), Code::size_overflow);
  EXPECT_EQ(code(head(DataType::float32, {-1})), Code::size_overflow);
  Wire many_dims;
  for (int i = 0; i < 300; ++i) many_dims.message(2, Wire().varint(1, 1));
  EXPECT_EQ(code(Wire().varint(1, 1).message(2, many_dims)), Code::size_overflow);
}

TEST(TensorProto, ManyRepeatedValuesOfOneFileAreRefused) {
  const auto buffer = Buffer::own(head(DataType::int8, {std::int64_t{1} << 28}).varint(7, 1).str(), "test");
  int read = 0;
  const Code code = code_of([&] {
    for (; read < 100; ++read) read_tensor(buffer->bytes(), *buffer);
  });
  EXPECT_EQ(code, Code::size_overflow);
  EXPECT_EQ(read, 4);  // a gigabyte
}

TEST(TensorProto, DamageIsRefused) {
  const auto code = [](const Wire& wire) { return code_of([&] { tensor_from(wire); }); };
  EXPECT_EQ(code(head(DataType::float32, {2}).text(4, "abc")), Code::malformed);          // content of another size
  EXPECT_EQ(code(head(DataType::float32, {2}).varint(5, 3)), Code::malformed);            // a float as varint
  EXPECT_EQ(code(head(DataType::float32, {2}).text(5, "abc")), Code::malformed);          // a list of 3 bytes
  EXPECT_EQ(code(Wire().varint(1, 1).message(2, Wire().varint(3, 1))), Code::malformed);  // no rank
  EXPECT_EQ(code(head(DataType::resource, {})), Code::unsupported_format);
  EXPECT_EQ(code(head(DataType::float8_e5m2fnuz, {}).text(18, "a")), Code::unsupported_format);
  EXPECT_EQ(code(Wire().varint(1, 77)), Code::unsupported_format);
}

TEST(TensorProto, WithoutRepetitionAllElementsMustBeThere) {
  const auto buffer = Buffer::own(Wire().fixed(5, 1.0F).str(), "test");
  EXPECT_EQ(code_of([&] { read_tensor(buffer->bytes(), *buffer, DataType::float32, {2}); }), Code::malformed);
  EXPECT_EQ(values(read_tensor(buffer->bytes(), *buffer, DataType::float32, {1})), (std::vector<double>{1}));
}

}  // namespace
}  // namespace tolite::read
