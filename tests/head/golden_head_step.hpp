#pragma once
// SPDX-License-Identifier: Apache-2.0
// The head step on 4 qubits, 2 tasks and 4 samples: its formulas and its values from an independent dense NumPy
// reference.

#include <array>
#include <cmath>

namespace qmtl::test::golden {

// Encoding, twice: RY(x[q]) on each qubit q, then CNOT(q, q+1 mod 4). Block of task t on qubits 2t, 2t+1, twice: RY and
// RZ on each, then CNOT(0, 1). Outputs: <Z> of every qubit. RY(a) = exp(-iaY/2), RZ(a) = exp(-iaZ/2).

/// Feature q of sample b, radians.
inline double x(int b, int q) { return std::sin(0.7 * (b + 1) + 1.3 * (q + 1)); }

/// Weight of task t, layer l, window qubit j: p = 0 of RY, p = 1 of RZ. Radians.
inline double theta(int t, int l, int j, int p) {
  return std::cos(0.3 * (t + 1) + 0.9 * (l + 1) + 1.7 * (j + 1) + 0.5 * (p + 1));
}

/// The cotangent dL/dy of output q of sample b.
inline double cotangent(int b, int q) { return std::sin(0.11 * (b + 1) * (q + 1)); }

/// <Z_q> of sample b at [4 b + q].
inline constexpr std::array<double, 16> y{
    -0.2907726686567989,   0.2274956358992417,   0.5067520657408793,  0.05773821572004728,
    -0.030174350537469447, 0.42186519759845376,  0.2910449959428992,  -0.04512229091901385,
    0.20205859277606275,   0.09345038462280109,  0.07277211410335901, 0.25356488017874784,
    -0.27418960181056873,  -0.16033810950552918, 0.5309495918778893,  0.01052778325230612};

/// dL/dtheta[t][l][j][p] at [8 t + 4 l + 2 j + p], by two-term parameter shift for each gate.
inline constexpr std::array<double, 16> dtheta{-0.22076019610752443,  0.04742809959896906,
                                               -0.022090426018225306, 0.13220890272267435,
                                               0.2972531156572009,    0.0,
                                               -0.4326197249552378,   3.236959241712042e-16,
                                               0.4904723781279394,    -0.012619767293340325,
                                               -0.19605309235475019,  -0.09421441681700027,
                                               -0.922507360643991,    0.0,
                                               -0.06267286776102865,  3.7867516995221345e-17};

/// dL/dx of feature q of sample b at [4 b + q].
inline constexpr std::array<double, 16> dx{
    -0.19990500514351256, -0.2150741007153123, 0.14272364074339838,  -0.13079511874222244,
    -0.22405436322942246, 0.08830851176051668, 0.5970217668727872,   -0.7075763717508616,
    -0.07722688317589807, 0.6200379327707862,  0.2247144923058224,   -0.5247227210857914,
    0.6753014642932492,   0.08401238691262436, -0.20944357662323207, -0.7730042413862444};

// The state of sample 0 after encoding and blocks, in both orders of qubits.

/// Real parts; qubit q is bit q of the index.
inline constexpr std::array<double, 16> state_lsb_re{
    -0.08918788744572444, -0.24556796877792694, 0.14020850335912513,   -0.259467603313967,
    -0.09204094837462001, 0.13380229145308045,  -0.03092557954836771,  -0.20872786222109482,
    0.34843496600828366,  -0.3734790932881469,  0.020122354208111246,  -0.014617019685811646,
    -0.22647334196654872, -0.15584844687661437, -0.015542125721708058, -0.12123664783658528};

/// Imaginary parts.
inline constexpr std::array<double, 16> state_lsb_im{
    -0.24295853984036883,  0.24173862626483233,  -0.06910683547158797, 0.3682417208162603,
    -0.05344577306995903,  -0.1569989736628382,  -0.02864725747201444, 0.1286891972416521,
    -0.055845261541242766, -0.16804461967786885, 0.20668237246279025,  0.06858945962435511,
    0.07548017951973707,   0.024822600620664242, 0.15878913923495963,  -0.093769703910906};

/// Real parts; qubit q is bit 3 - q of the index.
inline constexpr std::array<double, 16> state_msb_re{
    -0.08918788744572444, 0.34843496600828366,   -0.09204094837462001, -0.22647334196654872,
    0.14020850335912513,  0.020122354208111246,  -0.03092557954836771, -0.015542125721708058,
    -0.24556796877792694, -0.3734790932881469,   0.13380229145308045,  -0.15584844687661437,
    -0.259467603313967,   -0.014617019685811646, -0.20872786222109482, -0.12123664783658528};

/// Imaginary parts.
inline constexpr std::array<double, 16> state_msb_im{
    -0.24295853984036883, -0.055845261541242766, -0.05344577306995903, 0.07548017951973707,
    -0.06910683547158797, 0.20668237246279025,   -0.02864725747201444, 0.15878913923495963,
    0.24173862626483233,  -0.16804461967786885,  -0.1569989736628382,  0.024822600620664242,
    0.3682417208162603,   0.06858945962435511,   0.1286891972416521,   -0.093769703910906};

/// Sums over the same step with 64 samples, for one kind of encoding.
struct Checksums {
  double y_times_c;  ///< sum of y * c
  double dtheta;     ///< sum of dL/dtheta
  double dx;         ///< sum of dL/dx
  double dtheta_0;   ///< dL/dtheta[0][0][0][0]
  double dx_0;       ///< dL/dx[0][0]
};

inline constexpr Checksums ry{1.25321442087778, -1.10811993554539, -2.43295358120384, -0.355050776910867,
                              -0.199905005143513};
/// RY(x[q]) then RZ(x[q]) on each qubit before the CNOT ring. dtheta_0 is from a second reference, parameter shift on a
/// state vector in plain Python.
inline constexpr Checksums ryrz{1.34994856778908, -1.55700816655482, 0.504881477234056, 0.110579483747878,
                                -0.0516282611509305};
/// CZ instead of CNOT.
inline constexpr Checksums cz{3.21888674790081, -1.92899228125538, -6.44043760471443, 0.137934364541368,
                              -0.183645131055006};

}  // namespace qmtl::test::golden
