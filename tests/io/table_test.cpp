// SPDX-License-Identifier: Apache-2.0
// Tables: what RFC 4180 says, what tab-separated files hold, and errors that name the line.

#include "qmtl/io/table.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace {

using qmtl::FileError;
using qmtl::parse_table;
using qmtl::Table;
using qmtl::ValueError;
using qmtl::test::message_of;

using Strings = std::vector<std::string>;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string error_of(std::string_view content, char delimiter = ',') {
  return message_of<FileError>([&] { (void)parse_table(content, delimiter, "t.csv"); });
}

/// A field as RFC 4180 writes it when it must be quoted.
std::string in_quotes(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

TEST_CASE("columns have the names of the header") {
  const Table table = parse_table("id\tx\n1\ta b\n2\tc\n", '\t');
  CHECK(table.names() == Strings{"id", "x"});
  CHECK(table.rows() == 2);
  CHECK(table.column("id") == Strings{"1", "2"});
  CHECK(table.column("x") == Strings{"a b", "c"});
  CHECK(table.contains("x"));
  CHECK_FALSE(table.contains("X"));
  CHECK(table.line_of(1) == 3);
}

TEST_CASE("line ends, a last line without one, and a byte order mark make no difference") {
  const Table expected = parse_table("a,b\n1,2\n3,\n", ',');
  CHECK(expected.column("b") == Strings{"2", ""});
  for (const char* content : {"a,b\r\n1,2\r\n3,\r\n", "a,b\n1,2\n3,", "a,b\r\n1,2\n3,\r",
                              "\xef\xbb\xbf"
                              "a,b\n1,2\n3,\n",
                              "a,b\n1,2\n\n3,\n\n\n"}) {
    const Table table = parse_table(content, ',');
    CHECK(table.names() == expected.names());
    for (const char* name : {"a", "b"}) CHECK(table.column(name) == expected.column(name));
  }
}

TEST_CASE("a carriage return inside a line is content") {
  CHECK(parse_table("a\tb\nx\ry\tz\r\n", '\t').column("a") == Strings{"x\ry"});
}

TEST_CASE("the examples of RFC 4180, section 2") {
  const Table table = parse_table(
      "f1,f2,f3\r\n"
      "aaa,bbb,ccc\r\n"
      "\"aaa\",\"bbb\",\"ccc\"\r\n"
      "\"aaa\",\"b\r\nbb\",\"ccc\"\r\n"
      "\"aaa\",\"b\"\"bb\",\"ccc\"\r\n",
      ',');
  CHECK(table.column("f1") == Strings(4, "aaa"));
  CHECK(table.column("f2") == Strings{"bbb", "bbb", "b\r\nbb", "b\"bb"});
  CHECK(table.line_of(2) == 4);
  CHECK(table.line_of(3) == 6);  // the row before it has two lines
}

TEST_CASE("any fields survive quoting") {
  const Strings fields = {"", "\"", "\"\"", ",", "\n", "\r\n", "a\"b,c\nd", " x ", "\u00e4", "\",\""};
  std::string content = "a,b\n";
  for (const std::string& a : fields) {
    for (const std::string& b : fields) content += in_quotes(a) + "," + in_quotes(b) + "\n";
  }
  const Table table = parse_table(content, ',');
  REQUIRE(table.rows() == fields.size() * fields.size());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    CHECK(table.column("a")[i] == fields[i / fields.size()]);
    CHECK(table.column("b")[i] == fields[i % fields.size()]);
  }
}

TEST_CASE("tab-separated text has no quoting") {
  const Table table = parse_table("a\tb\n\"x\ty\"\n''\t\"\"\n", '\t');
  CHECK(table.column("a") == Strings{"\"x", "''"});
  CHECK(table.column("b") == Strings{"y\"", "\"\""});
}

TEST_CASE("a blank line is a row only where there is one column") {
  CHECK(parse_table("a\nx\n\ny\n", ',').column("a") == Strings{"x", "", "y"});
  CHECK(parse_table("a,b\n\n1,2\n\n", ',').rows() == 1);
}

TEST_CASE("a header alone is a table without rows") {
  CHECK(parse_table("a,b", ',').rows() == 0);
  CHECK(parse_table("a,b\n", ',').column("b").empty());
}

TEST_CASE("errors name the line") {
  CHECK(contains(error_of("a,b\n1,2\n3\n"), "qmtl: t.csv: line 3: expected 2 fields, got 1"));
  CHECK(contains(error_of("a,b\n\"1\n1\",2\n1,2,3\n"), "line 4: expected 2 fields, got 3"));
  CHECK(contains(error_of("a,b\n1,x\"y\n"), "line 2: expected fields quoted as in RFC 4180, got a quote inside"));
  CHECK(contains(error_of("a,b\n1,\"x\"y\n"), "line 2: expected fields quoted as in RFC 4180, got text behind"));
  CHECK(contains(error_of("a,b\n1,\"x\n\n\n"), "line 2: expected fields quoted as in RFC 4180, got a quoted field"));
  CHECK(contains(error_of(""), "expected a header line"));
  CHECK(contains(error_of("\xef\xbb\xbf"), "expected a header line"));
  CHECK(contains(error_of("a,b,a\n"), "duplicate column name 'a'"));
  CHECK(contains(error_of(std::string_view("a,b\n1,\0\n", 8)), "binary content in line 2"));
  CHECK(contains(error_of(std::string_view("\xff\xfe"
                                           "a\0\n\0",
                                           6)),
                 "UTF-16"));
}

TEST_CASE("a file cut at any byte is a table or an error") {
  const std::string content =
      "\xef\xbb\xbf"
      "a,b\r\n\"x\"\"\n\",2\r\n3,\"\"\r\n";
  for (std::size_t size = 0; size <= content.size(); ++size) {
    const std::vector<char> cut(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(size));
    try {
      const Table table = parse_table({cut.data(), cut.size()}, ',');
      CHECK(table.rows() <= 2);
    } catch (const FileError&) {
    }
  }
}

TEST_CASE("a missing column lists those there are") {
  const Table table = parse_table("split,joy\ntrain,1\n", ',', "t.csv");
  CHECK(contains(message_of<FileError>([&] { (void)table.column("anger"); }),
                 "qmtl: t.csv: no column 'anger', available: 'split', 'joy'"));
}

TEST_CASE("numbers are read in full or not at all") {
  const Table table = parse_table("r\n1\n-2.5\n+3e2\n 4 \n1e-60\ninf\nnan\n", ',');
  const auto reals = table.numeric_column<float>("r");
  REQUIRE(reals.size() == 7);
  CHECK(std::vector<float>(reals.begin(), reals.begin() + 5) == std::vector<float>{1.0f, -2.5f, 300.0f, 4.0f, 0.0f});
  CHECK(std::isinf(reals[5]));
  CHECK(std::isnan(reals[6]));
  CHECK(table.numeric_column<double>("r")[4] == 1e-60);

  CHECK(parse_table("i\n-7\n+2147483647\n", ',').numeric_column<std::int32_t>("i") ==
        std::vector<std::int32_t>{-7, 2147483647});
  CHECK(parse_table("i\n-9223372036854775808\n", ',').numeric_column<std::int64_t>("i")[0] == INT64_MIN);
}

TEST_CASE("a cell that is no number is named with its line, column and text") {
  for (const char* cell : {"x", "1x", "1 2", "0x10", "1,5", "", " ", "+-1", "--1", "1e60"}) {
    const Table table = parse_table("id\tv\n7\t1\n8\t" + std::string(cell) + "\n", '\t', "t.tsv");
    const std::string message = message_of<FileError>([&] { (void)table.numeric_column<float>("v"); });
    CHECK(message == "qmtl: t.tsv: line 3, column 'v': expected a number of 32 bits, got '" + std::string(cell) + "'");
  }
  for (const char* cell : {"1.0", "1e2", "2147483648", "nan"}) {
    const Table table = parse_table("v\n" + std::string(cell) + "\n", ',');
    CHECK(contains(message_of<FileError>([&] { (void)table.numeric_column<std::int32_t>("v"); }),
                   "line 2, column 'v': expected an integer of 32 bits, got '" + std::string(cell) + "'"));
  }
}

TEST_CASE("an empty cell is missing where the caller says what that means") {
  const Table table = parse_table("a,y\n1,\n2,1\n", ',');
  CHECK(table.numeric_column<std::int32_t>("y", -1) == std::vector<std::int32_t>{-1, 1});
  CHECK_THROWS_AS(table.numeric_column<std::int32_t>("y"), FileError);
}

TEST_CASE("the extension tells the delimiter") {
  const qmtl::test::TempDir dir;
  CHECK(qmtl::read_table(dir.write("t.csv", "a,b\n\"1,5\",2\n")).column("a") == Strings{"1,5"});
  CHECK(qmtl::read_table(dir.write("t.tsv", "a\tb\n1,5\t2\n")).column("a") == Strings{"1,5"});
  const std::string other = dir.write("t.txt", "a;b\n\"1;5\";2\n");
  CHECK(contains(message_of<ValueError>([&] { (void)qmtl::read_table(other); }), "TableOptions::delimiter"));
  CHECK(qmtl::read_table(other, {.delimiter = ';'}).column("a") == Strings{"1;5"});
  CHECK_THROWS_AS(qmtl::read_table(other, {.delimiter = ';', .max_bytes = 5}), FileError);
  CHECK_THROWS_AS(qmtl::read_table(dir / "none.csv"), FileError);
  for (const char c : {'"', '\n', '\r', '\0'}) CHECK_THROWS_AS(parse_table("a\n", c), ValueError);
}
