#pragma once
// SPDX-License-Identifier: Apache-2.0
// The library's version, for consumers that must branch on it.

#define QMTL_VERSION_MAJOR 0
#define QMTL_VERSION_MINOR 2
#define QMTL_VERSION_PATCH 0
#define QMTL_VERSION "0.2.0"
