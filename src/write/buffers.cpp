// Finding equal weights without reading all of them: buffers that differ in size or at a few sampled places are
// different. Only those that agree there are hashed whole, and only those of equal hash are compared.
#include "write/buffers.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

#include "base/hash.h"
#include "base/thread_pool.h"

namespace tolite::write {
namespace {

struct Candidate {
  Bytes bytes;
  std::uint64_t hash = 0;
};

bool same_bytes(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Splits `group` into runs of equal (size, hash), each in the order of the candidates.
template <typename F>
void for_each_run(const std::vector<Candidate>& all, std::vector<std::size_t>& group, F f) {
  const auto key = [&](std::size_t i) { return std::tuple(all[i].bytes.size(), all[i].hash, i); };
  std::sort(group.begin(), group.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  for (auto begin = group.begin(); begin != group.end();) {
    const Candidate& first = all[*begin];
    const auto end = std::find_if(begin, group.end(), [&](std::size_t i) {
      return all[i].bytes.size() != first.bytes.size() || all[i].hash != first.hash;
    });
    f(std::vector<std::size_t>(begin, end));
    begin = end;
  }
}

/// For each candidate the first one with the same bytes.
std::vector<std::size_t> find_equal(std::vector<Candidate>& all) {
  std::vector<std::size_t> leader(all.size());
  std::iota(leader.begin(), leader.end(), std::size_t{0});
  std::vector<std::size_t> suspects;
  std::vector<std::size_t> everything = leader;
  for_each_run(all, everything, [&](const std::vector<std::size_t>& run) {
    if (run.size() > 1) suspects.insert(suspects.end(), run.begin(), run.end());
  });
  parallel_for(suspects.size(), [&](std::size_t k) {
    Candidate& c = all[suspects[k]];
    c.hash = content_hash(c.bytes);
  });
  for_each_run(all, suspects, [&](const std::vector<std::size_t>& run) {
    std::vector<std::size_t> distinct;  // more than one only if hashes collide
    for (const std::size_t i : run) {
      const auto same = std::find_if(distinct.begin(), distinct.end(),
                                     [&](std::size_t d) { return same_bytes(all[d].bytes, all[i].bytes); });
      if (same != distinct.end()) {
        leader[i] = *same;
      } else {
        distinct.push_back(i);
      }
    }
  });
  return leader;
}

}  // namespace

Buffers::Buffers(const Model& model, const std::vector<ConstantId>& constants)
    : list_(1), index_(model.constants.size(), 0) {
  std::vector<Candidate> candidates;
  std::vector<ConstantId> of_candidate;
  std::vector<bool> seen(model.constants.size(), false);
  for (const ConstantId id : constants) {
    const Bytes bytes = model[id].bytes;
    if (bytes.empty() || seen[id.index]) continue;
    seen[id.index] = true;
    candidates.push_back({bytes, sample_hash(bytes)});
    of_candidate.push_back(id);
  }
  const std::vector<std::size_t> leader = find_equal(candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (leader[i] == i) {
      index_[of_candidate[i].index] = static_cast<std::uint32_t>(list_.size());
      list_.push_back(candidates[i].bytes);
    } else {
      index_[of_candidate[i].index] = index_[of_candidate[leader[i]].index];
    }
  }
}

}  // namespace tolite::write
