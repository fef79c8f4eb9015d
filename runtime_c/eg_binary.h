/* eg_binary.h -- counting bits: products of -1, 0 and 1 as exclusive or and population count.
 * SPDX-License-Identifier: 0BSD
 *
 * A vector of -1 and 1 is a row of bits, 1 for -1, element i in bit i % 32 of word i / 32, unused bits 0. The product of
 * two vectors is their length less twice the number of bits that differ. Elements that are 0 take a second row of bits,
 * 1 where the element is not 0.
 */
#ifndef EG_BINARY_H
#define EG_BINARY_H

#include <stdint.h>

#include "eg_runtime.h"

/* The masks of the counts below. Kept in registers, so that a shift is part of the instruction that masks. */
struct eg_masks {
    uint32_t pairs;
    uint32_t fours;
    uint32_t eights;
};

static inline struct eg_masks eg_masks(void)
{
    struct eg_masks m = {0x55555555U, 0x33333333U, 0x0F0F0F0FU};
#if EG_HAS_DSP
    __asm__("" : "+r"(m.pairs), "+r"(m.fours), "+r"(m.eights));
#endif
    return m;
}

/* Ones in each field of four bits. */
static inline uint32_t eg_ones_by_4(uint32_t v, struct eg_masks m)
{
    const uint32_t pairs = v - ((v >> 1) & m.pairs);
    return (pairs & m.fours) + ((pairs >> 2) & m.fours);
}

/* total and the sum of eight fields of four bits, each at most 15. */
static inline uint32_t eg_add_by_4(uint32_t total, uint32_t v, struct eg_masks m)
{
    const uint32_t bytes = (v & m.eights) + ((v >> 4) & m.eights);
#if EG_HAS_DSP
    uint32_t sum;
    __asm__("usada8 %0, %1, %2, %3" : "=r"(sum) : "r"(bytes), "r"(0U), "r"(total));
    return sum;
#else
    return total + ((bytes * 0x01010101U) >> 24);
#endif
}

/* Ones in words. */
static inline uint32_t eg_count_ones(const uint32_t *words, int32_t count)
{
    const struct eg_masks m = eg_masks();
    uint32_t total = 0U;
    for (int32_t i = 0; i < count; i++) {
        total = eg_add_by_4(total, eg_ones_by_4(words[i], m), m);
    }
    return total;
}

/* A word of signs: older ones move down, that of x becomes the highest. */
static inline uint32_t eg_push_sign(uint32_t signs, int8_t x)
{
    return (signs >> 1) | ((uint32_t)(uint8_t)x << 24 & 0x80000000U);
}

/* Bits of count values: 1 where the value is negative. */
static inline void eg_pack_negative(const int8_t *x, int32_t count, uint32_t *bits)
{
    for (int32_t rest = count; rest > 0; rest -= 32) {
        uint32_t signs = 0U;
        int32_t i = (rest < 32) ? rest : 32;
        const uint32_t unused = (uint32_t)(32 - i);
        for (; i >= 4; i -= 4) {
            signs = eg_push_sign(signs, x[0]);
            signs = eg_push_sign(signs, x[1]);
            signs = eg_push_sign(signs, x[2]);
            signs = eg_push_sign(signs, x[3]);
            x += 4;
        }
        for (; i > 0; i--) {
            signs = eg_push_sign(signs, *x++);
        }
        *bits++ = signs >> unused;
    }
}

/* Bits of count values: 1 where the value is not 0. */
static inline void eg_pack_nonzero(const int8_t *x, int32_t count, uint32_t *bits)
{
    for (int32_t rest = count; rest > 0; rest -= 32) {
        uint32_t values = 0U;
        const int32_t here = (rest < 32) ? rest : 32;
        for (int32_t i = 0; i < here; i++) {
            values |= (uint32_t)(x[i] != 0) << (uint32_t)i;
        }
        x += here;
        *bits++ = values;
    }
}

#endif /* EG_BINARY_H */
