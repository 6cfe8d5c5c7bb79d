// SPDX-License-Identifier: Apache-2.0
// Published circuits on published devices: in their gates, in their directions, and the same.

#include "hardware/pass_support.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/io/calibration_json.hpp"
#include "support/data_dir.hpp"

namespace transpile_devices_test {

TEST_CASE("circuits of QASMBench are transpiled to real devices of every kind", "[hardware]") {
  using namespace qmtl;
  test::with_data_dir([](const std::string& data) {
    for (const std::string device : {"essex", "manila", "guadalupe", "sherbrooke", "torino", "fez"}) {
      const Target target = target_from(load_device_calibration(data + "/backends/conf_" + device + ".json",
                                                                data + "/backends/props_" + device + ".json"));
      const NativeGates gates(target);
      for (const std::string name : {"adder_n4", "teleportation_n3", "ipea_n2", "qft_n4", "dnn_n2", "qec_en_n5"}) {
        CAPTURE(device, name);
        const auto program = read_openqasm_file(data + "/qasm/qasmbench_small/" + name + ".qasm").program;
        TranspileOptions options;
        options.routing.trials = 2;
        options.routing.max_states = 10'000;
        const auto out = transpile(program, target, options);
        test::check_native(out.program, gates);
        test::check_equivalent(
            program, out.program,
            {.initial_layout = out.initial_layout, .final_layout = out.final_layout, .from_zero = true});
        CHECK(out.report.success->probability > 0.1);
        CHECK(out.report.success->unknown == 0);
      }
    }
  });
}

}  // namespace transpile_devices_test
