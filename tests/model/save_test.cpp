// SPDX-License-Identifier: Apache-2.0
// Model files: what goes in comes out to the bit, the layout is the documented one, and no damage goes unnoticed.

#include "qmtl/model/save.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace save_test {

using namespace qmtl;
using qmtl::test::message_of;
using qmtl::test::TempDir;

using A = Task<"a", RotationBlock<2>, Window<0, 2>, BinaryReadout<TrainableScale<3>>>;
using B = Task<"b", IdentityBlock<1>, Window<1, 1>, Binary>;
template <class S>
using Quantum = QmtlModel<BasicMlp<S, Tanh, 3, 2>, AngleEncoding<2>, A, B>;
using Model = Quantum<double>;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A model whose every parameter is its own.
template <class M>
M trained(bool standardised, std::uint64_t seed = 5) {
  using S = typename M::Scalar;
  M model{Seed{seed}};
  Rng rng(Seed{seed});
  for (S& p : model.backbone().parameters()) p = static_cast<S>(rng.normal());
  for (S& p : model.head_weights()) p = static_cast<S>(rng.normal());
  if (standardised) {
    Batch<S> x(model.input_size(), 6);
    for (S& value : x.reshaped()) value = static_cast<S>(3.0 + 2.0 * rng.normal());
    Standardizer<S> standardizer;
    standardizer.fit(x);
    model.set_standardizer(standardizer);
  }
  return model;
}

template <class M>
bool same_bits(const M& a, const M& b) {
  const auto equal = [](auto x, auto y) {
    return x.size() == y.size() && (x.empty() || std::memcmp(x.data(), y.data(), x.size_bytes()) == 0);
  };
  return equal(a.backbone().parameters(), b.backbone().parameters()) && equal(a.head_weights(), b.head_weights()) &&
         equal(a.standardizer().mean(), b.standardizer().mean()) &&
         equal(a.standardizer().scale(), b.standardizer().scale()) &&
         equal(a.target_scaler().centre(), b.target_scaler().centre()) &&
         equal(a.target_scaler().spread(), b.target_scaler().spread());
}

// The layout written a second time, byte by byte.

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}
void put_numbers(std::string& out, std::span<const double> values) {
  for (const double v : values) put(out, std::bit_cast<std::uint64_t>(v), 8);
}
void put_numbers(std::string& out, std::span<const float> values) {
  for (const float v : values) put(out, std::bit_cast<std::uint32_t>(v), 4);
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::string with_checksum(std::string body) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : body) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211u;
  }
  put(body, hash, 8);
  return body;
}

/// What a file says; the defaults are those of a right one.
struct FileFields {
  std::string magic = "QMTLMODL";
  std::uint32_t version = 2;
  std::string text;
  std::array<std::uint64_t, 4> counts{};
  std::array<std::vector<double>, 6> numbers;

  explicit FileFields(const Model& model)
      : text(model.describe()),
        counts{model.backbone_parameters(), model.head_weights().size(), model.standardizer().mean().size(),
               model.target_scaler().tasks()} {
    const auto copy = [](std::span<const double> values) { return std::vector<double>(values.begin(), values.end()); };
    numbers = {copy(model.backbone().parameters()),  copy(model.head_weights()),
               copy(model.standardizer().mean()),    copy(model.standardizer().scale()),
               copy(model.target_scaler().centre()), copy(model.target_scaler().spread())};
  }
  [[nodiscard]] std::string bytes() const {
    std::string out = magic;
    put(out, version, 4);
    put(out, text.size(), 4);
    out += text;
    for (std::size_t i = 0; i < (version == 1 ? 3 : counts.size()); ++i) put(out, counts[i], 8);
    for (const auto& values : numbers) put_numbers(out, values);
    return with_checksum(out);
  }
};

TEMPLATE_TEST_CASE("a model comes back to the bit, with and without standardisation", "", Quantum<double>,
                   Quantum<float>, (LinearModel<Mlp<3, 2>, A, B>), (QmtlModel<Frozen<2, float>, AngleEncoding<2>, A>)) {
  const TempDir dir;
  for (const bool standardised : {false, true}) {
    const auto model = trained<TestType>(standardised);
    save_model(model, dir / "model");
    auto loaded = trained<TestType>(!standardised, 99);
    CHECK(!same_bits(loaded, model));
    load_model(loaded, dir / "model");
    CHECK(same_bits(loaded, model));
    CHECK(loaded.standardizer().empty() == !standardised);
    CHECK(dir.files() == 1);
  }
}

TEST_CASE("a model file has the documented layout, little-endian") {
  const TempDir dir;
  const auto model = trained<Model>(true);
  save_model(model, dir / "double");
  CHECK(content(dir / "double") == FileFields(model).bytes());

  const auto narrow = trained<Quantum<float>>(false);
  save_model(narrow, dir / "float");
  const std::string text = narrow.describe();
  std::string expected = "QMTLMODL";
  put(expected, 2, 4);
  put(expected, text.size(), 4);
  expected += text;
  put(expected, narrow.backbone_parameters(), 8);
  put(expected, narrow.head_weights().size(), 8);
  put(expected, 0, 8);  // standardised features
  put(expected, 0, 8);  // targets
  put_numbers(expected, narrow.backbone().parameters());
  put_numbers(expected, narrow.head_weights());
  CHECK(content(dir / "float") == with_checksum(expected));
}

TEST_CASE("saving replaces a file, and leaves nothing where it cannot save") {
  const TempDir dir;
  dir.write("model", "something else, and longer than any model" + std::string(5000, '.'));
  const auto model = trained<Model>(true);
  save_model(model, dir / "model");
  CHECK(content(dir / "model") == FileFields(model).bytes());
  CHECK(dir.files() == 1);
  CHECK(message_of<FileError>([&] { save_model(model, dir / "missing/model"); }).find("missing") != std::string::npos);
  CHECK(dir.files() == 1);
}

/// The message of loading `bytes`, which must fail and leave the model as it was.
std::string refused(const TempDir& dir, const std::string& bytes) {
  const std::string path = dir.write("refused", bytes);
  auto model = trained<Model>(true, 31);
  const auto before = model;
  std::string message = message_of<FileError>([&] { load_model(model, path); });
  CHECK(same_bits(model, before));
  CHECK(message.find(path) != std::string::npos);
  return message.replace(message.find(path), path.size(), "F");
}

TEST_CASE("a file cut short anywhere is refused, and so is one with bytes behind its end") {
  const TempDir dir;
  const std::string whole = FileFields(trained<Model>(true)).bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = refused(dir, whole.substr(0, size));
    CHECK(message.find("truncated") != std::string::npos);
  }
  CHECK(refused(dir, whole + "more") == "qmtl: load_model: 'F' is too large, expected at most " +
                                            std::to_string(whole.size()) + " bytes, got " +
                                            std::to_string(whole.size() + 4));
}

TEST_CASE("any byte that changed is noticed") {
  const TempDir dir;
  const std::string whole = FileFields(trained<Model>(true)).bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ mask);
      INFO("byte " << i);
      refused(dir, damaged);
    }
  }
  std::string damaged = whole;
  damaged[whole.size() - 20] = static_cast<char>(damaged[whole.size() - 20] ^ 1);
  CHECK(refused(dir, damaged) == "qmtl: load_model: 'F' is damaged: its checksum does not match its contents");
}

TEST_CASE("a file that is something else is named for what it is") {
  const TempDir dir;
  FileFields fields(trained<Model>(true));
  CHECK(refused(dir, "PK\x03\x04 a zip archive") ==
        "qmtl: load_model: 'F' is not a qmtl model file: it does not start with QMTLMODL");
  CHECK(refused(dir, "") == "qmtl: load_model: 'F' is truncated: expected 1 more bytes, got 0");
  for (const std::uint32_t version : {0u, 3u}) {
    fields.version = version;
    CHECK(refused(dir, fields.bytes()) ==
          detail::text("qmtl: load_model: 'F' has format version ", version, ", expected 1 to 2"));
  }
  auto model = trained<Model>(true);
  CHECK(message_of<FileError>([&] { load_model(model, dir / "nowhere"); }).find("nowhere") != std::string::npos);
}

TEST_CASE("the header is judged before what follows is read, and the model bounds what may follow") {
  const TempDir dir;
  const auto with_hole = [&](const std::string& start) {  // 64 GiB, of which the disk holds the start
    const std::string path = dir.write("huge", start);
    std::filesystem::resize_file(path, std::uintmax_t{1} << 36);
    auto model = trained<Model>(true, 31);
    return message_of<FileError>([&] { load_model(model, path); });
  };
  FileFields fields(trained<Model>(true));
  const std::string expected = "expected at most " + std::to_string(fields.bytes().size()) + " bytes, got 68719476736";
  CHECK(with_hole("PK\x03\x04").find("is not a qmtl model file") != std::string::npos);
  CHECK(with_hole(fields.bytes()).find(expected) != std::string::npos);
  std::string text_without_end = fields.bytes();
  text_without_end.replace(12, 4, "\xff\xff\xff\xff");
  CHECK(with_hole(text_without_end).find("architecture has 4294967295 bytes, expected at most") != std::string::npos);
  fields.text.replace(0, 9, "scalar 99");
  CHECK(with_hole(fields.bytes()).find("it has \"scalar 99 bits\"") != std::string::npos);
}

TEST_CASE("a model that could not be loaded is not saved, and the file that is there stays") {
  const TempDir dir;
  const auto good = trained<Model>(true);
  save_model(good, dir / "model");
  const auto refusal = [&](auto spoil) {
    auto model = good;
    spoil(model);
    std::string message = message_of<NumericalError>([&] { save_model(model, dir / "model"); });
    auto loaded = trained<Model>(false, 31);
    load_model(loaded, dir / "model");
    CHECK(same_bits(loaded, good));
    CHECK(dir.files() == 1);
    return message.replace(message.find(dir / "model"), (dir / "model").size(), "F");
  };
  const std::string start = "qmtl: save_model: 'F' is not written: ";
  CHECK(refusal([](Model& m) { m.backbone().parameters()[7] = std::nan(""); }) ==
        start + "backbone parameter 7 of the model is not finite");
  CHECK(refusal([](Model& m) { m.head_weights()[3] = HUGE_VAL; }) ==
        start + "head parameter 3 of the model is not finite");
}

/// The message of loading a file of another model into this one.
template <class Other>
std::string other_model(const TempDir& dir) {
  save_model(trained<Other>(false), dir / "other");
  return refused(dir, content(dir / "other"));
}

TEST_CASE("the file of another model is refused, with the line that differs") {
  const TempDir dir;
  const std::string start = "qmtl: load_model: 'F' holds another model: it has \"";
  CHECK(other_model<Quantum<float>>(dir) == start + "scalar 32 bits\", expected \"scalar 64 bits\"");
  CHECK(other_model<QmtlModel<Mlp<3, 4, 2>, AngleEncoding<2>, A, B>>(dir) ==
        start + "mlp 3-4-2 tanh\", expected \"" + describe_backbone(Mlp<3, 2>()) + "\"");
  CHECK(other_model<QmtlModel<Mlp<3, 2>, AngleEncoding<2, Axis::X>, A, B>>(dir).find("angle encoding RX") !=
        std::string::npos);
  CHECK(other_model<QmtlModel<Mlp<3, 2>, WithSquash<AngleEncoding<2>, FullTanh>, A, B>>(dir).find("pi tanh z") !=
        std::string::npos);
  using Turned = Task<"a", RotationBlock<2>, Qubits<1, 0>, BinaryReadout<TrainableScale<3>>>;
  const std::string turned = other_model<QmtlModel<Mlp<3, 2>, AngleEncoding<2>, Turned, B>>(dir);
  CHECK(turned.find("it has \"task a: " + Turned::describe()) != std::string::npos);
  CHECK(turned.find("expected \"task a: " + A::describe()) != std::string::npos);
  CHECK(other_model<QmtlModel<Mlp<3, 2>, AngleEncoding<2>, A>>(dir) ==
        start + "nothing\", expected \"task b: " + B::describe() + "\"");
  CHECK(other_model<LinearModel<Mlp<3, 2>, A, B>>(dir).find("it has \"linear head on 2 features\"") !=
        std::string::npos);
}

TEST_CASE("a linear model of a real target is not one of two classes, though its numbers are as many") {
  const TempDir dir;
  using Real = Task<"a", IdentityBlock<1>, Window<0, 1>, Regression<>>;
  using Two = Task<"a", IdentityBlock<1>, Window<0, 1>, Binary>;
  save_model(trained<LinearModel<Mlp<3, 2>, Real>>(false), dir / "real");
  auto model = trained<LinearModel<Mlp<3, 2>, Two>>(false, 31);
  const std::string message = message_of<FileError>([&] { load_model(model, dir / "real"); });
  CHECK(message.find("it has \"task a: real\", expected \"task a: binary\"") != std::string::npos);
}

TEST_CASE("counts that do not fit are refused before anything is read by them") {
  const TempDir dir;
  const std::string start = "qmtl: load_model: 'F' holds another model: it has ";
  const FileFields right(trained<Model>(true));
  const auto with_count = [&](std::size_t which, std::uint64_t count) {
    FileFields fields = right;
    fields.counts[which] = count;
    return refused(dir, fields.bytes());
  };
  CHECK(with_count(0, 9) == start + "9 backbone parameters, expected 8");
  CHECK(with_count(0, ~std::uint64_t{0}) == start + "18446744073709551615 backbone parameters, expected 8");
  CHECK(with_count(1, 0) == start + "0 head parameters, expected 5");
  CHECK(with_count(2, 2) == start + "2 standardised features, expected 3");
  CHECK(with_count(2, std::uint64_t{1} << 61) == start + "2305843009213693952 standardised features, expected 3");
}

TEST_CASE("a number that is not finite is refused even under a right checksum") {
  const TempDir dir;
  const FileFields right(trained<Model>(true));
  const auto with_number = [&](std::size_t which, std::size_t i, double value) {
    FileFields fields = right;
    fields.numbers[which][i] = value;
    return refused(dir, fields.bytes());
  };
  CHECK(with_number(0, 7, std::nan("")) == "qmtl: load_model: 'F': backbone parameter 7 is not finite");
  CHECK(with_number(1, 0, HUGE_VAL) == "qmtl: load_model: 'F': head parameter 0 is not finite");
  CHECK(with_number(2, 1, -HUGE_VAL) == "qmtl: load_model: 'F': mean of input 1 is not finite");
  CHECK(with_number(3, 2, std::nan("")) == "qmtl: load_model: 'F': scale of input 2 is not finite");
}

using Amount = Task<"amount", IdentityBlock<1>, Window<0, 1>, Regression<TrainableScale<3>>>;

TEMPLATE_TEST_CASE("the scale of a real target comes back to the bit, and only tasks with one have it", "", float,
                   double) {
  using S = TestType;
  using Real = LinearModel<BasicMlp<S, Tanh, 3, 2>, Amount, A>;
  const TempDir dir;
  auto model = trained<Real>(true);
  const std::vector<S> centre{S(350.1), S(0)}, spread{S(99.7), S(0)};
  model.set_target_scaler(TargetScaler<S>(centre, spread));
  save_model(model, dir / "model");
  auto loaded = trained<Real>(false, 99);
  load_model(loaded, dir / "model");
  CHECK(same_bits(loaded, model));
  const Batch<S> x = Batch<S>::Random(3, 5);
  CHECK(loaded.predict(x) == model.predict(x));
  save_model(trained<Real>(true), dir / "model");
  load_model(loaded, dir / "model");
  CHECK(loaded.target_scaler().empty());
}

TEST_CASE("a file of version 1 loads: targets are as they are") {
  const TempDir dir;
  const auto model = trained<Model>(true);
  FileFields fields(model);
  fields.version = 1;
  std::ofstream(dir / "old", std::ios::binary) << fields.bytes();
  auto loaded = trained<Model>(false, 99);
  load_model(loaded, dir / "old");
  CHECK(same_bits(loaded, model));
}

TEST_CASE("scales of targets that no model has are refused") {
  const TempDir dir;
  FileFields fields(trained<Model>(true));
  fields.counts[3] = 1;
  CHECK(refused(dir, fields.bytes()) ==
        "qmtl: load_model: 'F' holds another model: it has 1 scales of targets, expected 2");
  fields.counts[3] = 2;
  fields.numbers[4] = {0.0, 0.0};
  fields.numbers[5] = {0.0, 1.0};
  CHECK(refused(dir, fields.bytes()).find("is damaged: qmtl: model: target scaler: task 'b'") != std::string::npos);
  fields.numbers[5] = {-1.0, 0.0};
  CHECK(refused(dir, fields.bytes()).find("is damaged: qmtl: target scaler: task 0") != std::string::npos);
  fields.numbers[5] = {0.0, std::nan("")};
  CHECK(refused(dir, fields.bytes()) == "qmtl: load_model: 'F': spread of the target of task 1 is not finite");
}

}  // namespace save_test
