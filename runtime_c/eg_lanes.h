/* eg_lanes.h -- four bytes of a word at a time: sums of signed bytes in halfwords, and largest and smallest bytes.
 * SPDX-License-Identifier: 0BSD
 *
 * Conversions to narrower signed types wrap, as all compilers of the supported targets do.
 */
#ifndef EG_LANES_H
#define EG_LANES_H

#include <stdint.h>

#include "eg_runtime.h"

/* Four bytes from any address. */
static inline uint32_t eg_load4(const int8_t *from)
{
#if EG_HAS_DSP
    uint32_t word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
#else
    return (uint32_t)(uint8_t)from[0] | ((uint32_t)(uint8_t)from[1] << 8) | ((uint32_t)(uint8_t)from[2] << 16)
        | ((uint32_t)(uint8_t)from[3] << 24);
#endif
}

static inline void eg_store4(int8_t *to, uint32_t word)
{
#if EG_HAS_DSP
    __builtin_memcpy(to, &word, sizeof word);
#else
    to[0] = (int8_t)(uint8_t)(word & 0xFFU);
    to[1] = (int8_t)(uint8_t)((word >> 8) & 0xFFU);
    to[2] = (int8_t)(uint8_t)((word >> 16) & 0xFFU);
    to[3] = (int8_t)(uint8_t)(word >> 24);
#endif
}

/* The signed halfwords of a sum. */
static inline int32_t eg_lane0(uint32_t sums)
{
    return (int32_t)(int16_t)(uint16_t)(sums & 0xFFFFU);
}

static inline int32_t eg_lane1(uint32_t sums)
{
    return (int32_t)(int16_t)(uint16_t)(sums >> 16);
}

/* Adds bytes 0 and 2 of word to the two halfwords of sums, modulo 2^16. */
static inline uint32_t eg_add_even(uint32_t sums, uint32_t word)
{
#if EG_HAS_DSP
    __asm__("sxtab16 %0, %0, %1" : "+r"(sums) : "r"(word));
    return sums;
#else
    const int32_t low = eg_lane0(sums) + (int8_t)(uint8_t)(word & 0xFFU);
    const int32_t high = eg_lane1(sums) + (int8_t)(uint8_t)((word >> 16) & 0xFFU);
    return ((uint32_t)low & 0xFFFFU) | ((uint32_t)high << 16);
#endif
}

/* The same with bytes 1 and 3. */
static inline uint32_t eg_add_odd(uint32_t sums, uint32_t word)
{
#if EG_HAS_DSP
    __asm__("sxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(word));
    return sums;
#else
    return eg_add_even(sums, word >> 8);
#endif
}

/* The larger of the signed bytes of a and b, byte by byte. */
static inline uint32_t eg_max4(uint32_t a, uint32_t b)
{
#if EG_HAS_DSP
    uint32_t difference;
    __asm__("ssub8 %1, %0, %2\n\tsel %0, %0, %2" : "+r"(a), "=&r"(difference) : "r"(b) : "cc");
    return a;
#else
    uint32_t result = 0;
    for (uint32_t shift = 0; shift < 32U; shift += 8U) {
        const uint32_t x = (a >> shift) & 0xFFU;
        const uint32_t y = (b >> shift) & 0xFFU;
        result |= (((x ^ 0x80U) > (y ^ 0x80U)) ? x : y) << shift;
    }
    return result;
#endif
}

/* The smaller. */
static inline uint32_t eg_min4(uint32_t a, uint32_t b)
{
    return ~eg_max4(~a, ~b);
}

#endif /* EG_LANES_H */
