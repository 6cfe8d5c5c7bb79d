// SPDX-License-Identifier: Apache-2.0
// parse_table and its columns. An input is a byte that chooses the delimiter, and the text.

#include "qmtl/io/table.hpp"

#include "fuzz/fuzz.hpp"

namespace qmtl::fuzz {
namespace {

constexpr LoadLimits limits = {.rows = 32, .columns = 8};
constexpr std::string_view delimiters = ",\t; ";

void append_quoted(std::string& out, std::string_view cell) {
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

/// The table with commas and every cell in quotes.
[[nodiscard]] std::string quoted(const Table& table) {
  std::string out;
  std::vector<std::vector<std::string>> columns;
  for (const std::string& name : table.names()) columns.push_back(table.column(name));
  const auto end = [&](std::size_t column) { out += column + 1 < columns.size() ? ',' : '\n'; };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    append_quoted(out, table.names()[i]);
    end(i);
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      append_quoted(out, columns[i][row]);
      end(i);
    }
  }
  return out;
}

void check_columns(const Table& table) {
  for (const std::string& name : table.names()) {
    require(table.contains(name), "a table contains its columns");
    require(table.column(name).size() == table.rows(), "columns are as long as the table");
  }
  for (std::size_t row = 1; row < table.rows(); ++row) {
    require(table.line_of(row) > table.line_of(row - 1), "rows begin on lines in order");
  }
}

template <TableNumber S>
void check_numbers(const Table& table, const std::string& name) {
  (void)accepts(
      [&] { require(table.numeric_column<S>(name, S(-1)).size() == table.rows(), "numbers are as many as rows"); });
}

void check_same(const Table& table, const Table& again) {
  require(again.names() == table.names() && again.rows() == table.rows(), "a table has its size after a round trip");
  for (const std::string& name : table.names()) {
    require(again.column(name) == table.column(name), "cells are the same after a round trip");
  }
}

}  // namespace

void check(BytesView input) {
  Decisions decisions(input);
  const char delimiter = delimiters[decisions.byte() % delimiters.size()];
  (void)accepts([&] {
    const Table table = parse_table(as_text(decisions.rest()), delimiter, "table", limits);
    require(table.rows() <= limits.rows && table.names().size() <= limits.columns, "limits are kept");
    check_columns(table);
    check_numbers<double>(table, table.names().front());
    check_numbers<std::int32_t>(table, table.names().back());
    bool accepted = accepts([&] { check_same(table, parse_table(quoted(table), ',')); });
    require(accepted, "what is written in quotes is accepted");
  });
}

std::vector<Bytes> seeds() {
  constexpr std::string_view texts[] = {"a,b\n1,2\n", "a\tb\r\n1\tx\"y\r\n",
                                        "a\n\n1\n",   "\xef\xbb\xbf\"a\"\"b\",c\n\"x\ny\",\n",
                                        "a,b\r1,2\r", "id;score\n1;-0.5\n2;1e-400"};
  std::vector<Bytes> out;
  for (const std::string_view text : texts) {
    const std::byte decision{static_cast<unsigned char>(text.find('\t') < text.size()  ? 1
                                                        : text.find(';') < text.size() ? 2
                                                                                       : 0)};
    out.push_back(joined({{&decision, 1}, as_bytes(text)}));
  }
  return out;
}

}  // namespace qmtl::fuzz
