#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is around the data of a plot: axes with ticks and names, and the legend above them.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/report/markup_text.hpp"
#include "qmtl/report/plot_axis.hpp"
#include "qmtl/report/thin_curve.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Pixels that a text of font size 11 takes, about.
[[nodiscard]] inline double text_width(std::string_view text) noexcept {
  return 7.0 * static_cast<double>(characters(text));
}

/// Names with the signs of what they name, in as many lines as it takes.
class PlotLegend {
 public:
  enum class Sign { line, dashes, dot, box };
  struct Entry {
    std::string name;
    std::string_view colour;
    Sign sign = Sign::line;
  };

  explicit PlotLegend(int width) : width_(width) {}

  void add(Entry entry) {
    entry.name = shortened(entry.name, longest_name);
    entries_.push_back(std::move(entry));
  }

  /// How many lines it has.
  [[nodiscard]] int lines() const { return entries_.empty() ? 0 : static_cast<int>(places().back().y) + 1; }

  void draw(MarkupText& out, double left) const {
    const std::vector<PlotPoint> at = places();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const double x = left + at[i].x, y = first_line + line_height * at[i].y;
      draw_sign(out, entries_[i], x, y - 4.0);
      out.element("text", entries_[i].name, {{"x", coordinate(x + sign_width + 5.0)}, {"y", coordinate(y)}});
    }
  }

  static constexpr double line_height = 16.0;

 private:
  static constexpr double sign_width = 20.0, gap = 14.0, first_line = 13.0, margins = 64.0;
  static constexpr std::size_t longest_name = 32;

  static void draw_sign(MarkupText& out, const Entry& entry, double x, double y) {
    std::string colour(entry.colour);
    if (entry.sign == Sign::box) {
      out.empty_element("rect", {{"x", coordinate(x + 4.0)},
                                 {"y", coordinate(y - 5.0)},
                                 {"width", "12"},
                                 {"height", "10"},
                                 {"fill", colour},
                                 {"fill-opacity", "0.45"}});
      return;
    }
    const bool dot = entry.sign == Sign::dot;
    out.empty_element("path", {{"d", text('M', coordinate(x + (dot ? 0.5 * sign_width : 0.0)), ' ', coordinate(y), 'h',
                                          coordinate(dot ? 0.0 : sign_width))},
                               {"stroke", colour},
                               {"stroke-width", dot ? "6" : "2.2"},
                               {"stroke-linecap", dot ? "round" : "butt"},
                               {"stroke-dasharray", entry.sign == Sign::dashes ? "6 4" : "none"}});
  }

  /// Where each entry begins: pixels from the left, and its line.
  [[nodiscard]] std::vector<PlotPoint> places() const {
    std::vector<PlotPoint> out;
    PlotPoint next;
    for (const Entry& entry : entries_) {
      const double width = sign_width + 5.0 + text_width(entry.name);
      if (next.x > 0.0 && next.x + width > width_ - margins) next = {0.0, next.y + 1.0};
      out.push_back(next);
      next.x += width + gap;
    }
    return out;
  }

  int width_;
  std::vector<Entry> entries_;
};

/// The rectangle of the data, with the axes to the left and below.
class PlotFrame {
 public:
  PlotFrame(const PlotAxis& x, const PlotAxis& y, PlotRange x_data, PlotRange y_data, int width, int height,
            int legend_lines)
      : x_label_(shortened(x.label, longest_label)),
        y_label_(shortened(y.label, longest_label)),
        x_(range_of(x, x_data)),
        y_(range_of(y, y_data)),
        width_(width),
        height_(height) {
    y_ticks_ = ticks_of(y_, 5, y.integers);
    double widest = 0.0;
    for (const std::string& label : y_ticks_.labels) widest = std::max(widest, text_width(label));
    left_ = widest + 10.0 + (y_label_.empty() ? 4.0 : 18.0);
    top_ = 8.0 + (legend_lines > 0 ? PlotLegend::line_height * legend_lines + 4.0 : 0.0);
    x_ticks_ = ticks_of(x_, 7, x.integers);
    thin_x_labels();
    if (!x_ticks_.at.empty()) {  // the last label may lie at the end of the axis
      const double beyond = 0.5 * text_width(x_ticks_.labels.back());
      right_ = std::max(right_, beyond - inner_width() * (1.0 - x_.share(x_ticks_.at.back())));
    }
  }

  /// Where a point is drawn; one beyond the axes is drawn at their end.
  [[nodiscard]] PlotPoint pixel(PlotPoint p) const noexcept {
    return {left_ + inner_width() * std::clamp(x_.share(p.x), 0.0, 1.0),
            top_ + inner_height() * (1.0 - std::clamp(y_.share(p.y), 0.0, 1.0))};
  }

  [[nodiscard]] double left() const noexcept { return left_; }
  [[nodiscard]] double inner_width() const noexcept { return width_ - left_ - right_; }
  [[nodiscard]] double inner_height() const noexcept { return height_ - top_ - (x_label_.empty() ? 22.0 : 38.0); }

  void draw_axes(MarkupText& out) const {
    const double bottom = top_ + inner_height();
    std::string grid;
    for (std::size_t i = 0; i < y_ticks_.at.size(); ++i) {
      const double y = pixel({x_.low, y_ticks_.at[i]}).y;
      grid += text('M', coordinate(left_), ' ', coordinate(y), 'h', coordinate(inner_width()));
      out.element("text", y_ticks_.labels[i],
                  {{"x", coordinate(left_ - 6.0)}, {"y", coordinate(y + 4.0)}, {"text-anchor", "end"}});
    }
    for (std::size_t i = 0; i < x_ticks_.at.size(); ++i) {
      const double x = pixel({x_ticks_.at[i], y_.low}).x;
      grid += text('M', coordinate(x), ' ', coordinate(top_), 'v', coordinate(inner_height()));
      out.element("text", x_ticks_.labels[i],
                  {{"x", coordinate(x)}, {"y", coordinate(bottom + 15.0)}, {"text-anchor", "middle"}});
    }
    out.empty_element("path", {{"d", grid}, {"stroke", "currentColor"}, {"stroke-opacity", "0.13"}});
    out.empty_element("path", {{"d", text('M', coordinate(left_), ' ', coordinate(top_), 'V', coordinate(bottom), 'h',
                                          coordinate(inner_width()))},
                               {"fill", "none"},
                               {"stroke", "currentColor"},
                               {"stroke-opacity", "0.6"}});
    draw_labels(out);
  }

 private:
  static constexpr std::size_t longest_label = 44;

  void draw_labels(MarkupText& out) const {
    if (!x_label_.empty()) {
      out.element("text", x_label_,
                  {{"x", coordinate(left_ + 0.5 * inner_width())},
                   {"y", coordinate(height_ - 6.0)},
                   {"text-anchor", "middle"}});
    }
    if (y_label_.empty()) return;
    const std::string x = "12", y = coordinate(top_ + 0.5 * inner_height());
    out.element("text", y_label_,
                {{"x", x}, {"y", y}, {"text-anchor", "middle"}, {"transform", text("rotate(-90 ", x, ' ', y, ')')}});
  }

  /// Leaves out labels until they have room.
  void thin_x_labels() {
    double widest = 0.0;
    for (const std::string& label : x_ticks_.labels) widest = std::max(widest, text_width(label));
    for (int count = 6; count > 1; --count) {
      if ((widest + 8.0) * static_cast<double>(x_ticks_.at.size()) <= inner_width()) return;
      x_ticks_ = ticks_of(x_, count, false);
    }
  }

  std::string x_label_, y_label_;
  PlotRange x_, y_;
  PlotTicks x_ticks_{}, y_ticks_{};
  double width_, height_, left_ = 0.0, right_ = 12.0, top_ = 0.0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
