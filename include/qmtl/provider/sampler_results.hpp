#pragma once
// SPDX-License-Identifier: Apache-2.0
// Results of IBM's sampler, version 2, in all of the forms in which they are written as JSON.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/hardware/circuit_result.hpp"
#include "qmtl/io/json_text.hpp"
#include "qmtl/io/npy.hpp"
#include "qmtl/provider/base64.hpp"
#include "qmtl/provider/http.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// Whether a successful answer that has a body is JSON from its first to its last byte.
[[nodiscard]] inline bool is_whole_json(const HttpResponse& answer) {
  return answer.status < 200 || answer.status > 203 || nlohmann::json::accept(answer.body);
}

/// The value of an outcome as text: "0x1f", "0b101", or bits "10 1", whose last is bit 0. Throws FileError for other
/// text and for a value that has not so many bits.
[[nodiscard]] inline std::uint64_t outcome_value(std::string_view outcome, int bits, std::string_view where) {
  const bool hexadecimal = outcome.starts_with("0x") || outcome.starts_with("0X");
  const bool binary = outcome.starts_with("0b") || outcome.starts_with("0B");
  const unsigned base = hexadecimal ? 16 : 2;
  const std::string_view digits = outcome.substr(hexadecimal || binary ? 2 : 0);
  std::uint64_t value = 0;
  bool good = digits.find_first_not_of(' ') != std::string_view::npos;
  for (const char c : digits) {
    if (c == ' ' && !hexadecimal) continue;
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                  : 99u;
    good = good && digit < base && value <= (~std::uint64_t{0} - digit) / base;
    if (!good) break;
    value = base * value + digit;
  }
  if (!good || (bits < 64 && value >> bits != 0)) {
    throw FileError(text("qmtl: ", where, ": expected an outcome of ", bits, " bits, got ", in_quotes(outcome)));
  }
  return value;
}

/// The value in a wrapper {"__type__": ..., "__value__": ...}, or the value itself.
[[nodiscard]] inline const nlohmann::json& unwrapped(const nlohmann::json& value) {
  const nlohmann::json* at = &value;
  while (at->is_object() && at->contains("__type__") && at->contains("__value__")) at = &(*at)["__value__"];
  return *at;
}

/// Reads the counts of a circuit's registers.
class SamplerItemReader {
 public:
  SamplerItemReader(const Program& circuit, std::string where, const LoadLimits& limits)
      : circuit_(&circuit), where_(std::move(where)), limits_(limits) {}

  /// Of an item of the results. Throws FileError, which names item and register.
  [[nodiscard]] CircuitResult read(const nlohmann::json& item_in) const {
    const auto& item = unwrapped(item_in);
    if (item.is_object() && item.contains("error")) {
      return failed_result(item["error"].is_string() ? in_quotes(item["error"].get_ref<const std::string&>())
                                                     : "the service reports an error");
    }
    const auto& data = data_of(item, where_);
    CircuitResult out;
    for (const auto& r : circuit_->registers()) {
      const std::string where = text(where_, ", register '", r.name, "'");
      const auto found = data.find(r.name);
      if (found == data.end()) throw FileError(text("qmtl: ", where, ": expected it, got none"));
      out.registers.push_back(counts(unwrapped(*found), r.bits, where));
    }
    return out;
  }

  /// Whether an item has the register of a name.
  [[nodiscard]] static bool has_register(const nlohmann::json& item_in, const std::string& name) {
    const auto& item = unwrapped(item_in);
    if (!item.is_object() || !item.contains("data")) return false;
    const auto& data = unwrapped(item["data"]);
    const auto& fields = data.is_object() && data.contains("fields") ? unwrapped(data["fields"]) : data;
    return fields.is_object() && fields.contains(name);
  }

 private:
  [[nodiscard]] static const nlohmann::json& data_of(const nlohmann::json& item, std::string_view where) {
    (void)JsonField(item, where).at("data");
    const auto& data = unwrapped(item["data"]);
    (void)JsonField(data, where).find("fields");  // an object
    const auto& fields = data.contains("fields") ? unwrapped(data["fields"]) : data;
    if (!fields.is_object()) JsonField(fields, where).fail("registers by their names");
    return fields;
  }

  [[nodiscard]] RegisterCounts counts(const nlohmann::json& value, int bits, const std::string& where) const {
    const JsonField field(value, where);
    if (const auto width = field.find("num_bits"); width && width->index(1 << 20) != bits) {
      width->fail(text(bits, ", the circuit's bits"));
    }
    if (const auto samples = field.find("samples")) return of_samples(*samples, bits, where);
    if (const auto table = field.find("counts")) return of_counts(unwrapped(value["counts"]), bits, where);
    if (field.find("array")) return of_array(unwrapped(value["array"]), bits, where);
    field.fail("'samples', 'counts' or 'array'");
  }

  [[nodiscard]] static RegisterCounts of_samples(const JsonField& samples, int bits, const std::string& where) {
    RegisterCounts out;
    for (std::size_t i = 0; i < samples.size(); ++i) ++out[outcome_value(samples[i].string(), bits, where)];
    return out;
  }

  [[nodiscard]] static RegisterCounts of_counts(const nlohmann::json& table, int bits, const std::string& where) {
    if (!table.is_object()) JsonField(table, where).fail("counts by their outcomes");
    RegisterCounts out;
    for (const auto& [outcome, count] : table.items()) {
      constexpr std::int64_t most = std::int64_t{1} << 53;
      std::int64_t& sum = out[outcome_value(outcome, bits, where)];
      if (!count.is_number_unsigned() || count.get<std::uint64_t>() > static_cast<std::uint64_t>(most - sum)) {
        JsonField(count, where).fail("a count from 0 to 2^53");
      }
      sum += count.get<std::int64_t>();
    }
    return out;
  }

  /// Bytes of the outcomes, (..., shots, bytes), an outcome's first byte having its highest bits.
  [[nodiscard]] RegisterCounts of_array(const nlohmann::json& value, int bits, const std::string& where) const {
    const std::string& packed = JsonField(value, where).string();
    const auto bytes = decode_base64(packed, where);
    const auto most = static_cast<double>(bytes.size()) * limits_.ratio + static_cast<double>(limits_.ratio_free_bytes);
    const auto bound = std::min(static_cast<double>(limits_.bytes), most);
    NpyArray array = parse_npy(inflate(bytes, static_cast<std::size_t>(bound), where), where);
    const std::size_t width = (static_cast<std::size_t>(bits) + 7) / 8;
    const auto& shape = array.shape;
    if (array.dtype != DType::u8 || shape.size() < 2 || shape.back() != width ||
        (array.fortran_order && shape.size() > 2)) {
      throw FileError(text("qmtl: ", where, ": expected |u1 of shape (shots, ", width, "), got ",
                           dtype_name(array.dtype, array.unicode_length), " of shape ", shape_text(shape)));
    }
    const std::size_t shots = checked_count(array, where) / width;
    const std::size_t across = array.fortran_order ? shots : 1, down = array.fortran_order ? 1 : width;
    RegisterCounts out;
    for (std::size_t s = 0; s < shots; ++s) {
      std::uint64_t outcome = 0;
      for (std::size_t b = 0; b < width; ++b) {
        outcome = outcome << 8 | std::to_integer<std::uint64_t>(array.data[s * down + b * across]);
      }
      if (bits < 64 && outcome >> bits != 0) {
        throw FileError(text("qmtl: ", where, ": expected outcomes of ", bits, " bits, got ", outcome));
      }
      ++out[outcome];
    }
    return out;
  }

  const Program* circuit_;
  std::string where_;
  LoadLimits limits_;
};

/// The items of the results, whatever they are wrapped in.
[[nodiscard]] inline const nlohmann::json& sampler_items(const nlohmann::json& root, std::string_view where) {
  const auto& result = unwrapped(root);
  const JsonField field(result, where);
  const char* name = field.find("pub_results") ? "pub_results" : "results";
  (void)field.at(name).size();
  return result[name];
}

}  // namespace detail

/// What results may take of memory.
inline constexpr LoadLimits result_limits{.bytes = std::uint64_t{2} << 30};

/// The results of circuits, from JSON as the service writes it: {"results": [{"data": {"register": {"samples": ["0x1",
/// ...], "num_bits": 2}}}]}; "counts" by hexadecimal or bit strings in place of samples; or IBM's typed JSON
/// ({"__type__": "PrimitiveResult", "__value__": {"pub_results": ...}}), whose bit arrays are .npy files, packed by
/// zlib, in base64. Item i is circuit i's; if it has other registers, the one that has the circuit's is taken. An item
/// that cannot be read, is missing or reports an error is a failed result, which says why, next to those that are
/// whole. Throws FileError for what is no such JSON, or has more items than circuits.
[[nodiscard]] inline std::vector<CircuitResult> read_sampler_results(std::string_view json,
                                                                     std::span<const Program> circuits,
                                                                     const LoadLimits& limits = result_limits) {
  constexpr std::string_view where = "sampler results";
  detail::LoadBudget budget(limits);
  budget.take(json.size(), where);
  const nlohmann::json root = detail::parse_json(json, where, budget);
  const auto& items = detail::sampler_items(root, where);
  if (items.size() > circuits.size()) {
    throw FileError(detail::text("qmtl: ", where, ": expected ", circuits.size(), " items, got ", items.size()));
  }
  std::vector<CircuitResult> out;
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    const std::string item_name = detail::text(where, ", item ", c);
    const std::span<const ClassicalRegister> registers = circuits[c].registers();
    if (registers.empty()) throw CircuitError(detail::text("qmtl: ", item_name, ": its circuit measures nothing"));
    const std::string& name = registers.front().name;
    const auto has = [&](const nlohmann::json& item) { return detail::SamplerItemReader::has_register(item, name); };
    auto item = c < items.size() ? items.begin() + static_cast<std::ptrdiff_t>(c) : items.end();
    for (std::size_t k = 0; k < items.size() && (item == items.end() || !has(*item)); ++k) {
      if (has(items[k]) && circuits[k].find_register(name) < 0) item = items.begin() + static_cast<std::ptrdiff_t>(k);
    }
    if (item == items.end()) {
      out.push_back(failed_result(detail::text(item_name, ": expected it, got none")));
      continue;
    }
    try {
      out.push_back(detail::SamplerItemReader(circuits[c], item_name, limits).read(*item));
    } catch (const Error& error) {
      out.push_back(failed_result(error.what()));
    }
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
