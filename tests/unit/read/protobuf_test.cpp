// Protobuf wire format: what is read, and what is refused.
#include "read/protobuf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "read/wire_writer.h"

namespace tolite::read {
namespace {

Code error_of(std::string_view wire) {
  try {
    for (Fields f(as_bytes(wire)); f.next();) {
    }
  } catch (const Error& error) {
    return error.code();
  }
  return Code::internal;
}

TEST(Protobuf, ReadsEveryWireType) {
  const Wire wire = Wire().varint(1, 300).fixed(2, 1.5).text(3, "abc").fixed(5, 2.5F).varint(1000, ~std::uint64_t{0});
  Fields f(as_bytes(wire.str()));
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.number(), 1U);
  EXPECT_EQ(f.varint(), 300U);
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.real64(), 1.5);
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.text(), "abc");
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.real32(), 2.5F);
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.number(), 1000U);
  EXPECT_EQ(f.int64(), -1);
  EXPECT_EQ(f.int32(), -1);
  EXPECT_FALSE(f.next());
}

TEST(Protobuf, ViewsPointIntoTheMessage) {
  const std::string wire = Wire().text(1, "name").str();
  Fields f(as_bytes(wire));
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.text().data(), wire.data() + 2);
}

TEST(Protobuf, PackedAndUnpackedListsAreTheSame) {
  const auto values = [](const std::string& wire) {
    std::vector<std::uint64_t> list;
    for (Fields f(as_bytes(wire)); f.next();) f.each_varint([&](std::uint64_t v) { list.push_back(v); });
    return list;
  };
  EXPECT_EQ(values(Wire().varint(1, 5).varint(1, 300).str()), values(Wire().text(1, "\x05\xAC\x02").str()));
}

TEST(Protobuf, PaddedNumbersAreNumbers) {  // as the text reader writes lengths
  Fields f(
      as_bytes(std::string_view("\x0A\x83\x80\x80\x80\x00"
                                "abc",
                                9)));
  ASSERT_TRUE(f.next());
  EXPECT_EQ(f.text(), "abc");
}

TEST(Protobuf, TruncatedFieldsAreRefused) {
  const std::string wire = Wire().varint(1, 300).fixed(2, 1.5).text(3, "abc").fixed(5, 2.5F).str();
  int whole = 0;
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const Code code = error_of(std::string_view(wire).substr(0, size));
    if (code == Code::internal) {
      ++whole;
    } else {
      EXPECT_EQ(code, Code::truncated) << size;
    }
  }
  EXPECT_EQ(whole, 4);  // nothing, and after each of the first three fields
}

TEST(Protobuf, DamagedFieldsAreRefused) {
  EXPECT_EQ(error_of(std::string_view("\x00\x00", 2)), Code::malformed);                     // field 0
  EXPECT_EQ(error_of("\x0B"), Code::malformed);                                              // group
  EXPECT_EQ(error_of("\x0E"), Code::malformed);                                              // wire type 6
  EXPECT_EQ(error_of("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"), Code::malformed);      // 65 bits
  EXPECT_EQ(error_of("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), Code::malformed);  // 11 bytes
  EXPECT_EQ(error_of("\x80\x80\x80\x80\x80\x01\x01"), Code::malformed);                      // field number
  EXPECT_EQ(error_of("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), Code::truncated);      // 2^64 - 1 bytes
}

TEST(Protobuf, AnUnexpectedWireTypeIsRefused) {
  const std::string wire = Wire().varint(1, 3).str();
  Fields f(as_bytes(wire));
  ASSERT_TRUE(f.next());
  EXPECT_THROW(f.text(), Error);
  EXPECT_THROW(f.fixed32(), Error);
}

}  // namespace
}  // namespace tolite::read
