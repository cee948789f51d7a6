// Slices of tensors, and the order-preserving code of their keys.
#include "read/tensor_slice.h"

#include <array>
#include <utility>

#include "base/checked.h"
#include "read/protobuf.h"

namespace tolite::read {
namespace {

// Whether slices overlap is told by comparing all pairs; a variable has one slice a parameter server, or fewer.
constexpr std::size_t kMaxSlices = 4096;

[[noreturn]] void malformed(const char* what) { throw Error(Code::malformed, what); }

// The order-preserving code: numbers as their length and the bytes, most significant first; strings with 0 and 255
// escaped and a terminator; signed numbers with as many leading ones (zeros if negative) as they take bytes.
void put_number(std::string& key, std::uint64_t v) {
  std::string digits;
  for (; v != 0; v >>= 8U) digits.insert(digits.begin(), static_cast<char>(v & 0xFFU));
  key += static_cast<char>(digits.size());
  key += digits;
}

void put_string(std::string& key, std::string_view text) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\xFF';
    if (c == '\xFF') key += '\0';
  }
  key += '\0';
  key += '\1';
}

void put_signed_number(std::string& key, std::int64_t v) {
  const auto bits = static_cast<std::uint64_t>(v);
  const std::uint64_t magnitude = v < 0 ? ~bits : bits;
  unsigned length = 1;  // a byte holds one bit of length and seven of value, of which one is the sign
  while (length < 10 && magnitude >> (7 * length - 1) != 0) ++length;
  std::array<std::uint8_t, 10> bytes{};
  for (unsigned i = 0; i < length; ++i) {
    const unsigned from_end = length - 1 - i;
    bytes[i] = static_cast<std::uint8_t>(from_end < 8 ? bits >> (8 * from_end) : (v < 0 ? 0xFFU : 0U));
  }
  for (unsigned bit = 0; bit < length; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (0x80U >> (bit % 8)));
  }
  key.append(reinterpret_cast<const char*>(bytes.data()), length);
}

bool overlap(const std::vector<std::int64_t>& a_start, const std::vector<std::int64_t>& a_size,
             const std::vector<std::int64_t>& b_start, const std::vector<std::int64_t>& b_size) {
  for (std::size_t d = 0; d < a_start.size(); ++d) {
    if (a_start[d] + a_size[d] <= b_start[d] || b_start[d] + b_size[d] <= a_start[d]) return false;
  }
  return true;
}

void check_cover(const std::vector<std::int64_t>& dims, const std::vector<TensorSlice>& slices) {
  if (slices.size() > kMaxSlices) throw Error(Code::size_overflow, "a variable has an absurd number of slices");
  std::vector<std::vector<std::int64_t>> sizes;
  std::int64_t covered = 0;
  for (const TensorSlice& slice : slices) {
    sizes.push_back(slice.dims_within(dims));
    covered = checked_add(covered, element_count(sizes.back()));
  }
  if (covered != element_count(dims)) malformed("the slices of a variable do not make up the whole");
  for (std::size_t i = 0; i < slices.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (covered != 0 && overlap(slices[i].starts, sizes[i], slices[k].starts, sizes[k])) {
        malformed("slices of a variable overlap");
      }
    }
  }
}

/// Copies a dense part into its place, in runs that are contiguous in both.
void place(Bytes part, const std::vector<std::int64_t>& part_dims, const std::vector<std::int64_t>& starts,
           const std::vector<std::int64_t>& dims, std::size_t width, std::span<std::byte> whole) {
  if (part.empty()) return;
  std::size_t rank = dims.size();
  std::size_t run = width;  // bytes of a run; dimensions [rank, end) lie in it
  while (rank > 0 && part_dims[rank - 1] == dims[rank - 1]) run *= static_cast<std::size_t>(dims[--rank]);
  if (rank > 0) run *= static_cast<std::size_t>(part_dims[--rank]);
  std::vector<std::int64_t> index(rank, 0);
  for (std::size_t from = 0; from < part.size(); from += run) {
    std::size_t to = 0;
    for (std::size_t d = 0; d < dims.size(); ++d) {
      to = to * static_cast<std::size_t>(dims[d]) + static_cast<std::size_t>(starts[d] + (d < rank ? index[d] : 0));
    }
    std::memcpy(whole.data() + to * width, part.data() + from, run);
    for (std::size_t d = rank; d-- > 0;) {
      if (++index[d] < part_dims[d]) break;
      index[d] = 0;
    }
  }
}

}  // namespace

bool TensorSlice::is_full() const {
  for (const std::int64_t length : lengths) {
    if (length != kFull) return false;
  }
  return true;
}

std::vector<std::int64_t> TensorSlice::dims_within(const std::vector<std::int64_t>& dims) const {
  if (starts.size() != dims.size()) malformed("a slice has another rank than its tensor");
  std::vector<std::int64_t> sizes(dims.size());
  for (std::size_t d = 0; d < dims.size(); ++d) {
    sizes[d] = lengths[d] == kFull ? dims[d] : lengths[d];
    if (starts[d] < 0 || sizes[d] < 0 || starts[d] > dims[d] || sizes[d] > dims[d] - starts[d]) {
      malformed("a slice reaches outside its tensor");
    }
  }
  return sizes;
}

TensorSlice read_tensor_slice(Bytes wire) {
  TensorSlice slice;
  for (Fields f(wire); f.next();) {
    if (f.number() != 1) continue;
    std::int64_t start = 0;
    std::int64_t length = TensorSlice::kFull;
    for (Fields extent(f.bytes()); extent.next();) {
      if (extent.number() == 1) start = extent.int64();
      if (extent.number() == 2) length = extent.int64();
    }
    slice.starts.push_back(start);
    slice.lengths.push_back(length);
  }
  return slice;
}

std::string slice_key(std::string_view name, const TensorSlice& slice) {
  std::string key;
  put_number(key, 0);
  put_string(key, name);
  put_number(key, slice.starts.size());
  for (std::size_t d = 0; d < slice.starts.size(); ++d) {
    put_signed_number(key, slice.starts[d]);
    put_signed_number(key, slice.lengths[d]);
  }
  return key;
}

Tensor assemble_slices(Type type, const std::vector<std::int64_t>& dims, const std::vector<TensorSlice>& slices,
                       const std::function<Tensor(std::size_t)>& part) {
  const std::size_t width = byte_size(type);
  if (width == 0) throw Error(Code::unsupported_format, "a partitioned variable of this type cannot be read");
  check_cover(dims, slices);
  // All parts are read before memory is taken: they prove that the claimed size is real.
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    parts.push_back(part(i));
    if (parts[i].type != type || parts[i].dims != slices[i].dims_within(dims)) {
      malformed("a slice is stored with another type or shape than its variable has");
    }
  }
  NewTensor whole = new_tensor(type, dims);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    place(parts[i].bytes, parts[i].dims, slices[i].starts, dims, width, whole.writable);
  }
  return std::move(whole.tensor);
}

}  // namespace tolite::read
