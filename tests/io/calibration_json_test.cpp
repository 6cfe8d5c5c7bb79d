// SPDX-License-Identifier: Apache-2.0
// Published calibrations: what is read, what is reported, and what is refused by name; counts of real devices.

#include "qmtl/io/calibration_json.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "qmtl/noise/device_noise.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/device_json.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace calibration_json_test {

using namespace qmtl;
using nlohmann::json;
using Pair = std::pair<int, int>;

DeviceCalibration parsed(const json& conf, const json& props) {
  return parse_device_calibration(conf.dump(), props.dump());
}

TEST_CASE("qubits, gates and couplings of a calibration, in nanoseconds and gigahertz") {
  const auto device = parsed(test::device_conf(), test::device_props());
  CHECK(device.name == "three");
  CHECK(device.dt == 0.5);
  CHECK(device.basis_gates == std::vector<std::string>{"id", "rz", "sx", "cx"});
  CHECK(device.coupling_map == std::vector<Pair>{{0, 1}, {1, 0}, {1, 2}});
  REQUIRE(device.qubits.size() == 3);
  CHECK(device.qubits[0].relaxation() == Relaxation{.t1 = 100e3, .t2 = 80.5e3});
  CHECK(device.qubits[0].readout_error() == ReadoutError{.p_1_given_0 = 0.01, .p_0_given_1 = 0.03});
  CHECK(device.qubits[0].readout_length == 800.0);
  CHECK(*device.qubits[0].frequency == Approx(5.1));
  CHECK(!device.qubits[1].frequency);
  CHECK(device.qubits[1].relaxation() == Relaxation{.t1 = 50e3, .t2 = 100e3});  // clamped
  CHECK(device.qubits[2].relaxation() == Relaxation{});                         // never
  CHECK(device.qubits[2].readout_error() == ReadoutError{.p_1_given_0 = 0.04, .p_0_given_1 = 0.04});

  REQUIRE(device.gates.size() == 9);
  const auto* sx = find_gate(device, "sx", std::vector{0});
  REQUIRE(sx != nullptr);
  CHECK(sx->gate == Gate::SX);
  CHECK(sx->error == 3e-4);
  CHECK(sx->length == 35.0);  // 70 dt
  CHECK(find_gate(device, "cx", std::vector{0, 1})->length == 300.0);
  CHECK(find_gate(device, "cx", std::vector{1, 0}) == nullptr);
  CHECK(!find_gate(device, "cx", std::vector{1, 2})->calibrated());
  CHECK(!find_gate(device, "reset", std::vector{0})->gate);

  REQUIRE(device.zz_couplings.size() == 1);
  CHECK(device.zz_couplings[0].first == 0);
  CHECK(device.zz_couplings[0].second == 1);
  CHECK(device.zz_couplings[0].shift == -5e-5);
}

TEST_CASE("nothing is clamped, replaced or left out without a note") {
  CHECK(to_string(parsed(test::device_conf(), test::device_props()).report) ==
        "qubit 1: T2 120 us, above 2 T1: 100 us taken\n"
        "qubit 2: T1 missing, no decay\n"
        "qubit 2: T2 missing, no dephasing\n"
        "qubit 2: prob_meas1_prep0 missing, readout_error: 0.04 taken\n"
        "qubit 2: prob_meas0_prep1 missing, readout_error: 0.04 taken\n"
        "sx on q2: error 1, not calibrated\n"
        "u2 on q0: gate unknown to the library, not in its noise models\n"
        "cx on q1 q2: error 1, not calibrated\n"
        "'zz_02' 1e-05 GHz, of no coupled pair, left out\n");

  auto props = test::device_props();
  props["qubits"][1].erase(1);  // T2
  props["qubits"][2].erase(1);  // readout_error
  props["gates"][0]["parameters"] = json::array();
  const auto device = parsed(json::object(), props);
  CHECK(device.qubits[1].relaxation() == Relaxation{.t1 = 50e3, .t2 = 100e3});
  CHECK(device.qubits[2].readout_error() == ReadoutError{});
  CHECK(device.coupling_map == std::vector<Pair>{{0, 1}, {1, 2}});
  const std::string report = to_string(device.report);
  for (const std::string line : {"qubit 1: T2 missing, 2 T1\n", "qubit 2: prob_meas1_prep0 missing, no error\n",
                                 "sx on q0: error missing, relaxation alone\n", "sx on q0: length missing, none\n",
                                 "coupling_map missing, the pairs that have gates\n"}) {
    INFO(line);
    CHECK(report.find(line) != std::string::npos);
  }
}

TEST_CASE("gates that have no place in a noise model are no reason to refuse the device") {
  auto props = test::device_props();
  props["qubits"].push_back(json::array());
  props["gates"].push_back({{"gate", "double_excitation"},
                            {"qubits", {0, 1, 2, 3}},
                            {"parameters", {{{"name", "gate_error"}, {"value", 0.1}}}}});
  const auto device = parsed({{"dt", 0.5}}, props);
  CHECK(!depolarizing_strength(device, device.gates.back()));
  CHECK_NOTHROW(noise_model(device));
}

TEST_CASE("the pair of a ZZ coupling whose digits can be split in several ways is the one that is coupled") {
  json props{{"qubits", json::array()}, {"gates", json::array()}, {"general", json::array()}};
  for (int q = 0; q < 128; ++q) props["qubits"].push_back(json::array());
  const auto coupled = [&props](const char* name, const json& map) {
    props["general"] = {{{"name", name}, {"value", 1e-5}, {"unit", "GHz"}}};
    std::vector<Pair> pairs;
    for (const auto& zz : parsed({{"coupling_map", map}}, props).zz_couplings) pairs.emplace_back(zz.first, zz.second);
    return pairs;
  };
  CHECK(coupled("zz_1213", {{12, 13}}) == std::vector<Pair>{{12, 13}});
  CHECK(coupled("zz_1213", {{3, 121}}) == std::vector<Pair>{{3, 121}});
  CHECK(coupled("zz_1213", {{12, 13}, {121, 3}}).empty());  // nobody can tell
  CHECK(coupled("zz_111", {{11, 1}}) == std::vector<Pair>{{1, 11}});
  CHECK(coupled("zz_105", {{10, 5}, {1, 5}}) == std::vector<Pair>{{5, 10}});  // no number begins with 0
  CHECK(coupled("zz_01", {{1, 0}}) == std::vector<Pair>{{0, 1}});
  CHECK(coupled("zz_999999999999999999999999", {{0, 1}}).empty());
  CHECK(coupled("zz_", {{0, 1}}).empty());
  CHECK(coupled("zz_-11", {{0, 1}}).empty());
}

/// The message about a device whose field at a JSON pointer has another value.
std::string refused_props(const char* pointer, const json& value) {
  auto props = test::device_props();
  props[json::json_pointer(pointer)] = value;
  return test::message_of<FileError>([&] { static_cast<void>(parsed(test::device_conf(), props)); });
}
std::string refused_conf(const char* pointer, const json& value) {
  auto conf = test::device_conf();
  conf[json::json_pointer(pointer)] = value;
  return test::message_of<FileError>([&] { static_cast<void>(parsed(conf, test::device_props())); });
}

TEST_CASE("properties that make no sense, by name") {
  CHECK(refused_props("/qubits/0/0/value", -1) ==
        "qmtl: the properties: field 'qubits[0][0].value': expected a positive time, got -1");
  CHECK(refused_props("/qubits/0/1/value", 1e308).find("expected a positive time, got 1e+308") != std::string::npos);
  CHECK(refused_props("/qubits/0/0/value", "long").ends_with("expected a number, got 'long'"));
  CHECK(refused_props("/qubits/0/0/unit", "fortnight").find("'qubits[0][0].unit': expected s, ms, us") !=
        std::string::npos);
  CHECK(refused_props("/qubits/0/0/unit", nullptr).ends_with("field 'qubits[0][0].unit': expected it, got none"));
  CHECK(refused_props("/qubits/0/1/name", "T1").ends_with("expected each parameter once, got 'T1'"));
  CHECK(refused_props("/qubits/0/4/value", 1.5).ends_with("expected a number in [0, 1], got 1.5"));
  CHECK(refused_props("/qubits/0", "x").ends_with("field 'qubits[0]': expected an array, got 'x'"));
  CHECK(refused_props("/qubits", json::array()).find("expected 0, as many as the properties have, got 3") !=
        std::string::npos);
  CHECK(
      refused_props("/gates/0/qubits/0", 3).ends_with("'gates[0].qubits[0]': expected an integer from 0 to 2, got 3"));
  CHECK(refused_props("/gates/0/qubits/0", -1).ends_with("got -1"));
  CHECK(refused_props("/gates/0/qubits/0", 1e9).ends_with("got 1000000000.0"));
  CHECK(refused_props("/gates/5/qubits/0", 1).ends_with("'gates[5].qubits[1]': expected each qubit once, got 1"));
  CHECK(refused_props("/gates/5/gate", "sx").find("'gates[5].qubits': expected 1 of them for sx") != std::string::npos);
  CHECK(refused_props("/gates/1/qubits/0", 0).ends_with("expected each gate once on the same qubits, got 'sx'"));
  CHECK(refused_props("/gates/0/gate", nullptr).ends_with("field 'gates[0].gate': expected it, got none"));
  CHECK(refused_props("/gates/0/parameters/0/value", -1e-3).ends_with("expected a number of 0 or more, got -0.001"));
  CHECK(refused_props("/gates/0/parameters/1/value", -35).ends_with("expected a time of 0 or more, got -35"));
  CHECK(refused_props("/backend_name", "four").ends_with("expected 'three', as in the configuration, got 'four'"));
  CHECK(refused_props("/general/1/unit", "us").ends_with("expected GHz, MHz, kHz or Hz, got 'us'"));
  CHECK(refused_props("/general/2/name", "zz_10").ends_with("expected each pair once, got 'zz_10'"));
}

TEST_CASE("names that a terminal would act on are refused") {
  const std::string rule = "expected a name without control characters, got '";
  CHECK(refused_props("/gates/0/gate", "a\x1b]0;x\x07\nb").ends_with("'gates[0].gate': " + rule + "a?]0;x??b'"));
  CHECK(refused_props("/gates/0/gate", std::string("a\0b", 3)).ends_with(rule + "a?b'"));
  CHECK(refused_props("/gates/0/gate",
                      "\xc2\x9b"
                      "2J")
            .ends_with(rule + "?2J'"));
  CHECK(refused_conf("/backend_name", "\x7f").ends_with("'backend_name': " + rule + "?'"));
  CHECK(refused_conf("/basis_gates/0", "\n").ends_with("'basis_gates[0]': " + rule + "?'"));
}

TEST_CASE("configurations that make no sense, by name") {
  CHECK(refused_conf("/n_qubits", 1'000'000'000) ==
        "qmtl: the configuration: field 'n_qubits': expected 3, as many as the properties have, got 1000000000");
  CHECK(refused_conf("/n_qubits", "3").find("expected an integer from 0 to") != std::string::npos);
  CHECK(refused_conf("/coupling_map/0/0", 7).ends_with("'coupling_map[0][0]': expected an integer from 0 to 2, got 7"));
  CHECK(refused_conf("/coupling_map/0", {0}).ends_with("field 'coupling_map[0]': expected two qubits, got an array"));
  CHECK(refused_conf("/coupling_map/1", {0, 1}).ends_with("expected each pair once, got an array"));
  CHECK(refused_conf("/dt", -0.5).ends_with("field 'dt': expected a positive time, got -0.5"));
  CHECK(refused_conf("/basis_gates/0", 1).ends_with("field 'basis_gates[0]': expected a text, got 1"));
}

TEST_CASE("files: the same, and errors that say which one") {
  const test::TempDir dir;
  const auto conf = dir.write("conf.json", test::device_conf().dump());
  const auto props = dir.write("props.json", test::device_props().dump());
  CHECK(load_device_calibration(conf, props).gates.size() == 9);
  const auto message = [](const auto&... arguments) {
    return test::message_of<FileError>([&] { static_cast<void>(load_device_calibration(arguments...)); });
  };
  CHECK(message(conf, conf) == "qmtl: " + conf + ": field 'qubits': expected it, got none");
  CHECK(message(conf, dir / "none").find("none': No such file") != std::string::npos);
  CHECK(message(conf, props, LoadLimits{.bytes = 1000}).find("LoadLimits::bytes") != std::string::npos);
}

struct Counts {
  std::size_t qubits = 0, clamped = 0, one_zero = 0, one_calibrated = 0, two_zero = 0, two_calibrated = 0;
};

Counts counts(const std::string& dir, const std::string& name, std::string_view two) {
  const auto device =
      load_device_calibration(dir + "/backends/conf_" + name + ".json", dir + "/backends/props_" + name + ".json");
  Counts out{.qubits = device.qubits.size()};
  for (const auto& note : device.report) out.clamped += note.what == "above 2 T1" ? 1 : 0;
  for (const auto& gate : device.gates) {
    const auto strength = depolarizing_strength(device, gate);
    if (!strength) continue;
    if (gate.name == "sx") ++out.one_calibrated, out.one_zero += *strength == 0.0 ? 1 : 0;
    if (gate.name == two) ++out.two_calibrated, out.two_zero += *strength == 0.0 ? 1 : 0;
  }
  return out;
}

TEST_CASE("published devices: relaxation beyond the error, T2 above 2 T1, a qubit without T1") {
  test::with_data_dir([](const std::string& dir) {
    const Counts sherbrooke = counts(dir, "sherbrooke", "ecr");
    CHECK(sherbrooke.qubits == 127);
    CHECK(sherbrooke.one_zero == 37);
    CHECK(sherbrooke.one_calibrated == 127);
    CHECK(sherbrooke.two_zero == 26);
    CHECK(sherbrooke.two_calibrated == 135);
    const Counts torino = counts(dir, "torino", "cz");
    CHECK(torino.clamped == 5);
    CHECK(torino.one_zero == 7);
    CHECK(torino.one_calibrated == 133);
    CHECK(torino.two_calibrated == 278);
    CHECK(counts(dir, "boston", "cz").clamped == 3);
    CHECK(counts(dir, "fez", "cz").clamped == 1);
    CHECK(counts(dir, "miami", "cz").clamped == 1);
    CHECK(counts(dir, "essex", "cx").qubits == 5);

    const auto kingston =
        load_device_calibration(dir + "/backends/conf_kingston.json", dir + "/backends/props_kingston.json");
    CHECK(std::ranges::count_if(kingston.qubits, [](const auto& qubit) { return !qubit.t1; }) == 1);
    CHECK(kingston.zz_couplings.size() == 176);
  });
}

}  // namespace calibration_json_test
