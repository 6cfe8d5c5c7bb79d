// expect: qmtl: an entangler must be made of a two-qubit gate without angles
// SPDX-License-Identifier: Apache-2.0
// An entangler of a rotation, whose angle would come from nowhere.

#include "qmtl/head/layers.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Ent = EntanglerLayer<Gate::ISWAP, pattern::Ring>;
#else
using Ent = EntanglerLayer<Gate::CRX, pattern::Ring>;
#endif

static_assert(Ent::make<3>().size == 3);
