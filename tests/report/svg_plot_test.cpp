// SPDX-License-Identifier: Apache-2.0
// Plots: ticks, curves that are thinned without changing their shape, and markup that is well-formed whatever it holds.

#include "qmtl/report/svg_plot.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "report/markup_check.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace svg_plot_test {

using namespace qmtl;
using Labels = std::vector<std::string>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("svg plot: ticks are multiples of 1, 2 or 5 times a power of ten, with the digits that tell them apart") {
  CHECK(detail::ticks_of({0.0, 1.0}, 5, false).labels == Labels{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(detail::ticks_of({-3.0, 21.0}, 5, false).labels == Labels{"0", "5", "10", "15", "20"});
  CHECK(detail::ticks_of({0.9991, 1.0001}, 5, false).labels ==
        Labels{"0.9992", "0.9994", "0.9996", "0.9998", "1.0000"});
  CHECK(detail::ticks_of({0.5, 3.5}, 7, true).labels == Labels{"1", "2", "3"});
  CHECK(detail::ticks_of({0.0, 3e7}, 3, false).labels == Labels{"0", "1e+07", "2e+07", "3e+07"});
  CHECK(detail::ticks_of({1e-9, 3e-9}, 2, false).labels == Labels{"1e-09", "2e-09", "3e-09"});
}

TEST_CASE("svg plot: an axis has a length, whatever the data") {
  const double huge = std::numeric_limits<double>::max();
  for (const detail::PlotRange data : {detail::PlotRange{HUGE_VAL, -HUGE_VAL},
                                       {0.0, 0.0},
                                       {5.0, 5.0},
                                       {-1e9, -1e9},
                                       {-huge, huge},
                                       {1.0, 1.0 + 1e-15},
                                       {0.0, 1e-300}}) {
    const detail::PlotRange range = detail::range_of({}, data);
    CHECK(range.low < range.high);
    CHECK(std::isfinite(range.high - range.low));
    CHECK(detail::ticks_of(range, 5, false).at.size() <= 12);
  }
  CHECK(detail::range_of({.low = 2.0}, {HUGE_VAL, -HUGE_VAL}).low == 2.0);
  CHECK(detail::range_of({.low = 2.0, .high = 2.0}, {0.0, 1.0}).high == 3.0);
}

/// The largest distance of the points from a polyline, both by rising x.
double distance(const std::vector<PlotPoint>& points, const std::vector<PlotPoint>& line) {
  double out = 0.0;
  std::size_t s = 1;
  for (const PlotPoint& p : points) {
    while (s + 1 < line.size() && line[s].x < p.x) ++s;
    double nearest = HUGE_VAL;
    for (std::size_t k = s > 3 ? s - 3 : 1; k < std::min(line.size(), s + 4); ++k) {
      nearest = std::min(nearest, detail::distance_to_segment(p, line[k - 1], line[k]));
    }
    out = std::max(out, nearest);
  }
  return out;
}

TEST_CASE("svg plot: a million points of a smooth curve become some dozen, all of them within a pixel") {
  std::vector<PlotPoint> points;
  for (int i = 0; i <= 1'000'000; ++i) {
    const double x = 4e-4 * i;  // 400 pixels
    points.push_back({x, 150.0 + 100.0 * std::sin(x / 40.0)});
  }
  const auto thin = detail::thin_curve(points);
  CHECK(thin.size() < 200);
  CHECK(thin.front() == points.front());
  CHECK(thin.back() == points.back());
  CHECK(distance(points, thin) < 1.0);
}

TEST_CASE("svg plot: a noisy curve keeps its extremes, a staircase its corners, a straight line its ends") {
  std::vector<PlotPoint> noise;
  for (int i = 0; i < 100'000; ++i) noise.push_back({0.004 * i, 50.0 + 40.0 * std::sin(12.9898 * i * i)});
  noise[31'415].y = 99.0;
  noise[77'777].y = -7.0;
  const auto thin = detail::thin_curve(noise);
  CHECK(thin.size() <= 900);
  CHECK(thin.size() > 400);
  CHECK(std::find(thin.begin(), thin.end(), noise[31'415]) != thin.end());
  CHECK(std::find(thin.begin(), thin.end(), noise[77'777]) != thin.end());
  const std::vector<PlotPoint> stairs{{0, 9}, {4, 9}, {4, 5}, {8, 5}, {8, 1}};
  CHECK(detail::thin_curve(stairs) == stairs);
  std::vector<PlotPoint> straight;
  for (int i = 0; i < 5000; ++i) straight.push_back({0.1 * i, 0.2 * i});
  CHECK(detail::thin_curve(straight) == std::vector{straight.front(), straight.back()});
  const std::vector<PlotPoint> to_and_fro{{0, 0}, {9, 0}, {3, 0}};  // what lies behind an end is not on the line
  CHECK(detail::thin_curve(to_and_fro) == to_and_fro);
  std::vector<PlotPoint> wide;  // in no column are two points that follow one another, and too many for the square
  for (int i = 0; i < 20'000; ++i) wide.push_back({i % 4 == 3 ? 1100.0 : 1100.0 * (i % 4), 0.0});
  CHECK(detail::thin_curve(wide) == wide);
}

/// Of everything something.
SvgPlot full_plot(const std::string& name) {
  SvgPlot plot{.title = name, .description = name};
  plot.x = {.label = name};
  plot.y = {.label = name};
  plot.series = {{.name = name, .points = {{0, 1}, {1, 3}, {2, 2}}, .style = CurveStyle::steps},
                 {.name = name, .points = {{0, 2}, {1, 1}}, .style = CurveStyle::points, .dashed = true},
                 {.name = name, .points = {{0, nan}, {1, 1}}, .style = CurveStyle::line_with_points}};
  plot.bars = {{0.0, 0.5, 2.0, name}, {0.5, 1.0, nan, name}};
  plot.bars_name = name;
  plot.cells = {2, 1, {0, 0}, {2, 2}, {0.5, 0.0}};
  plot.guides = {{{0, 0}, {2, 2}, name}};
  return plot;
}

TEST_CASE("svg plot: names of any content are text, and the elements stay balanced") {
  for (const std::string name :
       {"plain", "<script>alert('x')</script>", "a & b < c > \"d\"", "]]>&amp;<!--", "two\nlines", "\x01\x7f\xff\xc3",
        "\xef\xbf\xbe", "\"/><svg onload=\"alert(1)", "gr\xc3\xbc\xc3\x9f, \xe6\xbc\xa2\xe5\xad\x97", ""}) {
    const std::string svg = to_svg(full_plot(name));
    INFO(svg);
    CHECK(test::markup_fault(svg) == "");
    CHECK(svg.find("<script") == svg.npos);
    CHECK(test::occurrences(svg, "<svg") == 1);
    CHECK(svg == to_svg(full_plot(name)));
  }
  CHECK(detail::escape_markup("\xff<&\x01") == "\xef\xbf\xbd&lt;&amp;\xef\xbf\xbd");
  CHECK(test::markup_fault("<a><b></a></b>") != "");  // the check finds what it is to find
  CHECK(test::markup_fault("<a x=\"1\" x=\"2\"/>") != "");
  CHECK(test::markup_fault("<a>&b;</a>") != "");
}

TEST_CASE("svg plot: what is not finite interrupts a curve, and a point by itself is a dot") {
  SvgPlot plot;
  plot.series = {{.points = {{0, 0}, {1, 1}, {2, nan}, {3, 1}, {4, HUGE_VAL}, {5, 0}, {6, 1}}}};
  const std::string svg = to_svg(plot);
  const std::size_t path = svg.find("stroke-linejoin");
  REQUIRE(path != svg.npos);
  const std::string curve = svg.substr(svg.rfind("<path", path), path - svg.rfind("<path", path));
  CHECK(test::occurrences(curve, "M") == 2);  // two pieces of two points
  CHECK(test::occurrences(curve, "L") == 2);
  CHECK(test::occurrences(svg, "h0") == 1);
  for (const std::vector<PlotPoint>& none : {std::vector<PlotPoint>{}, {{nan, 0}}, {{0, -HUGE_VAL}}}) {
    plot.series = {{.name = "empty", .points = none}};
    CHECK(test::markup_fault(to_svg(plot)) == "");
    CHECK(to_svg(plot).find("nan") == std::string::npos);
  }
}

TEST_CASE("svg plot: the file is the text, in every locale, and cells must be as many as they say") {
  const test::TempDir dir;
  const std::string expected = to_svg(full_plot("x")) + '\n';
  test::with_comma_streams([&] { write_svg(dir / "plot.svg", full_plot("x")); });
  std::ifstream file(dir / "plot.svg");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == expected);
  SvgPlot plot = full_plot("x");
  plot.cells.columns = 3;
  CHECK(test::message_of<ShapeError>([&] { (void)to_svg(plot); }) == "qmtl: plot: number of cells must be 3, got 2");
}

}  // namespace svg_plot_test
