/* eg_requant.h -- int32 accumulators to quantized outputs, exactly as edgegen/fixedpoint.py.
 * SPDX-License-Identifier: 0BSD
 *
 * scale = multiplier * 2^(shift - 31), multiplier 0 or in [2^30, 2^31), shift in -31..30 (positive: left).
 * Right shifts of negative values are arithmetic, as all compilers of the supported targets do.
 */
#ifndef EG_REQUANT_H
#define EG_REQUANT_H

#include <stdint.h>

#include "eg_runtime.h"

static inline int32_t eg_clamp(int32_t value, int32_t lo, int32_t hi)
{
    return (value < lo) ? lo : ((value > hi) ? hi : value);
}

/* value * 2^left modulo 2^32. */
static inline int32_t eg_shift_left(int32_t value, int32_t left)
{
    return (int32_t)((uint32_t)value << (uint32_t)left);
}

/* Doubling high multiply, round half up; multiplier >= 0. */
static inline int32_t eg_doubling_high_mul(int32_t value, int32_t multiplier)
{
    const int64_t product = (int64_t)value * multiplier;
    return (int32_t)((product + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^right to nearest, ties away from zero; right in 0..31. */
static inline int32_t eg_rounding_shift_right(int32_t value, int32_t right)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << (uint32_t)right) - 1U);
    const int32_t rest = (int32_t)((uint32_t)value & (uint32_t)mask);
    const int32_t half = (int32_t)((uint32_t)mask >> 1) + ((value < 0) ? 1 : 0);
    return (value >> right) + ((rest > half) ? 1 : 0);
}

/* TFLite's double rounding. */
static inline int32_t eg_requantize_double(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t left = (shift > 0) ? shift : 0;
    const int32_t right = (shift > 0) ? 0 : -shift;
    return eg_rounding_shift_right(eg_doubling_high_mul(eg_shift_left(acc, left), multiplier), right);
}

/* One 64-bit product and one rounding shift, half up. */
static inline int32_t eg_requantize_single(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t total = 31 - shift;
    const int64_t product = (int64_t)acc * multiplier;
    return (int32_t)((product + ((int64_t)1 << (uint32_t)(total - 1))) >> (uint32_t)total);
}

/* eg_requantize_double where shift < 0 and the doubling high product is below 2^30, as it is while |acc| is. */
static inline int32_t eg_requantize_double_down(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t product = eg_doubling_high_mul(acc, multiplier);
    const int32_t half = eg_shift_left(1, -1 - shift);
    return (product + half + ((product < 0) ? -1 : 0)) >> -shift;
}

/* eg_requantize_single where shift < -1: the lower half of the product does not matter. */
static inline int32_t eg_requantize_single_down(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t high = (int32_t)(((int64_t)acc * multiplier) >> 32);
    return (high + eg_shift_left(1, -2 - shift)) >> (-1 - shift);
}

/* eg_requantize_single, but half to even. */
static inline int32_t eg_requantize_even(int32_t acc, int32_t multiplier, int32_t shift)
{
    const int32_t total = 31 - shift;
    const int64_t product = (int64_t)acc * multiplier;
    const int64_t up = product + ((int64_t)1 << (uint32_t)(total - 1));
    const uint64_t below = (uint64_t)up & (((uint64_t)1 << (uint32_t)total) - 1U);
    const int32_t result = (int32_t)(up >> (uint32_t)total);
    return (below == 0U) ? (result - (int32_t)((uint32_t)result & 1U)) : result;
}

#endif /* EG_REQUANT_H */
