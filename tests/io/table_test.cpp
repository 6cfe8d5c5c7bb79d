// SPDX-License-Identifier: Apache-2.0
// Tables: what RFC 4180 says, what tab-separated files hold, and errors that name the line.

#include "qmtl/io/table.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/peak_memory.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace table_test {

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
  for (const char* content : {"a,b\r\n1,2\r\n3,\r\n", "a,b\n1,2\n3,", "a,b\r\n1,2\n3,\r", "a,b\r1,2\r3,\r",
                              "a,b\r1,2\r3,", "a,b\r\r1,2\r\r\n3,\r", "a,b\r1,2\n3,\r\n",
                              "\xef\xbb\xbf"
                              "a,b\r1,2\r3,\r",
                              "\xef\xbb\xbf"
                              "a,b\n1,2\n3,\n",
                              "a,b\n1,2\n\n3,\n\n\n"}) {
    const Table table = parse_table(content, ',');
    CHECK(table.names() == expected.names());
    for (const char* name : {"a", "b"}) CHECK(table.column(name) == expected.column(name));
  }
}

TEST_CASE("a carriage return ends a line unless it is quoted") {
  CHECK(parse_table("a\tb\rx\ty\r", '\t').column("b") == Strings{"y"});
  CHECK(parse_table("a\r\rx\r", ',').column("a") == Strings{"", "x"});
  const Table table = parse_table("a,b\r\"x\ry\",1\r\"\r\n\",2\r3,\"z\r\"", ',');
  CHECK(table.column("a") == Strings{"x\ry", "\r\n", "3"});
  CHECK(table.column("b") == Strings{"1", "2", "z\r"});
  CHECK((table.line_of(0) == 2 && table.line_of(1) == 4 && table.line_of(2) == 6));
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
  CHECK(contains(error_of("a,b\r1,2\r3\r"), "line 3: expected 2 fields, got 1"));
  CHECK(contains(error_of("a;b\n1,5;2\n"), "line 2: expected 1 fields, got 2, split at ','"));
  CHECK(contains(error_of("a,b\r1,\"x\"y\r"), "line 2: expected fields quoted as in RFC 4180, got text behind"));
  CHECK(contains(error_of(std::string_view("a,b\r1,\0\r", 8)), "binary content in line 2"));
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

TEST_CASE("numbers are the nearest of their type, down to zero and up to the largest") {
  const Table table = parse_table("r\n1e-400\n-1e-400\n4.9e-324\n2.4e-324\n1e-310\n1.7976931348623157e308\n", ',');
  const auto reals = table.numeric_column<double>("r");
  CHECK(reals == std::vector<double>{0.0, -0.0, 4.9e-324, 0.0, 1e-310, std::numeric_limits<double>::max()});
  CHECK(std::signbit(reals[1]));
  const Table narrow =
      parse_table("r\n3.4028235e+38\n-3.4028235e+38\n1e-400\n1e-45\n7e-46\n1.00000017881393432617187499\n", ',');
  const float most = std::numeric_limits<float>::max();
  const auto floats = narrow.numeric_column<float>("r");
  CHECK(std::vector<float>(floats.begin(), floats.begin() + 5) == std::vector<float>{most, -most, 0.0f, 1e-45f, 0.0f});
  CHECK(floats[5] == 1.00000011920928955078125f);  // rounded once: through double it would be a tie, and one more
  for (const char* large : {"1e400", "-1e400", "1.7976931348623159e308"}) {
    const Table bad = parse_table("v\n" + std::string(large) + "\n", ',');
    CHECK(contains(message_of<FileError>([&] { (void)bad.numeric_column<double>("v"); }), "line 2, column 'v'"));
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
  CHECK_THROWS_AS(qmtl::read_table(other, {.delimiter = ';', .limits = {.bytes = 5}}), FileError);
  CHECK_THROWS_AS(qmtl::read_table(dir / "none.csv"), FileError);
  for (const char c : {'"', '\n', '\r', '\0'}) CHECK_THROWS_AS(parse_table("a\n", c), ValueError);
}

TEST_CASE("a table within its limits is read, one beyond is refused with the limit to raise") {
  const std::string content = "a,b\n1,2\n3,4\n";
  const auto refused = [&](const qmtl::LoadLimits& limits) {
    return message_of<FileError>([&] { (void)parse_table(content, ',', "t.csv", limits); });
  };
  CHECK(parse_table(content, ',', "t.csv", {.rows = 2, .columns = 2}).rows() == 2);
  CHECK(refused({.rows = 1}) == "qmtl: t.csv: too many rows, expected at most 1 (LoadLimits::rows), got 2");
  CHECK(refused({.columns = 1}) == "qmtl: t.csv: too many columns, expected at most 1 (LoadLimits::columns), got 2");
  CHECK(contains(refused({.bytes = 200}), "expected at most 200 bytes in all (LoadLimits::bytes)"));
  const qmtl::test::TempDir dir;
  const std::string path = dir.write("t.csv", content);
  CHECK(contains(message_of<FileError>([&] { (void)qmtl::read_table(path, {.limits = {.bytes = 11}}); }),
                 "LoadLimits::bytes"));
}

TEST_CASE("a line of commas takes no more memory than its own") {
  const std::string commas(20 << 20, ',');
  const std::string behind_header = "a,b\n" + commas;
  const long before = qmtl::test::peak_memory_mib();
  CHECK(contains(error_of(commas), "too many columns, expected at most 1048576 (LoadLimits::columns)"));
  CHECK(contains(error_of(behind_header), "line 2: expected 2 fields, got 20971521"));
  CHECK(qmtl::test::peak_memory_mib() - before < 128);
}

}  // namespace table_test
