#pragma once
// SPDX-License-Identifier: Apache-2.0
// Checkpoint files of a training: written in one step, and checked on reading so that a wrong file is named for what it
// is.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/model/save.hpp"
#include "qmtl/train/optimizer.hpp"

namespace qmtl {

/// A file that holds the whole state of a training: parameters, optimizers, random engines, order of the samples,
/// position, best parameters, task weights, history. It is written at the start, after every `every_epochs` epochs and
/// `every_steps` steps (0: not by that count) and at the end, each time in one step (temporary file, fsync, rename), so
/// that a killed run leaves the checkpoint before or the one after (and beside it, if it was killed while writing, a
/// temporary file, which the next write removes).
///
/// If the file is there when a training begins, and `resume` is true, the training goes on from it and ends with the
/// same bits as one that was never interrupted (on the same machine, compiler and number of threads); one that had
/// ended gives its result at once. It must be the same training: a file of another model, initial parameters, data or
/// options is refused. Callbacks cannot be compared, and one may see the epoch again in which a run was killed. With
/// `resume` false a file that is there is replaced.
struct Checkpointing {
  std::string path{};
  int every_epochs = 1;
  int every_steps = 0;
  bool resume = true;
};

inline constexpr std::string_view checkpoint_magic = "QMTLCKPT";
inline constexpr std::uint32_t checkpoint_version = 2;

namespace detail {

// Layout, little-endian: magic[8], version u32, size of the file u64, identity (length u64, text), state, checksum u64
// (FNV-1a of all before it). The identity says of which training it is, a line a fact.

inline void validate(const Checkpointing& checkpoint) {
  if (checkpoint.path.empty()) throw ValueError("qmtl: fit: checkpoint: path, expected the name of a file, got none");
  const auto require = [](const char* name, int count) {
    if (count >= 0) return;
    throw ValueError(text("qmtl: fit: checkpoint: ", name, ", expected a number from 0, got ", count));
  };
  require("every_epochs", checkpoint.every_epochs);
  require("every_steps", checkpoint.every_steps);
}

/// Writes state. StateReader has the same functions, so that a class has one function `archive` for both directions.
class StateWriter {
 public:
  static constexpr bool reading = false;

  explicit StateWriter(ByteWriter& out) : out_(out) {}

  template <class T>
  void value(const T& v) {
    out_.put_value(v);
  }
  /// A count that is known, and the numbers.
  template <class T>
  void numbers(std::span<T> values) {
    value(static_cast<std::uint64_t>(values.size()));
    out_.put(std::span<const T>(values));
  }
  /// A list of any length, item by item through `item(T&)`.
  template <class T, class Item>
  void list(std::vector<T>& items, Item item) {
    value(static_cast<std::uint64_t>(items.size()));
    for (T& each : items) item(each);
  }
  void string(std::same_as<std::string> auto& s) { numbers(std::span<const char>(s)); }
  void rng(std::same_as<Rng> auto& engine) { value(engine.state()); }
  template <Scalar S>
  void optimizer(Optimizer<S>& optimizer) {
    value(optimizer.steps());
    numbers(optimizer.first_moment());
    numbers(optimizer.second_moment());
  }

 private:
  ByteWriter& out_;
};

/// Reads what StateWriter wrote. Throws FileError where sizes differ.
class StateReader {
 public:
  static constexpr bool reading = true;

  explicit StateReader(ByteReader& in) : in_(in) {}

  template <class T>
  void value(T& v) {
    if constexpr (std::same_as<T, bool>) {  // any other byte in a bool is undefined behaviour
      const auto byte = in_.value<std::uint8_t>();
      if (byte > 1) in_.fail(text("is damaged: expected 0 or 1 for yes or no, got ", int{byte}));
      v = byte == 1;
    } else {
      v = in_.value<T>();
    }
  }
  template <class T>
  void numbers(std::span<T> values) {
    const std::vector<T> read = sized<T>(values.size());
    for (std::size_t i = 0; i < read.size(); ++i) values[i] = read[i];
  }
  template <class T, class Item>
  void list(std::vector<T>& items, Item item) {
    const auto count = in_.value<std::uint64_t>();
    if (count > in_.left()) (void)in_.take(in_.left() + 1);
    items.assign(count, T{});
    for (T& each : items) item(each);
  }
  void string(std::same_as<std::string> auto& s) {
    const auto read = in_.values<char>(in_.value<std::uint64_t>());
    s.assign(read.begin(), read.end());
  }
  void rng(std::same_as<Rng> auto& engine) { engine = Rng(in_.value<Rng::State>()); }
  template <Scalar S>
  void optimizer(Optimizer<S>& optimizer) {
    const auto steps = in_.value<std::uint64_t>();
    const auto first = sized<S>(optimizer.first_moment().size());
    const auto second = sized<S>(optimizer.second_moment().size());
    optimizer.restore(steps, first, second);
  }

  /// Throws FileError unless what was read is possible.
  void require(bool possible, std::string_view what) const {
    if (!possible) in_.fail(text("is damaged: its ", what, " is impossible"));
  }

 private:
  template <class T>
  [[nodiscard]] std::vector<T> sized(std::size_t expected) {
    const auto count = in_.value<std::uint64_t>();
    if (count != expected) in_.fail(text("is damaged: expected ", expected, " numbers, got ", count));
    return in_.values<T>(expected);
  }

  ByteReader& in_;
};

/// Replaces the file by one with the state that `archive(StateWriter&)` writes. Throws FileError.
template <class Archive>
void write_checkpoint(const std::string& path, std::string_view identity, Archive archive) {
  ByteWriter out;
  out.put(std::span<const char>(checkpoint_magic));
  out.put_value(checkpoint_version);
  const std::size_t size_at = out.bytes().size();
  out.put_value(std::uint64_t{0});
  out.put_value<std::uint64_t>(identity.size());
  out.put(std::span<const char>(identity));
  StateWriter writer(out);
  archive(writer);
  out.replace<std::uint64_t>(size_at, out.bytes().size() + sizeof(std::uint64_t));
  out.put_value(fnv1a(out.bytes()));
  write_file_atomically(path, out.bytes());
}

/// Throws FileError unless the bytes are a whole, undamaged checkpoint; returns a reader of what comes after the size.
[[nodiscard]] inline ByteReader open_checkpoint(std::span<const std::byte> bytes, std::string_view path) {
  ByteReader reader(bytes, "checkpoint", path);
  const std::size_t count = std::min(checkpoint_magic.size(), bytes.size());
  if (std::memcmp(bytes.data(), checkpoint_magic.data(), count) != 0) {
    reader.fail(text("is not a qmtl checkpoint: it does not start with ", checkpoint_magic));
  }
  (void)reader.take(checkpoint_magic.size());
  const auto version = reader.value<std::uint32_t>();
  if (version != checkpoint_version) {
    reader.fail(text("has format version ", version, ", expected ", checkpoint_version));
  }
  const auto size = reader.value<std::uint64_t>();
  if (size != bytes.size()) {
    reader.fail(
        text("is ", size > bytes.size() ? "truncated" : "damaged", ": expected ", size, " bytes, got ", bytes.size()));
  }
  const auto body = bytes.first(bytes.size() - sizeof(std::uint64_t));
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.data() + body.size(), sizeof stored);
  if (stored != fnv1a(body)) reader.fail("is damaged: its checksum does not match its contents");
  return reader;
}

/// Restores through `archive(StateReader&)`. Throws FileError for a file that is foreign, truncated, damaged, or of a
/// training with another identity, before `archive` is called, and later for one whose state is impossible.
template <class Archive>
void read_checkpoint(const std::string& path, std::string_view identity, Archive archive) {
  const std::vector<std::byte> bytes = read_file(path, std::size_t{1} << 36);
  ByteReader in = open_checkpoint(bytes, path);
  StateReader reader(in);
  std::string theirs;
  reader.string(theirs);
  const auto [file, expected] = first_difference(theirs, identity);
  if (file != expected) {
    in.fail(text("is of another training: it has \"", file, "\", expected \"", expected, "\""));
  }
  archive(reader);
  if (in.left() != sizeof(std::uint64_t)) in.fail("is damaged: bytes are left behind its end");
}

}  // namespace detail
}  // namespace qmtl
