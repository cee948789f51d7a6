// The shape of a value: unranked, or a list of dimensions each of which is a number or a symbol.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "lite/dim.h"

namespace tolite {

class Shape {
 public:
  Shape() : Shape(std::vector<Dim>{}) {}  // a scalar
  explicit Shape(std::vector<Dim> dims) : dims_(std::move(dims)) {}
  Shape(std::initializer_list<Dim> dims) : dims_(dims) {}
  explicit Shape(std::span<const std::int64_t> dims) : dims_(dims.begin(), dims.end()) {}
  static Shape unranked() {
    Shape s;
    s.ranked_ = false;
    return s;
  }

  bool ranked() const { return ranked_; }
  std::size_t rank() const { return dims_.size(); }  ///< 0 if unranked
  const std::vector<Dim>& dims() const { return dims_; }
  const Dim& operator[](std::size_t i) const { return dims_[i]; }
  Dim& operator[](std::size_t i) { return dims_[i]; }
  const Dim& last() const { return dims_.back(); }

  /// Ranked, and every dimension is a number.
  bool is_static() const;
  bool is_scalar() const { return ranked_ && dims_.empty(); }
  /// The numbers of a static shape.
  std::vector<std::int64_t> numbers() const;
  /// Number of elements of a static shape, otherwise nothing.
  std::optional<std::int64_t> element_count() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  bool ranked_ = true;
  std::vector<Dim> dims_;
};

}  // namespace tolite
