#pragma once
// SPDX-License-Identifier: Apache-2.0
// Settings to choose from: ranges and choices of the members of a struct of one's own, as a grid or at random.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/core/rng.hpp"

namespace qmtl::inline QMTL_ABI {

/// What can be chosen by value and shown in a table: numbers, truth values, enumerators (as numbers), text.
template <class V>
concept Choosable = std::is_arithmetic_v<V> || std::is_enum_v<V> || std::convertible_to<const V&, std::string_view>;

/// A column of a table of settings.
template <class T>
struct SettingColumn {
  std::string name;
  std::function<std::string(const T&)> text;
};

/// Settings to try, and what a table says of them. A list of one's own needs no columns.
template <class T>
struct SearchSettings {
  std::vector<T> values;
  std::vector<SettingColumn<T>> columns{};
};

namespace detail {

template <Choosable V>
[[nodiscard]] std::string setting_text(const V& value) {
  if constexpr (std::is_enum_v<V>) {
    return text(static_cast<std::underlying_type_t<V>>(value));
  } else if constexpr (std::is_floating_point_v<V>) {
    return number_text(static_cast<double>(value), std::chars_format::general, 4);
  } else {
    return text(value);
  }
}

/// Throws ValueError unless low and high are finite and in this order.
inline void require_range(std::string_view name, double low, double high) {
  if (std::isfinite(low) && std::isfinite(high) && low <= high) return;
  throw ValueError(
      text("qmtl: search space: ", name, ": expected a finite range with its low end first, got ", low, " to ", high));
}

}  // namespace detail

/// Ranges and choices of members of T, an aggregate with defaults:
///
///     struct Tuning { double rate = 1e-2; int batch = 32; };
///     const auto space = SearchSpace<Tuning>{}.log_uniform("rate", &Tuning::rate, 1e-4, 1e-1)
///                                             .choice("batch", &Tuning::batch, {16, 32, 64});
///
/// Members that are not named keep what they have in `base`.
template <std::copy_constructible T>
class SearchSpace {
 public:
  explicit SearchSpace(T base = {}) : base_(std::move(base)) {}

  /// A real number, all of low .. high equally likely. Throws ValueError unless the range is finite and ordered.
  SearchSpace& uniform(std::string name, double T::*member, double low, double high) {
    detail::require_range(name, low, high);
    return real(std::move(name), member, [low, high](double at) { return std::lerp(low, high, at); });
  }

  /// A positive real number whose logarithm is uniform. Throws ValueError unless the range is finite, ordered and
  /// positive.
  SearchSpace& log_uniform(std::string name, double T::*member, double low, double high) {
    detail::require_range(name, low, high);
    if (!(low > 0.0)) {
      throw ValueError(detail::text("qmtl: search space: ", name, ": expected a low end over 0, got ", low));
    }
    return real(std::move(name), member, [low, high](double at) {
      if (at <= 0.0 || at >= 1.0) return at <= 0.0 ? low : high;
      return std::clamp(std::exp(std::lerp(std::log(low), std::log(high), at)), low, high);
    });
  }

  /// An integer from low to high, both included. Throws ValueError unless they are in this order.
  SearchSpace& integers(std::string name, int T::*member, int low, int high) {
    detail::require_range(name, low, high);
    const std::size_t count = static_cast<std::size_t>(static_cast<std::int64_t>(high) - low) + 1;
    const auto set = [member, low](T& setting, std::size_t i) {
      setting.*member = static_cast<int>(low + static_cast<std::int64_t>(i));
    };
    return discrete(std::move(name), member, count, set);
  }

  /// One of some values. Throws ValueError without any.
  template <Choosable V>
  SearchSpace& choice(std::string name, V T::*member, std::type_identity_t<std::vector<V>> values) {
    if (values.empty()) {
      throw ValueError(detail::text("qmtl: search space: ", name, ": expected at least one value, got none"));
    }
    const std::size_t count = values.size();
    const auto set = [member, values = std::move(values)](T& setting, std::size_t i) { setting.*member = values[i]; };
    return discrete(std::move(name), member, count, set);
  }

  /// All combinations, the last dimension changing fastest: every choice and every integer, and of a real range so many
  /// values from end to end. Throws ValueError for fewer than two and for more than a million combinations.
  [[nodiscard]] SearchSettings<T> grid(int points = 3) const {
    if (points < 2) throw ValueError(detail::text("qmtl: search space: points, expected at least 2, got ", points));
    SearchSettings<T> out{{base_}, columns_};
    for (const Dimension& dimension : dimensions_) {
      const std::size_t count = dimension.count > 0 ? dimension.count : static_cast<std::size_t>(points);
      if (count > most / out.values.size()) {
        throw ValueError(detail::text("qmtl: search space: grid, expected at most ", most, " combinations"));
      }
      std::vector<T> values;
      for (const T& setting : out.values) {
        for (std::size_t i = 0; i < count; ++i) {
          values.push_back(setting);
          dimension.set(values.back(), i, count);
        }
      }
      out.values = std::move(values);
    }
    return out;
  }

  /// So many settings, each drawn from all dimensions in their order. Throws ValueError for fewer than one.
  [[nodiscard]] SearchSettings<T> random(int count, Rng& rng) const {
    if (count < 1) throw ValueError(detail::text("qmtl: search space: settings, expected at least 1, got ", count));
    SearchSettings<T> out{{}, columns_};
    for (int i = 0; i < count; ++i) {
      out.values.push_back(base_);
      for (const Dimension& dimension : dimensions_) dimension.draw(out.values.back(), rng);
    }
    return out;
  }

 private:
  static constexpr std::size_t most = 1'000'000;

  struct Dimension {
    std::size_t count;                                      // of values; 0 of a real range
    std::function<void(T&, std::size_t, std::size_t)> set;  // to value i of so many
    std::function<void(T&, Rng&)> draw;
  };

  /// A number at(0) .. at(1).
  template <class At>
  SearchSpace& real(std::string name, double T::*member, const At& at) {
    const auto set = [member, at](T& setting, std::size_t i, std::size_t count) {
      setting.*member = at(static_cast<double>(i) / static_cast<double>(count - 1));
    };
    const auto draw = [member, at](T& setting, Rng& rng) { setting.*member = at(rng.uniform()); };
    return add(std::move(name), member, {0, set, draw});
  }

  template <class V, class Set>
  SearchSpace& discrete(std::string name, V T::*member, std::size_t count, const Set& set) {
    const auto place = [set](T& setting, std::size_t i, std::size_t) { set(setting, i); };
    const auto draw = [set, count](T& setting, Rng& rng) { set(setting, rng.below(count)); };
    return add(std::move(name), member, {count, place, draw});
  }

  template <class V>
  SearchSpace& add(std::string name, V T::*member, Dimension dimension) {
    dimensions_.push_back(std::move(dimension));
    columns_.push_back({std::move(name), [member](const T& setting) { return detail::setting_text(setting.*member); }});
    return *this;
  }

  T base_;
  std::vector<Dimension> dimensions_;
  std::vector<SettingColumn<T>> columns_;
};

}  // namespace qmtl::inline QMTL_ABI
