// SPDX-License-Identifier: Apache-2.0
// What to look at before training: expressibility, entanglement, gradient variance and Fisher information.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <qmtl/diagnostics/effective_dimension.hpp>
#include <qmtl/diagnostics/entangling_capability.hpp>
#include <qmtl/diagnostics/expressibility.hpp>
#include <qmtl/diagnostics/gradient_variance.hpp>
#include <qmtl/diagnostics/task_circuit.hpp>
#include <qmtl/head/linear_head.hpp>
#include <qmtl/head/quantum_head.hpp>
#include <qmtl/train/synthetic.hpp>
#include <string>
#include <vector>

using namespace qmtl;

constexpr int draws = 200;

/// Lines of comma-separated values, printed in columns and, with --out, written to a file.
class Lines {
 public:
  Lines(const std::filesystem::path& out, const std::string& name, const char* title, int first_width = 26)
      : first_width_(first_width) {
    std::printf("\n%s\n", title);
    if (!out.empty()) file_.open(out / (name + ".csv"));
    if (!out.empty() && !file_) throw FileError("diagnostics: cannot write to " + out.string());
  }
  void add(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::printf("%*s", i == 0 ? -first_width_ : 12, cells[i].c_str());
      if (file_.is_open()) file_ << (i == 0 ? "" : ",") << cells[i];
    }
    std::printf("\n");
    if (file_.is_open()) file_ << '\n';
  }

 private:
  int first_width_;
  std::ofstream file_;
};

std::string number(double value, const char* format = "%.3g") {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

template <class C>
void circuit_line(Lines& lines, const std::string& name, int layers) {
  Rng rng(Seed{1});
  const auto q = entangling_capability<C>(rng, {.draws = 5 * draws});
  lines.add({name, std::to_string(layers), std::to_string(features_of<C> + weights_of<C>),
             number(expressibility<C>(rng).divergence, "%.4f"), number(q.mean, "%.3f"),
             number(q.deviation / std::sqrt(static_cast<double>(q.count)), "%.3f")});
}

template <int L>
void circuit_lines(Lines& lines) {
  circuit_line<AngleEncoding<4, Axis::Y, CzRing, Layers<L>>>(lines, "angle encoding + CZ ring", L);
  circuit_line<AngleEncoding<4, Axis::Y, CxRing, Layers<L>>>(lines, "angle encoding + CX ring", L);
  circuit_line<RotationBlock<4, Layers<L>>>(lines, "rotation block", L);
  circuit_line<StronglyEntanglingBlock<4, Layers<L>>>(lines, "strongly entangling block", L);
}

void circuit_table(const std::filesystem::path& out) {
  Lines lines(out, "circuits",
              "Circuits on 4 qubits: expressibility (0: as Haar states) and entangling capability Q (Haar: 0.824)");
  lines.add({"circuit", "layers", "angles", "divergence", "mean Q", "+-"});
  circuit_lines<1>(lines);
  circuit_lines<2>(lines);
  circuit_lines<3>(lines);
}

// Circuits of any width: RY, RZ and a CZ ring, L times; and what a task on the first two qubits sees.
template <int N, int L>
using Ansatz = HardwareEfficientBlock<N, Axes<Axis::Y, Axis::Z>, CzRing, Layers<L>>;
template <class E>
using TaskBehind = TaskCircuit<E, Task<"task", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>>;
template <int N>
using Shallow = AngleEncoding<N, Axis::Y, CzRing, Layers<2>>;
template <int N>
using Deep = ReuploadingEncoding<N, CzRing, Layers<N>>;

template <int N>
void gradient_line(Lines& lines) {
  Rng rng(Seed{2});
  PauliString all;
  for (int q = 0; q < N; ++q) all = all * pauli_z(q);
  std::vector<std::string> cells{std::to_string(N)};
  const auto add = [&](const GradientVariance& result, std::size_t weight = 0) {
    cells.push_back(number(result.by_weight[weight].variance));
    cells.push_back(number(result.by_weight[weight].variance_error));
  };
  const GradientVarianceOptions options{.draws = draws};
  add(gradient_variance<Ansatz<N, 2>>(pauli_z(0), rng, options));  // the first weight turns qubit 0, in the first layer
  add(gradient_variance<Ansatz<N, 2>>(all, rng, options));
  add(gradient_variance<Ansatz<N, 2 * N>>(pauli_z(0), rng, options));
  add(gradient_variance<TaskBehind<Shallow<N>>>(pauli_z(0), rng, options));
  add(gradient_variance<TaskBehind<Deep<N>>>(pauli_z(0), rng, options), encoding_weights<Deep<N>>);  // of the block
  lines.add(cells);
}

void gradient_table(const std::filesystem::path& out) {
  Lines lines(out, "gradient_variance",
              "Variance of a gradient against qubits: Z0 and Z...Z behind 2 layers, Z0 behind 2N layers,\n"
              "and a task on two qubits behind an angle encoding of 2 layers and behind data re-uploading of N layers",
              8);
  lines.add({"qubits", "local", "local+-", "global", "global+-", "deep", "deep+-", "task", "task+-", "deeptask",
             "deeptask+-"});
  gradient_line<2>(lines);
  gradient_line<4>(lines);
  gradient_line<6>(lines);
  gradient_line<8>(lines);
  gradient_line<10>(lines);
}

void plot_gradients(const std::filesystem::path& directory) {
  std::ofstream script(directory / "gradient_variance.gp");
  script << "set datafile separator ','\nset terminal svg size 720,440 background 'white'\n"
            "set output 'gradient_variance.svg'\nset logscale y\nset format y '10^{%T}'\nset grid\n"
            "set key outside below maxcols 2\nset xlabel 'qubits'\nset ylabel 'variance of dF/dw'\nset xrange "
            "[1.5:10.5]\nset xtics 2\n"
            "plot 'gradient_variance.csv' using 1:2:3 with yerrorlines lw 2 pt 7 lt 1 title 'Z_0, 2 layers', \\\n"
            "  '' using 1:4:5 with yerrorlines lw 2 pt 7 lt 2 title 'Z...Z, 2 layers', \\\n"
            "  '' using 1:6:7 with yerrorlines lw 2 pt 7 lt 6 title 'Z_0, 2N layers', \\\n"
            "  '' using 1:8:9 with yerrorlines lw 2 pt 7 lt 4 title 'task on two qubits, encoding of 2 layers', \\\n"
            "  '' using 1:10:11 with yerrorlines lw 2 pt 7 lt 7 title 'task on two qubits, re-uploading of N layers'\n";
  script.close();
  if (!script) throw FileError("diagnostics: cannot write to " + directory.string());
  const auto svg = (directory / "gradient_variance.svg").string();
  if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) {
    std::printf("\nThere is no gnuplot here: the plot %s is left to its script, gradient_variance.gp.\n", svg.c_str());
    return;
  }
  std::filesystem::current_path(directory);
  if (std::system("gnuplot gradient_variance.gp") != 0) throw Error("diagnostics: gnuplot failed");
  std::printf("\nPlot: %s\n", svg.c_str());
}

using Yes = Task<"yes", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>;
using Kind = Task<"kind", RotationBlock<3, Layers<2>>, Window<1, 3>, Classes<3>>;
using QuantumTasks = QuantumHead<double, AngleEncoding<4, Axis::Y, CzRing, Layers<2>>, Yes, Kind>;
using LinearTasks = LinearHead<double, 4, Yes, Kind>;
static_assert(QuantumTasks::parameters == 20 && LinearTasks::parameters == 20);

/// Fisher information matrices at random parameters, 100 rows of generated data being the representations.
template <Head H>
std::vector<Eigen::MatrixXd> fishers_of() {
  H head;
  Rng rng(Seed{3});
  const auto z = make_related_tasks({.rows = 100, .features = H::features}).data.inputs;
  return fisher_draws(head, z, rng, {.draws = draws / 4});
}

void fisher_tables(const std::filesystem::path& out) {
  const std::array names{"quantum head", "linear head"};
  const std::array fishers{fishers_of<QuantumTasks>(), fishers_of<LinearTasks>()};
  Lines spectra(out, "fisher_spectrum",
                "Fisher information of two tasks over 20 parameters: mean eigenvalues by rank, their sum being 20");
  spectra.add({"head", "1", "2", "3", "5", "9", "13", "17", "20"});
  for (std::size_t i = 0; i < names.size(); ++i) {
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(20);
    for (const auto& fisher : trace_normalised(fishers[i])) mean += fisher_spectrum(fisher);
    std::vector<std::string> cells{names[i]};
    for (const int rank : {1, 2, 3, 5, 9, 13, 17, 20}) {
      cells.push_back(number(mean[rank - 1] / static_cast<double>(fishers[i].size()), "%.2g"));
    }
    spectra.add(cells);
  }
  Lines dimensions(out, "effective_dimension", "Effective dimension over number of parameters, for n data points");
  dimensions.add({"head", "n = 100", "1000", "10000", "100000", "1000000"});
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> cells{names[i]};
    for (const Eigen::Index n : {100, 1000, 10000, 100000, 1000000}) {
      cells.push_back(number(effective_dimension(fishers[i], n) / 20, "%.3f"));
    }
    dimensions.add(cells);
  }
}

int main(int argc, char** argv) try {
  const bool writes = argc == 3 && std::string(argv[1]) == "--out";
  if (argc > 1 && !writes) {
    std::fprintf(stderr, "usage: diagnostics [--out DIRECTORY]   (for CSV files and a plot)\n");
    return 2;
  }
  const std::filesystem::path out = writes ? argv[2] : "";
  if (writes) std::filesystem::create_directories(out);
  circuit_table(out);
  gradient_table(out);
  fisher_tables(out);
  if (writes) plot_gradients(out);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
