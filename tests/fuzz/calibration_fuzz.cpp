// SPDX-License-Identifier: Apache-2.0
// parse_device_calibration and the noise model made of it. An input is the length of the configuration in two bytes,
// and both files, one behind the other.

#include "fuzz/fuzz.hpp"
#include "qmtl/io/calibration_json.hpp"
#include "qmtl/io/device_json.hpp"
#include "qmtl/noise/device_table.hpp"
#include "support/device_json.hpp"

namespace qmtl::fuzz {
namespace {

constexpr LoadLimits limits = {.bytes = 1 << 20};

void check_qubit(const QubitCalibration& qubit) {
  require(!qubit.t1 || *qubit.t1 > 0.0, "T1 is positive");
  require(!qubit.t2 || *qubit.t2 > 0.0, "T2 is positive");
  require(!qubit.t1 || !qubit.t2 || *qubit.t2 <= 2 * *qubit.t1, "T2 is at most 2 T1");
  detail::check_readout_error("fuzz", qubit.readout_error());
}

void check_device(const DeviceCalibration& device) {
  const auto exists = [&device](int q) { return q >= 0 && static_cast<std::size_t>(q) < device.qubits.size(); };
  for (const auto& qubit : device.qubits) check_qubit(qubit);
  for (const auto& gate : device.gates) {
    require(std::ranges::all_of(gate.qubits, exists), "a gate is on qubits that there are");
    require(find_gate(device, gate.name, gate.qubits) == &gate, "a gate comes once");
    const auto strength = depolarizing_strength(device, gate);
    require(strength.has_value() == (gate.gate && gate.error && *gate.error < 1.0), "calibrated gates have a strength");
  }
  for (const auto& [a, b] : device.coupling_map) require(exists(a) && exists(b) && a != b, "a pair is of two qubits");
  for (const auto& zz : device.zz_couplings) require(zz.first < zz.second && exists(zz.second), "a coupling is of two");
}

}  // namespace

void check(BytesView input) {
  Decisions decisions(input);
  const bool with_model = decisions.byte() % 64 == 1;
  const std::size_t low = decisions.byte(), split = low + 256 * decisions.byte();
  const auto text = as_text(decisions.rest());
  DeviceCalibration device;
  if (!accepts([&] {
        device = parse_device_calibration(text.substr(0, split), text.substr(std::min(split, text.size())), limits);
      })) {
    return;
  }
  check_device(device);
  for (const auto& line : to_json_lines(device)) require(nlohmann::json::accept(line.dump()), "a line is JSON");
  require(!to_table(device).empty(), "there is a table");
  if (with_model) (void)noise_model(device, {.idle_relaxation = true});
}

std::vector<Bytes> seeds() {
  const auto joined_files = [](const std::string& conf, const std::string& props) {
    const auto size = static_cast<unsigned>(conf.size());
    const std::byte head[] = {std::byte{1}, static_cast<std::byte>(size % 256), static_cast<std::byte>(size / 256)};
    return joined({head, as_bytes(conf), as_bytes(props)});
  };
  auto props = test::device_props();
  std::vector<Bytes> out{joined_files(test::device_conf().dump(), props.dump()),
                         joined_files(R"({"dt":1})", props.dump())};
  props.erase("general");
  props["gates"] = nlohmann::json::array();
  out.push_back(joined_files("{}", props.dump()));
  return out;
}

}  // namespace qmtl::fuzz
