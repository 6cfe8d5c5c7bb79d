// SPDX-License-Identifier: Apache-2.0
// The whole loop over HTTP: a model trained on MUStARD, its circuits in a device's gates and couplings, as OpenQASM 3,
// to a service that runs what it receives on the noisy simulator with the device's published calibration, and
// predictions from what comes back.

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/hardware/job_recorder.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/simulated_provider.hpp"
#include "qmtl/hardware/transpile.hpp"
#include "qmtl/io/dataset_npz.hpp"
#include "qmtl/noise/noisy_executor.hpp"
#include "qmtl/noise/stand_ins.hpp"
#include "qmtl/provider/curl_transport.hpp"
#include "qmtl/provider/file_journal.hpp"
#include "qmtl/provider/ibm_quantum.hpp"
#include "qmtl/qmtl.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/fake_services.hpp"
#include "support/http_server.hpp"
#include "support/temp_dir.hpp"

namespace hardware_loop_test {

using namespace qmtl;

using Model = QmtlModel<Linear<149, 5>, AngleEncoding<5, Axis::Y, CzRing>,
                        Task<"sarcasm", RotationBlock<2>, Window<0, 2>, Binary>,
                        Task<"sentiment_implicit", RotationBlock<3>, Window<2, 3>, Classes<3>>,
                        Task<"sentiment_explicit", RotationBlock<3>, Window<1, 3>, Classes<3>>>;

/// Test AUC, mean over tasks.
double mean_auc(const Model& model, const Dataset<double>& data) {
  double sum = 0.0;
  for (const auto& task : evaluate(model, data)) sum += task.auc;
  return sum / Model::tasks;
}

/// The tasks of the model only.
Dataset<double> with_tasks(Dataset<double> data) {
  const Batch<double> labels = data.labels.topRows(Model::tasks);
  data.labels = labels;
  data.task_names.resize(static_cast<std::size_t>(Model::tasks));
  return data;
}

/// IBM's service, on this machine, with a device of its own.
class Service {
 public:
  explicit Service(NoiseModel device) : server_([this](const HttpRequest& request) { return answer(request); }) {
    ibm_.form = "typed";
    ibm_.run = [device = std::move(device), rng = Rng(Seed{5})](const std::string& circuit,
                                                                std::int64_t shots) mutable {
      return simulated_result(read_openqasm3(circuit).program, device, shots, rng);
    };
  }

  [[nodiscard]] IbmQuantumOptions options() const {
    IbmQuantumOptions out;
    out.backend = "manila";
    out.key_variable = "QMTL_TEST_LOOP_KEY";
    out.instance_variable = "QMTL_TEST_LOOP_CRN";
    out.url = server_.url() + "/api/v1";
    out.token_url = server_.url() + "/identity/token";
    out.limits.circuits = 100;
    out.retry.first_pause = 0.01;
    return out;
  }
  [[nodiscard]] std::vector<test::FakeJob> jobs() const { return ibm_.jobs(); }

 private:
  /// Every fourth answer goes wrong in one of the ways that a network has.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request) {
    const int number = requests_++;
    if (number % 16 == 3) return {503, {}, {}};
    if (number % 16 == 7) return {429, {{"Retry-After", "0"}}, {}};
    HttpResponse out = ibm_(request);
    if (number % 16 == 11) return {502, {}, {}};
    if (number % 16 == 15) out.body.resize(out.body.size() / 2);
    return out;
  }

  std::atomic<int> requests_ = 0;
  test::FakeIbm ibm_;
  test::HttpServer server_;
};

TEST_CASE("a trained model's predictions come back from a device", "[provider]") {
  test::with_data_dir([](const std::string& dir) {
    auto data = load_multitask_npz<double>(dir + "/mustard/mustard_lsa64.npz", {"x", "context", "speaker_show"});
    data.train = with_tasks(std::move(data.train));
    data.test = with_tasks(std::move(data.test));
    Model model{Seed{1}};
    fit(model, data.train, {.epochs = 25, .optimizer = AdamW{.learning_rate = 2e-3, .weight_decay = 16.0}});

    const auto device =
        load_device_calibration(dir + "/backends/conf_manila.json", dir + "/backends/props_manila.json");
    const Target target = target_from(device);
    const auto to_device = [&target](const Program& program) { return transpile(program, target).program; };
    ::setenv("QMTL_TEST_LOOP_KEY", test::FakeIbm().key.c_str(), 1);
    ::setenv("QMTL_TEST_LOOP_CRN", test::FakeIbm().instance.c_str(), 1);
    Service service(noise_model(device));

    const JobRecorder recorder;
    Model asking = model;
    asking.head().set_executor(recorder);
    (void)asking.predict(data.test.inputs);
    const test::TempDir folder;
    save_hardware_job(recorder.plan({.shots = 1000, .transpile = to_device, .calibrate_readout = true}),
                      folder / "job");

    const HardwareJob job = load_hardware_job(folder / "job");
    CHECK(job.circuits.size() == 2 * 138 + 2);  // the first two tasks share; all qubits are read in calibration
    FileJournal journal(folder / "job", job.name);
    auto options = service.options();
    options.target = target;
    IbmQuantum<CurlTransport> provider(options);
    JobRunner runner(job, provider, journal, {.first_poll = 0.01, .longest_poll = 0.05, .settling = 0.1});
    runner.wait();
    CHECK(service.jobs().size() == 3);

    Model answered = model, simulated = model;
    answered.head().set_executor(RecordedAnswers(job, runner.results()));
    const std::vector<int> qubits{0, 1, 2, 3, 4};
    simulated.head().set_executor(
        NoisyExecutor(noise_model(device, {.stand_ins = usual_stand_ins(), .all_to_all = qubits})));
    const double ideal = mean_auc(model, data.test), noisy = mean_auc(simulated, data.test),
                 measured = mean_auc(answered, data.test);
    CAPTURE(ideal, noisy, measured);
    CHECK(ideal > 0.6);
    CHECK(std::abs(measured - ideal) < 0.04);
    CHECK(std::abs(measured - noisy) < 0.04);
    ::unsetenv("QMTL_TEST_LOOP_KEY");
    ::unsetenv("QMTL_TEST_LOOP_CRN");
  });
}

}  // namespace hardware_loop_test
