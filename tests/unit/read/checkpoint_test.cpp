// Checkpoints in every form, and with every kind of damage.
#include "read/checkpoint.h"

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <filesystem>
#include <map>
#include <vector>

#include "base/thread_pool.h"
#include "lite/tensor.h"
#include "read/bundle.h"
#include "read/table.h"
#include "read/tensor_slice.h"
#include "read/wire_writer.h"
#include "unit/read/exercise.h"
#include "unit/read/table_writer.h"
#include "unit/read/test_files.h"

namespace tolite::read {
namespace {

const CheckpointEntry& entry_of(const Checkpoint& checkpoint, const std::string& key) {
  const CheckpointEntry* entry = checkpoint.find(key);
  if (entry == nullptr) throw Error(Code::internal, "the test looks for an entry that is not there");
  return *entry;
}

std::vector<double> values(const Tensor& tensor) {
  std::vector<double> all;
  for (std::int64_t i = 0; i < tensor.element_count(); ++i) all.push_back(element_as_double(tensor, i));
  return all;
}

std::vector<double> values(const Checkpoint& checkpoint, const std::string& key) {
  return values(checkpoint.read(entry_of(checkpoint, key)));
}

std::vector<double> range(int n, double step = 1) {
  std::vector<double> all;
  for (int i = 0; i < n; ++i) all.push_back(i * step);
  return all;
}

// Real checkpoints.

TEST(Checkpoint, EveryTypeOfVariable) {
  const auto checkpoint = Checkpoint::open(data_path("module/variables/variables"));
  const auto read = [&](const std::string& name) {
    return checkpoint->read(entry_of(*checkpoint, "values/" + name + "/.ATTRIBUTES/VARIABLE_VALUE"));
  };
  EXPECT_EQ(read("float32").dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(values(read("float32")), range(6, 0.5));
  EXPECT_EQ(values(read("float64")), (std::vector<double>{1.5, -2.5}));
  EXPECT_EQ(values(read("half")), (std::vector<double>{1.5, -2}));
  EXPECT_EQ(read("half").type, Type::float16);
  EXPECT_EQ(values(read("bfloat16")), (std::vector<double>{1.5, -2}));
  EXPECT_EQ(read("bfloat16").type, Type::bfloat16);
  EXPECT_EQ(values(read("int8")), (std::vector<double>{1, -2, 3}));
  EXPECT_EQ(values(read("int64")), (std::vector<double>{1, -2, 1099511627776}));
  EXPECT_EQ(values(read("uint32")), (std::vector<double>{1, 4294967295}));
  EXPECT_EQ(values(read("bool")), (std::vector<double>{1, 0, 1}));
  EXPECT_EQ(elements<std::complex<float>>(read("complex64"))[1], std::complex<float>(3, -4));
  EXPECT_EQ(values(read("scalar")), (std::vector<double>{7}));
  EXPECT_EQ(read("empty").dims, (std::vector<std::int64_t>{0, 4}));
  const Tensor text = checkpoint->read(entry_of(*checkpoint, "text/.ATTRIBUTES/VARIABLE_VALUE"));
  EXPECT_EQ(string_element(text, 0), "alpha");
  EXPECT_EQ(string_element(text, 1), "");
  EXPECT_EQ(string_element(text, 2), std::string_view("b\0c", 3));
  EXPECT_EQ(checkpoint->find("nothing"), nullptr);
}

TEST(Checkpoint, TheObjectGraph) {
  const auto checkpoint = Checkpoint::open(data_path("module/variables/variables"));
  const Trackables* trackables = checkpoint->trackables();
  ASSERT_NE(trackables, nullptr);
  std::size_t found = 0;
  for (const Trackables::Node& node : trackables->nodes) {
    for (const Trackables::Attribute& attribute : node.attributes) {
      EXPECT_EQ(attribute.name, "VARIABLE_VALUE");
      EXPECT_NE(checkpoint->find(attribute.checkpoint_key), nullptr);
      ++found;
    }
  }
  EXPECT_EQ(found, 12U);
}

TEST(Checkpoint, PartitionedVariablesAreReassembled) {
  const auto bundle = Checkpoint::open(data_path("v1_bundle/variables/variables"));
  ASSERT_EQ(bundle->entries().size(), 2U);
  EXPECT_EQ(entry_of(*bundle, "partitioned").dims, (std::vector<std::int64_t>{5, 4}));
  EXPECT_EQ(values(*bundle, "partitioned"), range(20));
  EXPECT_EQ(values(*bundle, "plain"), (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ(bundle->trackables(), nullptr);
}

TEST(Checkpoint, TheV1Format) {
  const auto table = Checkpoint::open(data_path("v1_table/variables/variables"));
  ASSERT_EQ(table->entries().size(), 2U);
  EXPECT_EQ(values(*table, "partitioned"), range(20));
  EXPECT_EQ(values(*table, "plain"), (std::vector<double>{1, 2, 3, 4, 5}));
}

TEST(Checkpoint, SeveralDataFiles) {
  const auto checkpoint = Checkpoint::open(data_path("sharded/bundle"));
  EXPECT_EQ(values(*checkpoint, "tensor0"), (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(values(*checkpoint, "tensor1"), (std::vector<double>{10, 11, 12, 13}));
}

TEST(Checkpoint, EntriesAreViewsIntoTheFile) {
  const auto checkpoint = Checkpoint::open(data_path("sharded/bundle"));
  const CheckpointEntry& entry = entry_of(*checkpoint, "tensor0");
  EXPECT_EQ(checkpoint->read(entry).bytes.data(), checkpoint->read(entry).bytes.data());
}

TEST(Checkpoint, EntriesCanBeReadInParallel) {
  const auto checkpoint = Checkpoint::open(data_path("module/variables/variables"));
  std::vector<std::size_t> sizes(checkpoint->entries().size());
  parallel_for(sizes.size(),
               [&](std::size_t i) { sizes[i] = checkpoint->read(checkpoint->entries()[i]).bytes.size(); });
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(sizes[i], checkpoint->read(checkpoint->entries()[i]).bytes.size());
  }
}

// Bundles written here, for the forms TensorFlow on this machine does not write.

struct BundleParts {
  std::map<std::string, std::string> entries;
  std::string data;
  bool big_endian = false;
  TableOptions options;

  void add(const std::string& key, DataType type, std::initializer_list<std::int64_t> dims, const std::string& bytes) {
    entries[key] = Wire()
                       .varint(1, static_cast<std::uint64_t>(type))
                       .message(2, shape_proto(dims))
                       .varint(4, data.size())
                       .varint(5, bytes.size())
                       .fixed(6, masked_crc32c(bytes))
                       .str();
    data += bytes;
  }

  std::string write(const std::string& folder) const {
    std::map<std::string, std::string> all = entries;
    all.try_emplace("", Wire().varint(1, 1).varint(2, big_endian ? 1 : 0).str());
    const std::string prefix = folder + "/variables";
    put_file(prefix + ".index", TableWriter(options).write(all));
    put_file(prefix + ".data-00000-of-00001", data);
    return prefix;
  }
};

template <typename T>
std::string bytes_of(std::initializer_list<T> list) {
  return {reinterpret_cast<const char*>(list.begin()), list.size() * sizeof(T)};
}

Wire slice_proto(std::initializer_list<std::pair<std::int64_t, std::int64_t>> extents) {
  Wire slice;
  for (const auto& [start, length] : extents) {
    Wire extent;
    if (start != 0) extent.varint(1, static_cast<std::uint64_t>(start));
    if (length >= 0) extent.varint(2, static_cast<std::uint64_t>(length));
    slice.message(1, extent);
  }
  return slice;
}

TEST(Bundle, BigEndianTensorsAreSwapped) {
  BundleParts parts;
  parts.big_endian = true;
  parts.add("f", DataType::float32, {2}, std::string("\x3F\x80\x00\x00\xC0\x00\x00\x00", 8));
  parts.add("h", DataType::half, {1}, std::string("\x3C\x00", 2));
  parts.add("c", DataType::complex64, {1}, std::string("\x3F\x80\x00\x00\xC0\x00\x00\x00", 8));
  parts.add("b", DataType::int8, {3}, "\x01\x02\x03");
  const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
  EXPECT_EQ(values(*checkpoint, "f"), (std::vector<double>{1, -2}));
  EXPECT_EQ(values(*checkpoint, "h"), (std::vector<double>{1}));
  EXPECT_EQ(values(*checkpoint, "b"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(elements<std::complex<float>>(checkpoint->read(entry_of(*checkpoint, "c")))[0], std::complex<float>(1, -2));
}

TEST(Bundle, BigEndianStrings) {
  const std::string lengths("\0\0\0\x02\0\0\0\x01", 8);  // what the checksums are taken over
  const std::uint32_t of_lengths = mask_crc32c(crc32c(as_bytes(lengths)));
  const std::uint32_t stored = __builtin_bswap32(of_lengths);
  const std::string checksum(reinterpret_cast<const char*>(&stored), 4);
  BundleParts parts;
  parts.big_endian = true;
  parts.data = "\x02\x01" + checksum + "abc";
  parts.entries["s"] = Wire()
                           .varint(1, 7)
                           .message(2, shape_proto({2}))
                           .varint(5, parts.data.size())
                           .fixed(6, masked_crc32c(lengths + checksum + "abc"))
                           .str();
  const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
  const Tensor text = checkpoint->read(entry_of(*checkpoint, "s"));
  EXPECT_EQ(string_element(text, 0), "ab");
  EXPECT_EQ(string_element(text, 1), "c");
}

TEST(Bundle, CompressedIndexWithManyBlocks) {
  BundleParts parts;
  parts.options = {true, 2};
  for (int i = 0; i < 50; ++i) {
    parts.add("layer/kernel" + std::to_string(i), DataType::int32, {2}, bytes_of<std::int32_t>({i, -i}));
  }
  const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
  ASSERT_EQ(checkpoint->entries().size(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(values(*checkpoint, "layer/kernel" + std::to_string(i)),
              (std::vector<double>{static_cast<double>(i), static_cast<double>(-i)}));
  }
}

/// A 3 x 4 variable in four slices of different shapes, one of them with an open length.
BundleParts sliced() {
  BundleParts parts;
  const TensorSlice slices[] = {{{0, 0}, {1, -1}}, {{1, 0}, {2, 1}}, {{1, 1}, {2, 2}}, {{1, 3}, {2, 1}}};
  const std::vector<Wire> protos = {slice_proto({{0, 1}, {0, -1}}), slice_proto({{1, 2}, {0, 1}}),
                                    slice_proto({{1, 2}, {1, 2}}), slice_proto({{1, 2}, {3, 1}})};
  Wire whole = Wire().varint(1, 3).message(2, shape_proto({3, 4}));
  for (const Wire& slice : protos) whole.message(7, slice);
  parts.entries["v"] = whole.str();
  parts.add(slice_key("v", slices[0]), DataType::int32, {1, 4}, bytes_of<std::int32_t>({0, 1, 2, 3}));
  parts.add(slice_key("v", slices[1]), DataType::int32, {2, 1}, bytes_of<std::int32_t>({4, 8}));
  parts.add(slice_key("v", slices[2]), DataType::int32, {2, 2}, bytes_of<std::int32_t>({5, 6, 9, 10}));
  parts.add(slice_key("v", slices[3]), DataType::int32, {2, 1}, bytes_of<std::int32_t>({7, 11}));
  return parts;
}

TEST(Bundle, SlicesOfEveryShape) {
  const auto checkpoint = Checkpoint::open(sliced().write(fresh_folder()));
  ASSERT_EQ(checkpoint->entries().size(), 1U);
  EXPECT_EQ(values(*checkpoint, "v"), range(12));
}

TEST(Bundle, MissingAndOverlappingSlicesAreRefused) {
  const auto code = [&](const BundleParts& parts) {
    const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
    return code_of([&] { checkpoint->read(entry_of(*checkpoint, "v")); });
  };
  BundleParts missing = sliced();
  missing.entries.erase(slice_key("v", {{1, 3}, {2, 1}}));
  EXPECT_EQ(code(missing), Code::malformed);

  Wire overlapping = Wire().varint(1, 3).message(2, shape_proto({3, 4}));
  overlapping.message(7, slice_proto({{0, 2}, {0, -1}})).message(7, slice_proto({{1, 1}, {0, -1}}));
  BundleParts twice = sliced();
  twice.entries["v"] = overlapping.str();
  EXPECT_EQ(code(twice), Code::malformed);

  Wire outside = Wire().varint(1, 3).message(2, shape_proto({3, 4}));
  outside.message(7, slice_proto({{2, 2}, {0, -1}}));
  BundleParts beyond = sliced();
  beyond.entries["v"] = outside.str();
  EXPECT_EQ(code(beyond), Code::malformed);
}

TEST(Bundle, AHugeVariableOfSmallSlicesTakesNoMemory) {
  Wire huge = Wire().varint(1, 3).message(2, shape_proto({std::int64_t{1} << 40, 4}));
  huge.message(7, slice_proto({{0, -1}, {0, -1}}));
  BundleParts parts = sliced();
  parts.entries["v"] = huge.str();
  const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
  EXPECT_EQ(code_of([&] { checkpoint->read(entry_of(*checkpoint, "v")); }), Code::malformed);
}

// Damage.

TEST(Bundle, AMissingDataFileIsNamed) {
  BundleParts parts;
  parts.add("v", DataType::int32, {1}, bytes_of<std::int32_t>({1}));
  const std::string prefix = parts.write(fresh_folder());
  std::filesystem::remove(prefix + ".data-00000-of-00001");
  try {
    Checkpoint::open(prefix);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::missing_shard);
    EXPECT_NE(std::string(error.what()).find("data-00000-of-00001"), std::string::npos);
  }
}

TEST(Bundle, ADataFileThatCannotBeIsRefused) {
  BundleParts parts;
  parts.entries["v"] = Wire().varint(1, 3).message(2, shape_proto({1})).varint(3, 5).varint(5, 4).str();
  EXPECT_EQ(code_of([&] { Checkpoint::open(parts.write(fresh_folder())); }), Code::malformed);
}

TEST(Bundle, TruncatedDataIsRefused) {
  BundleParts parts;
  parts.add("v", DataType::int32, {2}, bytes_of<std::int32_t>({1, 2}));
  const std::string prefix = parts.write(fresh_folder());
  put_file(prefix + ".data-00000-of-00001", parts.data.substr(0, 7));
  const auto checkpoint = Checkpoint::open(prefix);
  EXPECT_EQ(code_of([&] { checkpoint->read(entry_of(*checkpoint, "v")); }), Code::truncated);
}

/// Whether everything in a bundle with these files can be read.
bool reads(const std::string& index, const std::string& data) {
  return succeeds([&] {
    const Bundle bundle(Buffer::own(index, "index"),
                        [&](std::int32_t, std::int32_t) { return Buffer::own(data, "data"); });
    for (const CheckpointEntry& entry : bundle.entries()) bundle.read(entry);
  });
}

TEST(Bundle, EveryFlippedBitOfDataIsNoticed) {
  const std::string index = file_bytes(data_path("module/variables/variables.index"));
  const std::string data = file_bytes(data_path("module/variables/variables.data-00000-of-00001"));
  ASSERT_TRUE(reads(index, data));
  for (std::size_t bit = 0; bit < data.size() * 8; ++bit) {
    std::string damaged = data;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(reads(index, damaged)) << bit;
  }
}

TEST(Bundle, EveryDamageOfTheIndexIsNoticed) {
  const std::string index = file_bytes(data_path("module/variables/variables.index"));
  const std::string data = file_bytes(data_path("module/variables/variables.data-00000-of-00001"));
  const std::size_t footer = index.size() - 48;
  for (std::size_t size = 0; size < index.size(); ++size) EXPECT_FALSE(reads(index.substr(0, size), data)) << size;
  for (std::size_t bit = 0; bit < index.size() * 8; ++bit) {
    std::string damaged = index;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const bool read = reads(damaged, data);
    // The footer has padding and the place of the metaindex block, which stands before the index block and is not read.
    if (bit / 8 < footer - 100) {
      EXPECT_FALSE(read) << bit;
    }
  }
}

TEST(Bundle, AbsurdEntriesAreRefused) {
  const auto code = [&](const Wire& entry) {
    BundleParts parts;
    parts.data = "12345678";
    parts.entries["v"] = entry.str();
    return code_of([&] {
      const auto checkpoint = Checkpoint::open(parts.write(fresh_folder()));
      checkpoint->read(entry_of(*checkpoint, "v"));
    });
  };
  const auto huge = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto entry = [](std::uint64_t type) { return Wire().varint(1, type); };
  EXPECT_EQ(code(entry(1).message(2, shape_proto({std::int64_t{1} << 40, std::int64_t{1} << 40}))),
            Code::size_overflow);
  EXPECT_EQ(code(entry(1).message(2, shape_proto({-1}))), Code::size_overflow);
  EXPECT_EQ(code(entry(1).message(2, shape_proto({2})).varint(4, huge).varint(5, huge)), Code::truncated);
  EXPECT_EQ(code(entry(1).message(2, shape_proto({2})).varint(4, ~std::uint64_t{0}).varint(5, 8)), Code::truncated);
  EXPECT_EQ(code(entry(1).message(2, shape_proto({3})).varint(5, 8)), Code::malformed);
  EXPECT_EQ(code(entry(1).message(2, shape_proto({2})).varint(5, 8)), Code::checksum);
  EXPECT_EQ(code(entry(7).message(2, shape_proto({std::int64_t{1} << 40})).varint(5, 8)), Code::malformed);
  EXPECT_EQ(code(entry(20).message(2, shape_proto({})).varint(5, 8)), Code::unsupported_format);
}

TEST(Table, KeysMustBeSortedAndShort) {
  const auto code = [](const std::string& block) {
    // One data block written by hand; the index block that TableWriter would write for it.
    std::string file;
    const auto add = [&](std::string contents) {
      const std::uint64_t offset = file.size();
      contents += std::string("\0\0\0\0\1\0\0\0", 8);
      const std::string handle = {static_cast<char>(offset), static_cast<char>(contents.size())};
      contents += '\0';
      const std::uint32_t checksum = masked_crc32c(contents);
      file += contents + std::string(reinterpret_cast<const char*>(&checksum), 4);
      return handle;
    };
    const std::string data = add(block);
    std::string footer = add("") + add(std::string("\0\1\2z", 4) + data);
    footer.resize(40, '\0');
    const std::string path = fresh_folder() + "/v.index";
    put_file(path, file + footer + "\x57\xFB\x80\x8B\x24\x75\x47\xDB");
    return code_of([&] { Table::read(Buffer::map(path)); });
  };
  EXPECT_EQ(code(std::string("\0\1\0a\0\1\0b", 8)), Code::internal);   // fine
  EXPECT_EQ(code(std::string("\0\1\0b\0\1\0a", 8)), Code::malformed);  // not sorted
  EXPECT_EQ(code(std::string("\0\1\0a\0\1\0a", 8)), Code::malformed);  // twice
  EXPECT_EQ(code(std::string("\0\1\0a\5\1\0b", 8)), Code::malformed);  // shares more than there is
  EXPECT_EQ(code(std::string("\0\1\x7F"
                             "a",
                             4)),
            Code::truncated);
  EXPECT_EQ(code(""), Code::malformed);  // an empty block
}

TEST(Table, ACompressedBlockOfAbsurdSizeIsRefused) {
  BundleParts parts;
  parts.options.compress = true;
  const std::string prefix = parts.write(fresh_folder());
  std::string index = file_bytes(prefix + ".index");
  // Snappy's first bytes are the size: claim 2^32 - 1, and repair the checksum of the block.
  const std::size_t size = index.find(std::string("\1", 1), 1);
  ASSERT_NE(size, std::string::npos);
  std::string block = "\xFF\xFF\xFF\xFF\x0F\1";
  const std::uint32_t checksum = masked_crc32c(block);
  block.append(reinterpret_cast<const char*>(&checksum), 4);
  std::string footer = std::string("\0\5\0\5", 4);
  footer.resize(40, '\0');
  put_file(prefix + ".index", block + std::string(40, '\0') + footer + index.substr(index.size() - 8));
  EXPECT_EQ(code_of([&] { Checkpoint::open(prefix); }), Code::malformed);
}

TEST(TensorSlice, KeysAreThoseOfTensorFlow) {
  const Table table = Table::read(Buffer::map(data_path("v1_table/variables/variables")));
  EXPECT_NE(table.find(slice_key("plain", {{0}, {-1}})), nullptr);
  EXPECT_NE(table.find(slice_key("partitioned", {{2, 0}, {2, 4}})), nullptr);
  EXPECT_EQ(slice_key("a", {{0}, {-1}}), std::string("\0a\0\1\1\1\x80\x7F", 8));
  EXPECT_EQ(slice_key("", {{63, 64, 300000}, {-65, 8191, 8192}}),
            std::string("\0\0\1\1\3\xBF\x3F\xBF\xC0\x40\xDF\xFF\xE4\x93\xE0\xE0\x20\x00", 18));
  EXPECT_EQ(slice_key("", {{std::int64_t{1} << 62}, {0}}), std::string("\0\0\1\1\1\xFF\xC0\x40\0\0\0\0\0\0\0\x80", 16));
}

}  // namespace
}  // namespace tolite::read
