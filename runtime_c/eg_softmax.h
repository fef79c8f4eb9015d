/* eg_softmax.h -- the reciprocal that fixed-point softmax needs, as gemmlowp computes it.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_SOFTMAX_H
#define EG_SOFTMAX_H

#include <stdint.h>

#include "eg_requant.h"

/* Leading zero bits of a value that is not 0. */
static inline int32_t eg_leading_zeros(uint32_t value)
{
#if defined(__GNUC__)
    return (int32_t)__builtin_clz(value);
#else
    int32_t zeros = 0;
    for (uint32_t rest = value; (rest & 0x80000000U) == 0U; rest <<= 1U) {
        zeros++;
    }
    return zeros;
#endif
}

/* value * 2^left, saturated to int32. */
static inline int32_t eg_saturating_shift_left(int32_t value, int32_t left)
{
    const int64_t wide = (int64_t)value * ((int64_t)1 << (uint32_t)left);
    return (wide > INT32_MAX) ? INT32_MAX : ((wide < INT32_MIN) ? INT32_MIN : (int32_t)wide);
}

/* 1 / (1 + a) as Q0.31 for a in [0, 1) as Q0.31: three Newton-Raphson steps. */
static inline int32_t eg_reciprocal_of_one_plus(int32_t a)
{
    const int32_t half_denominator = (int32_t)(((int64_t)a + INT32_MAX + 1) >> 1);
    int32_t x = 1515870810 + eg_doubling_high_mul(half_denominator, -1010580540);
    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = ((int32_t)1 << 29) - eg_doubling_high_mul(half_denominator, x);
        x += eg_saturating_shift_left(eg_doubling_high_mul(x, error), 2);
    }
    return eg_saturating_shift_left(x, 1);
}

#endif /* EG_SOFTMAX_H */
