#pragma once
// SPDX-License-Identifier: Apache-2.0
// JSON from a source that is not trusted (nlohmann-json): its depth and memory limited, names once in an object, and
// errors that say which field.

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/record_reader.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Takes the events of nlohmann-json's parser and makes a value of them.
class JsonBuilder {
 public:
  using Json = nlohmann::json;

  static constexpr std::size_t max_depth = 32;

  JsonBuilder(std::string_view content, std::string_view where, LoadBudget& budget)
      : content_(content), where_(where), budget_(&budget) {}

  [[nodiscard]] Json result() && { return std::move(root_); }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& value) {
    budget_->take(value.size(), where_);
    return add(std::move(value));
  }
  bool binary(Json::binary_t&) { return false; }  // text has none
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    budget_->take(name.size(), where_);
    Level& level = levels_.back();
    const auto [entry, is_new] = level.value->emplace(std::move(name), nullptr);
    level.name = &entry.key();
    level.entry = &*entry;
    if (!is_new) fail(path(), "expected once, got it twice");
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const Json::exception& error) {
    constexpr int out_of_range = 406;
    const std::size_t line = count_line_ends(content_.substr(0, position)) + 1;
    const std::string_view expected = error.id == out_of_range ? "a number that a double can hold" : "JSON";
    throw FileError(text("qmtl: ", where_, ": line ", line, ": expected ", expected, ", got ", in_quotes(token)));
  }

 private:
  /// An array or object that has begun, and the last name in it with its entry.
  struct Level {
    Json* value;
    const std::string* name = nullptr;
    Json* entry = nullptr;
  };

  /// What a value takes beside its text, with its node in an object.
  static constexpr std::uint64_t value_bytes = 128;

  [[noreturn]] void fail(std::string_view field, std::string_view what) const {
    throw FileError(text("qmtl: ", where_, ": field ", in_quotes(field), ": ", what));
  }

  [[nodiscard]] std::string path() const {
    std::string out;
    for (const Level& level : levels_) {
      const bool innermost = &level == &levels_.back();  // whose next entry is not in it yet
      out += level.value->is_array() ? text('[', level.value->size() - (innermost ? 0 : 1), ']')
                                     : text(out.empty() ? "" : ".", *level.name);
    }
    return out;
  }

  Json& place(Json value) {
    budget_->take(value_bytes, where_);
    if (levels_.empty()) return root_ = std::move(value);
    const Level& parent = levels_.back();
    if (parent.entry != nullptr) return *parent.entry = std::move(value);
    parent.value->push_back(std::move(value));
    return parent.value->back();
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (levels_.size() == max_depth) fail(path(), text("expected at most ", max_depth, " levels, got more"));
    levels_.push_back({&place(std::move(value))});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  std::string_view content_, where_;
  LoadBudget* budget_;
  Json root_;
  std::vector<Level> levels_;
};

/// The value that a text spells. Throws FileError, beginning "qmtl: <where>: ", for what is no JSON, has a name twice
/// in an object, numbers that no double holds, more than 32 levels or more values than the budget has memory for.
[[nodiscard]] inline nlohmann::json parse_json(std::string_view content, std::string_view where, LoadBudget& budget) {
  JsonBuilder builder(content, where, budget);
  nlohmann::json::sax_parse(content.begin(), content.end(), &builder);
  return std::move(builder).result();
}

/// A value in a JSON file, and the way to it for messages: "gates[3].parameters[0].value". Both texts must outlive it.
class JsonField {
 public:
  using Json = nlohmann::json;

  JsonField(const Json& root, std::string_view where) : value_(&root), where_(where) {}

  /// The entry of an object, or nothing where it is missing or null. Throws FileError unless it is an object.
  [[nodiscard]] std::optional<JsonField> find(std::string_view name) const {
    if (!value_->is_object()) fail("an object");
    const auto found = value_->find(name);
    if (found == value_->end() || found->is_null()) return std::nullopt;
    return step({name, 0}, *found);
  }
  /// The same of one that must be there.
  [[nodiscard]] JsonField at(std::string_view name) const {
    const auto found = find(name);
    if (!found) step({name, 0}, *value_).fail_missing();
    return *found;
  }

  /// Entries of an array. Throws FileError unless it is one.
  [[nodiscard]] std::size_t size() const {
    if (!value_->is_array()) fail("an array");
    return value_->size();
  }
  /// Entry i < size().
  [[nodiscard]] JsonField operator[](std::size_t i) const { return step({{}, i}, (*value_)[i]); }

  [[nodiscard]] const std::string& string() const {
    if (!value_->is_string()) fail("a text");
    return value_->get_ref<const std::string&>();
  }
  [[nodiscard]] double number() const {
    if (!value_->is_number()) fail("a number");
    return value_->get<double>();
  }
  /// An integer from 0 to `last`; with -1 there is none.
  [[nodiscard]] int index(int last) const {
    if (last < 0) fail("none, as there are no others that it could name");
    if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > static_cast<std::uint64_t>(last)) {
      fail(text("an integer from 0 to ", last));
    }
    return value_->get<int>();
  }

  /// Throws FileError: "qmtl: <where>: field 'gates[3].gate': expected <expected>, got 'x'".
  [[noreturn]] void fail(std::string_view expected) const {
    throw FileError(text("qmtl: ", where_, ": ", field(), "expected ", expected, ", got ", shown()));
  }

 private:
  /// A name in an object or, without one, a position in an array.
  struct Step {
    std::string_view name{};
    std::size_t index = 0;
  };

  [[nodiscard]] JsonField step(Step next, const Json& value) const {
    JsonField out = *this;
    out.value_ = &value;
    out.steps_.at(out.depth_++) = next;
    return out;
  }
  [[noreturn]] void fail_missing() const {
    throw FileError(text("qmtl: ", where_, ": ", field(), "expected it, got none"));
  }
  /// "field 'gates[3].gate': ", or nothing for all of the file.
  [[nodiscard]] std::string field() const {
    std::string out;
    for (std::size_t i = 0; i < depth_; ++i) {
      const auto& [name, index] = steps_[i];
      out += name.empty() ? text('[', index, ']') : text(out.empty() ? "" : ".", name);
    }
    return depth_ == 0 ? "" : text("field ", in_quotes(out), ": ");
  }
  [[nodiscard]] std::string shown() const {
    if (value_->is_string()) return in_quotes(string());
    if (value_->is_structured()) return value_->is_array() ? "an array" : "an object";
    return value_->dump();
  }

  const Json* value_;
  std::string_view where_;
  std::array<Step, 8> steps_{};
  std::size_t depth_ = 0;
};

}  // namespace qmtl::inline QMTL_ABI::detail
