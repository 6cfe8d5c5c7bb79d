#pragma once
// SPDX-License-Identifier: Apache-2.0
// Macros of C headers that a program may have included before: <complex.h>, X11, <sys/sysmacros.h>, <termios.h>,
// <math.h>, and Qt's keywords. Eigen itself refuses X11's Success, so that it must come first.

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <nlohmann/json.hpp>

// <complex.h>
#define I (__extension__ 1.0iF)
#define _Complex_I (__extension__ 1.0iF)

// X11/X.h, Xlib.h, Xutil.h
#define Above 0
#define Always 2
#define Below 1
#define Bool int
#define Complex 0
#define Convex 2
#define CursorShape 0
#define Expose 12
#define False 0
#define FillSolid 0
#define FocusIn 9
#define GrayScale 1
#define InputOnly 2
#define KeyPress 2
#define None 0L
#define Nonconvex 1
#define Opposite 4
#define Status int
#define Success 0
#define True 1
#define TrueColor 4
#define Unsorted 0
#define YSorted 1
#define XNegative 0x0010
#define XValue 0x0001
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))

// <sys/sysmacros.h>, <termios.h>, <math.h>, predefined by the compilers in GNU modes
#define major(device) ((device) >> 8)
#define minor(device) ((device)&255)
#define makedev(major, minor) ((major) << 8 | (minor))
#define B0 0
#define ECHO 8
#define CR0 0
#define NL0 0
#define DOMAIN 1
#define SING 2
#define OVERFLOW 3
#define UNDERFLOW 4
#define HUGE 3.4e38f
#define linux 1
#define unix 1

// Qt
#define emit
#define foreach(variable, container) for (variable : container)
#define forever for (;;)
#define signals public
#define slots
