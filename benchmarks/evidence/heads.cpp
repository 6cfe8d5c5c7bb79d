// SPDX-License-Identifier: Apache-2.0
// Circuits and layers of the heads.

#include "evidence/heads.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <numeric>
#include <utility>

#include "evidence/circuit_part.hpp"
#include "qmtl/core/error.hpp"

namespace qmtl::benchmark::evidence {
namespace {

/// RY of a feature on each qubit, and a ring of CZ (a pair for two qubits) if they are to be entangled.
[[nodiscard]] DynamicCircuit encoding(int features, bool entangled) {
  DynamicCircuit out(features);
  for (int q = 0; q < features; ++q) out.append(gate::ry(q, feature(q)));
  if (!entangled || features < 2) return out;
  for (int q = 0; q + 1 < features; ++q) out.append(gate::cz(q, q + 1));
  if (features > 2) out.append(gate::cz(features - 1, 0));
  return out;
}

/// Layers of RY, RZ and a chain of CNOTs: RotationBlock.
[[nodiscard]] DynamicCircuit rotation_block(int qubits, int layers) {
  DynamicCircuit out(qubits);
  for (int l = 0, w = 0; l < layers; ++l) {
    for (int q = 0; q < qubits; ++q, w += 2) out.append(gate::ry(q, weight(w))).append(gate::rz(q, weight(w + 1)));
    for (int q = 0; q + 1 < qubits; ++q) out.append(gate::cx(q, q + 1));
  }
  return out;
}

/// `width` neighbours on the ring, from qubit `first` on.
[[nodiscard]] std::vector<int> window_of(int first, int width, int qubits) {
  std::vector<int> out;
  for (int j = 0; j < width; ++j) out.push_back((first + j) % qubits);
  return out;
}

/// Qubits whose basis states are as many as the classes, two at least.
[[nodiscard]] int window_width(const ModelTask& task) {
  return std::max(2, static_cast<int>(std::bit_width(static_cast<unsigned>(task.outputs - 1))));
}

/// Windows begin at the first qubit for the first task, at the second for the next, and so on around.
template <class MakeBlock>
[[nodiscard]] std::vector<CircuitTask> window_tasks(int features, const std::vector<ModelTask>& tasks,
                                                    const MakeBlock& block) {
  std::vector<CircuitTask> out;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    CircuitTask& task = out.emplace_back();
    const int width = window_width(tasks[t]);
    task.block = block(width);
    task.windows = {window_of(static_cast<int>(t) % features, width, features)};
    task.outputs = tasks[t].outputs;
    if (task.outputs > 1) {
      task.reading = Reading::basis_states;
      task.scale = 1.0;
    }
  }
  return out;
}

[[nodiscard]] HeadKind circuit_head(std::string name, CircuitSpec spec) {
  HeadKind out{.name = std::move(name), .quantum = true, .make = {}};
  out.task_parameters = task_parameters(spec);
  out.make = [spec = std::make_shared<CircuitSpec>(std::move(spec))](Seed) { return circuit_part(*spec); };
  return out;
}

[[nodiscard]] std::vector<LinearTaskSpec> linear_specs(int features, const std::vector<ModelTask>& tasks,
                                                       bool of_window) {
  std::vector<LinearTaskSpec> out;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const int width = of_window ? std::min(window_width(tasks[t]), features) : features;
    out.push_back({window_of(of_window ? static_cast<int>(t) % features : 0, width, features), tasks[t].outputs});
  }
  return out;
}

[[nodiscard]] std::vector<int> parameters_of(const std::vector<LinearTaskSpec>& specs) {
  std::vector<int> out;
  for (const auto& spec : specs) out.push_back((static_cast<int>(spec.inputs.size()) + 1) * spec.outputs);
  return out;
}

[[nodiscard]] HeadKind linear_head(std::string name, int features, const std::vector<LinearTaskSpec>& specs) {
  return {std::move(name), false, HeadDecay::always, [=](Seed) { return linear_tasks(features, specs); },
          parameters_of(specs)};
}

/// The rate at which sums of Z take features (ProductSpec), for heads with weights where these have sines of angles.
constexpr double sine_rate = ProductSpec{}.rate;

/// A linear head on sines of the features.
[[nodiscard]] HeadKind sine_head(int features, const std::vector<LinearTaskSpec>& specs) {
  const auto make = [=](Seed) { return chain(sines(features, sine_rate), linear_tasks(features, specs)); };
  return {"linear_sine", false, HeadDecay::always, make, parameters_of(specs)};
}

enum class Map { trained, trained_sine, random };

/// Linear tasks behind a shared map to `rank` numbers.
[[nodiscard]] HeadKind low_rank_head(int features, int rank, const std::vector<ModelTask>& tasks, Map map) {
  const auto specs = linear_specs(rank, tasks, false);
  const auto make = [=](Seed seed) {
    PartPointer out =
        map == Map::random ? random_projection(features, rank, seed) : dense_layers({features, rank}, false);
    if (map == Map::trained_sine) out = chain(std::move(out), sines(rank, sine_rate));
    return chain(std::move(out), linear_tasks(rank, specs));
  };
  const char* name = map == Map::random ? "random_" : map == Map::trained ? "low_rank_" : "low_rank_sine_";
  return {qmtl::detail::text(name, rank), false, HeadDecay::always, make, parameters_of(specs)};
}

/// Z of every qubit behind a circuit, or behind one a task, and a linear layer a task. The circuit belongs to the
/// encoding: single qubits are cheap to read, and a window of all qubits has operators of 4^n entries.
[[nodiscard]] HeadKind hybrid_head(int features, const std::vector<ModelTask>& tasks, bool shared) {
  CircuitSpec spec{.encoding = encoding(features, true)};
  spec.encoding.append(rotation_block(features, 1));
  for (int q = 0; q < features; ++q) {
    CircuitTask& measured = spec.tasks.emplace_back();
    measured.windows = {{q}};
    measured.scale = 1.0;
  }
  const std::size_t circuits = shared ? 1 : tasks.size();
  std::vector<LinearTaskSpec> specs;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    std::vector<int> measured(static_cast<std::size_t>(features));
    std::iota(measured.begin(), measured.end(), shared ? 0 : static_cast<int>(t) * features);
    specs.push_back({std::move(measured), tasks[t].outputs});
  }
  HeadKind out{.name = shared ? "hybrid_shared" : "hybrid_per_task", .decay = HeadDecay::searched, .make = {}};
  out.task_parameters = parameters_of(specs);  // circuits come first: to the trainer they are shared
  const int outputs = static_cast<int>(circuits) * features;
  out.make = [=, spec = std::make_shared<CircuitSpec>(std::move(spec))](Seed) {
    std::vector<PartPointer> parts;
    for (std::size_t c = 0; c < circuits; ++c) parts.push_back(circuit_part(*spec));
    return chain(side_by_side(std::move(parts), SideInputs::same), linear_tasks(outputs, specs));
  };
  return out;
}

}  // namespace

HeadKind product_head(std::string name, ProductSpec spec, int features, const std::vector<ModelTask>& tasks,
                      HeadDecay decay) {
  spec.features = features;
  spec.outputs = 0;
  HeadKind out{.name = std::move(name), .quantum = true, .decay = decay, .make = {}};
  for (const ModelTask& task : tasks) {
    spec.outputs += task.outputs;
    out.task_parameters.push_back(task.outputs * spec.output_parameters());
  }
  out.make = [spec](Seed) { return product_part(spec); };
  return out;
}

std::vector<HeadKind> head_kinds(int features, const std::vector<ModelTask>& tasks) {
  if (features < 2) throw ShapeError("qmtl: evidence: features of a head, expected at least 2");
  std::vector<HeadKind> out;
  const int widest =
      std::accumulate(tasks.begin(), tasks.end(), 2, [](int w, const auto& t) { return std::max(w, window_width(t)); });
  const auto add_windowed = [&](const char* name, bool entangled, int layers) {
    const auto block = [layers](int width) { return rotation_block(width, layers); };
    out.push_back(
        circuit_head(name, {.encoding = encoding(features, entangled), .tasks = window_tasks(features, tasks, block)}));
  };
  constexpr int most = 6;  // operators of a window have 4^width entries
  if (widest <= std::min(features, most)) {
    add_windowed("quantum", true, 2);
    add_windowed("quantum_zero", true, 0);
    add_windowed("quantum_product", false, 2);
    add_windowed("quantum_deep", true, 4);
    add_windowed("quantum_shallow", true, 1);
  }
  out.push_back(product_head("quantum_sum", {}, features, tasks));
  out.push_back(product_head("quantum_sum_rx", {.phases = false}, features, tasks));
  out.push_back(linear_head("linear", features, linear_specs(features, tasks, false)));
  out.push_back(sine_head(features, linear_specs(features, tasks, false)));
  out.push_back(linear_head("linear_window", features, linear_specs(features, tasks, true)));
  if (features <= 8) {  // 2^n amplitudes a sample
    out.push_back(hybrid_head(features, tasks, true));
    out.push_back(hybrid_head(features, tasks, false));
  }
  return out;
}

std::vector<HeadKind> mapped_kinds(int features, const std::vector<ModelTask>& tasks) {
  std::vector<HeadKind> out;
  for (const int rank : {1, 2, 4}) {
    if (rank >= features) continue;
    for (const Map map : {Map::trained, Map::trained_sine, Map::random}) {
      out.push_back(low_rank_head(features, rank, tasks, map));
    }
    const ProductSpec spec{.mixed = rank, .phases = false};
    out.push_back(product_head(qmtl::detail::text("quantum_mixed_", rank), spec, features, tasks));
  }
  return out;
}

std::vector<HeadKind> single_task_kinds(int features, const std::vector<ModelTask>& tasks) {
  HeadKind out{.name = "quantum_single", .quantum = true, .make = {}};
  std::vector<std::function<PartPointer(Seed)>> makers;
  for (const ModelTask& task : tasks) {
    const auto kinds = head_kinds(features, {task});
    const auto own = std::ranges::find(kinds, "quantum", &HeadKind::name);
    if (own == kinds.end()) return {};
    makers.push_back(own->make);
    out.task_parameters.push_back(own->task_parameters.front());
    out.decay = own->decay;
  }
  out.make = [makers = std::move(makers)](Seed seed) {
    std::vector<PartPointer> parts;
    for (const auto& make : makers) parts.push_back(make(seed));
    return side_by_side(std::move(parts), SideInputs::own);
  };
  out.backbones = static_cast<int>(tasks.size());
  return {std::move(out)};
}

std::vector<HeadKind> reference_kinds(int inputs, const std::vector<ModelTask>& tasks, const std::vector<int>& hidden) {
  std::vector<HeadKind> out{linear_head("logistic", inputs, linear_specs(inputs, tasks, false))};
  int outputs = 0;
  for (const ModelTask& task : tasks) outputs += task.outputs;
  for (const int width : hidden) {
    const auto make = [=](Seed) { return dense_layers({inputs, width, outputs}); };
    out.push_back({"mlp", false, HeadDecay::always, make, std::vector<int>(tasks.size(), 0)});
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
