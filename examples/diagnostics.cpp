// SPDX-License-Identifier: Apache-2.0
// Barren plateaus: the variance of gradients against the number of qubits, with --out DIRECTORY also as CSV and plot.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <qmtl/diagnostics/gradient_variance.hpp>
#include <qmtl/diagnostics/task_circuit.hpp>
#include <string>
#include <type_traits>

using namespace qmtl;

// Circuits of any width: RY, RZ and a CZ ring, L times; and what a task on the first two qubits sees behind an
// encoding.
template <int N, int L>
using Ansatz = HardwareEfficientBlock<N, Axes<Axis::Y, Axis::Z>, CzRing, Layers<L>>;
template <class E>
using TaskBehind = TaskCircuit<E, Task<"task", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>>;
template <int N>
using Deep = ReuploadingEncoding<N, CzRing, Layers<N>>;

/// Prints a line of the table, also as CSV; returns the first variance over the second.
template <int N>
double line(std::ofstream& csv) {
  Rng rng(Seed{2});
  PauliString all;
  for (int q = 0; q < N; ++q) all = all * pauli_z(q);
  std::printf("%6d", N);
  csv << N;
  const auto variance = [&]<class C>(std::type_identity<C>, const PauliSum& observable, std::size_t weight = 0) {
    const auto moments = gradient_variance<C>(observable, rng, {.draws = 200}).by_weight[weight];
    std::printf("%9.2g +- %-6.1g", moments.variance, moments.variance_error);
    csv << ',' << moments.variance << ',' << moments.variance_error;
    return moments.variance;
  };
  const double local = variance(std::type_identity<Ansatz<N, 2>>{}, pauli_z(0));  // of qubit 0's first rotation
  const double global = variance(std::type_identity<Ansatz<N, 2>>{}, all);
  variance(std::type_identity<Ansatz<N, 2 * N>>{}, pauli_z(0));
  variance(std::type_identity<TaskBehind<AngleEncoding<N, Axis::Y, CzRing, Layers<2>>>>{}, pauli_z(0));
  variance(std::type_identity<TaskBehind<Deep<N>>>{}, pauli_z(0), encoding_weights<Deep<N>>);  // the block's first
  std::printf("\n");
  csv << "\n";
  return local / global;
}

constexpr const char* script = R"(set datafile separator ','
set terminal svg size 720,440 background 'white'; set output 'gradient_variance.svg'
set logscale y; set format y '10^{%T}'; set grid; set key outside below maxcols 2
set xlabel 'qubits'; set ylabel 'variance of dF/dw'; set xrange [1.5:10.5]; set xtics 2
plot 'gradient_variance.csv' using 1:2:3 with yerrorlines lw 2 pt 7 lt 1 title 'Z_0, 2 layers', \
  '' using 1:4:5 with yerrorlines lw 2 pt 7 lt 2 title 'Z...Z, 2 layers', \
  '' using 1:6:7 with yerrorlines lw 2 pt 7 lt 6 title 'Z_0, 2N layers', \
  '' using 1:8:9 with yerrorlines lw 2 pt 7 lt 4 title 'task on two qubits, encoding of 2 layers', \
  '' using 1:10:11 with yerrorlines lw 2 pt 7 lt 7 title 'task on two qubits, re-uploading of N layers'
)";

int main(int argc, char** argv) {
  const bool plots = argc == 3 && std::string(argv[1]) == "--out";
  if (argc > 1 && !plots) return std::fprintf(stderr, "usage: diagnostics [--out DIRECTORY]\n"), 2;
  std::ofstream csv, gnuplot;
  if (plots) {
    std::error_code failed;
    std::filesystem::create_directories(argv[2], failed);
    std::filesystem::current_path(argv[2], failed);
    if (failed) return std::fprintf(stderr, "cannot use %s: %s\n", argv[2], failed.message().c_str()), 1;
    csv.open("gradient_variance.csv");
    gnuplot.open("gradient_variance.gp");
  }
  std::printf("qubits     Z0, 2 layers    Z...Z, 2 layers      Z0, 2N layers     task, 2 layers     task, N layers\n");
  csv << "qubits,local,local+-,global,global+-,deep,deep+-,task,task+-,deeptask,deeptask+-\n";
  line<2>(csv), line<4>(csv), line<6>(csv), line<8>(csv);
  const double ratio = line<10>(csv);
  if (plots && !(csv.flush() && (gnuplot << script).flush())) return std::fputs("cannot write\n", stderr), 1;
  if (plots && std::system("gnuplot gradient_variance.gp") != 0) {
    std::printf("gnuplot did not run: the plot is left to %s/gradient_variance.gp\n", argv[2]);
  }
  return ratio > 100 ? 0 : 1;  // the gradient of Z...Z vanishes, that of Z0 does not
}
