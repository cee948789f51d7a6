// Places of diagonals in a matrix and the other way around.
#include "import/tensorflow/ops/band.h"

#include <gtest/gtest.h>

#include <utility>

namespace tolite::tensorflow {
namespace {

using Places = std::vector<std::int64_t>;

TEST(Band, AlignsAsTold) {
  // 0 1 2
  // 3 4 5    the diagonals 1, 5 and 0, 4, 8 and 3, 7
  // 6 7 8
  EXPECT_EQ((Band{3, 3, -1, 1, true, true}.matrix_places()), (Places{1, 5, -1, 0, 4, 8, 3, 7, -1}));
  EXPECT_EQ((Band{3, 3, -1, 1, false, true}.matrix_places()), (Places{-1, 1, 5, 0, 4, 8, 3, 7, -1}));
  EXPECT_EQ((Band{3, 3, -1, 1, true, false}.matrix_places()), (Places{1, 5, -1, 0, 4, 8, -1, 3, 7}));
}

TEST(Band, BothWaysAgree) {
  for (const auto& [rows, columns] : {std::pair(1, 1), std::pair(2, 5), std::pair(5, 2), std::pair(4, 4)}) {
    for (std::int64_t lower = 1 - rows; lower < columns; ++lower) {
      for (std::int64_t upper = lower; upper < columns; ++upper) {
        const Band band{rows, columns, lower, upper, false, true};
        ASSERT_TRUE(band.inside());
        const Places from = band.matrix_places();
        const Places to = band.diagonal_places();
        ASSERT_EQ(static_cast<std::int64_t>(from.size()), band.count() * band.width());
        for (std::size_t i = 0; i < from.size(); ++i) {
          if (from[i] < 0) continue;
          EXPECT_EQ(to[static_cast<std::size_t>(from[i])], static_cast<std::int64_t>(i));
        }
        EXPECT_EQ(std::count_if(from.begin(), from.end(), [](std::int64_t p) { return p >= 0; }),
                  std::count_if(to.begin(), to.end(), [](std::int64_t p) { return p >= 0; }));
      }
    }
  }
}

TEST(Band, KnowsWhenItIsOutside) {
  EXPECT_FALSE((Band{3, 2, -3, 0}.inside()));
  EXPECT_FALSE((Band{3, 2, 0, 2}.inside()));
  EXPECT_TRUE((Band{3, 2, -2, 1}.inside()));
}

}  // namespace
}  // namespace tolite::tensorflow
