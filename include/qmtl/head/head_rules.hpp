#pragma once
// SPDX-License-Identifier: Apache-2.0
// What must hold of a head's encoding and tasks, checked before anything is made of them: the first rule that does not
// hold is named, and compilers go on with a head that is all right, so that there is one error.

#include <type_traits>

#include "qmtl/engine/lane_backend.hpp"
#include "qmtl/head/concepts.hpp"
#include "qmtl/head/head_cost.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What stands for a task where those that were given are an error.
using AnyTask = Task<"any", IdentityBlock<1>, Window<0, 1>, Binary>;

template <class E>
concept SquashesFeatures = EncodesFeatures<E> && Squash<qmtl::SquashOf<E>>;

template <class... Tasks>
concept TasksOnly = sizeof...(Tasks) > 0 && (TaskType<Tasks> && ...);
template <class... Tasks>
concept DistinctTasks = TasksOnly<Tasks...> && names_differ<Tasks...>();

template <class E, class... Tasks>
concept WindowsWithin = SquashesFeatures<E> && DistinctTasks<Tasks...> &&
    ((windows_extent<typename Tasks::Windows> <= encoding_qubits<E>)&&...);

template <auto Method, class E, class... Tasks>
concept OnLightCones = WindowsWithin<E, Tasks...> && runs_light_cones<Method, E, Tasks...>;
template <auto Method, class E, class... Tasks>
concept StartsWell = WindowsWithin<E, Tasks...> &&
    !(PreparesState<E> && (!takes_prepared_states<Method> || OnLightCones<Method, E, Tasks...>));
template <auto Method, class E, class... Tasks>
concept RegisterFits = StartsWell<Method, E, Tasks...> &&
    (own_method<Method> || OnLightCones<Method, E, Tasks...> || encoding_qubits<E> <= max_lane_qubits);
template <auto Method, class E, class... Tasks>
concept ConesFit = RegisterFits<Method, E, Tasks...> &&
    (!OnLightCones<Method, E, Tasks...> || ((widest_light_cone<E, typename Tasks::Windows> <= max_lane_qubits) && ...));

/// Checks name the first rule that does not hold: `held` of them do, each on the condition that those before it do.
template <class E>
struct EncodingCheck {
  static constexpr bool passed = SquashesFeatures<E>;
  static constexpr int held =
      CircuitType<E> + CountsFeatures<E> + UsesOwnFeatures<E> + UsesAllWeights<E> + EncodesFeatures<E> + passed;
  static_assert(held != 0, "qmtl: an encoding must have a static constexpr circuit");
  static_assert(held != 1, "qmtl: an encoding must have a `static constexpr int features`");
  static_assert(held != 2, "qmtl: an encoding's circuit must use only features below its `features`");
  static_assert(held != 3, "qmtl: an encoding's circuit must use its weights without a gap");
  static_assert(held != 4, "qmtl: an encoding must be made of gates on its own qubits");
  static_assert(held != 5, "qmtl: the Squash of an encoding must have angle, derivative and describe");
};

template <class... Tasks>
struct TaskListCheck {
  static constexpr bool passed = DistinctTasks<Tasks...>;
  static constexpr int held = (sizeof...(Tasks) > 0) + TasksOnly<Tasks...> + passed;
  static_assert(held != 0, "qmtl: a head must have at least one task");
  static_assert(held != 1, "qmtl: the tasks of a head must be Task<...>, after all other arguments");
  static_assert(held != 2, "qmtl: the tasks of a head must have different names");
};

template <auto Method, class E, class... Tasks>
struct WindowCheck {
  static constexpr bool passed = ConesFit<Method, E, Tasks...>;
  static constexpr bool angles = WindowsWithin<E, Tasks...> && !(PreparesState<E> && !takes_prepared_states<Method>);
  static constexpr int held = WindowsWithin<E, Tasks...> + angles + StartsWell<Method, E, Tasks...> +
                              RegisterFits<Method, E, Tasks...> + passed;
  static_assert(held != 0, "qmtl: a task's window must lie within the encoding's qubits");
  static_assert(held != 1,
                "qmtl: parameter shift must have angles to shift: amplitude and basis encoding have none "
                "(a method of your own says prepares_states)");
  static_assert(held != 2, "qmtl: a head on light cones must start from |0...0>: amplitude and basis encoding do not");
  static_assert(held != 3,
                "qmtl: a head on one register must have at most 24 qubits; wider ones must have small light cones");
  static_assert(held != 4, "qmtl: a window's light cone must have at most 24 qubits");
};

/// The check that says what is wrong with a quantum head, if anything is.
template <auto Method, class E, class... Tasks>
using HeadCheck = std::conditional_t<
    !SquashesFeatures<E>, EncodingCheck<E>,
    std::conditional_t<!DistinctTasks<Tasks...>, TaskListCheck<Tasks...>, WindowCheck<Method, E, Tasks...>>>;

}  // namespace qmtl::inline QMTL_ABI::detail
