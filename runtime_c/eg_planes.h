/* eg_planes.h -- inputs laid out for weights of one and two bits, so that a word of weights meets a word of inputs.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_PLANES_H
#define EG_PLANES_H

#include <stdint.h>

#include "eg_lanes.h"
#include "eg_runtime.h"

/* Four rows of weights side by side: read by assembly, the order of the fields matters. */
struct eg_plane_rows {
    int32_t stride;      /* bytes from one row to the next; 0: one row, all four are it */
    const uint32_t *end; /* of the inputs as laid out */
};

/* Bytes 0 and 2 of both words, those of a first: b0 << 8 | a0, b2 << 8 | a2. */
static inline uint32_t eg_zip_even(uint32_t a, uint32_t b)
{
    return (a & 0x00FF00FFU) | ((b & 0x00FF00FFU) << 8);
}

/* 32 inputs x -> 8 words of x + 128, unsigned: byte i of word s is input 8 i + s. Returns the sum of all x + 128. */
static inline uint32_t eg_lanes_32(const int8_t *x, uint32_t *to)
{
    uint32_t sums = 0U;
    for (int32_t half = 0; half < 2; half++) {
        const uint32_t a = eg_load4(&x[4 * half]) ^ 0x80808080U;
        const uint32_t b = eg_load4(&x[4 * half + 8]) ^ 0x80808080U;
        const uint32_t c = eg_load4(&x[4 * half + 16]) ^ 0x80808080U;
        const uint32_t d = eg_load4(&x[4 * half + 24]) ^ 0x80808080U;
        const uint32_t ab = eg_zip_even(a, b);
        const uint32_t cd = eg_zip_even(c, d);
        const uint32_t ab_odd = eg_zip_even(a >> 8, b >> 8);
        const uint32_t cd_odd = eg_zip_even(c >> 8, d >> 8);
        sums += (ab & 0x00FF00FFU) + ((ab >> 8) & 0x00FF00FFU) + (cd & 0x00FF00FFU) + ((cd >> 8) & 0x00FF00FFU);
        sums += (ab_odd & 0x00FF00FFU) + ((ab_odd >> 8) & 0x00FF00FFU);
        sums += (cd_odd & 0x00FF00FFU) + ((cd_odd >> 8) & 0x00FF00FFU);
        to[4 * half] = (ab & 0xFFFFU) | (cd << 16);
        to[4 * half + 1] = (ab_odd & 0xFFFFU) | (cd_odd << 16);
        to[4 * half + 2] = (ab >> 16) | (cd & 0xFFFF0000U);
        to[4 * half + 3] = (ab_odd >> 16) | (cd_odd & 0xFFFF0000U);
    }
    return (sums & 0xFFFFU) + (sums >> 16);
}

/* All inputs for planes of one bit, in groups of 32; inputs beyond the last are -128, which the layout has as 0. Returns
 * their sum. */
static inline int32_t eg_bit_lanes(const int8_t *x, int32_t count, uint32_t *to)
{
    uint32_t sum = 0U;
    const int8_t *from = x;
    int32_t left = count;
    for (; left >= 32; left -= 32) {
        sum += eg_lanes_32(from, to);
        from += 32;
        to += 8;
    }
    if (left > 0) {
        int8_t rest[32];
        for (int32_t i = 0; i < 32; i++) {
            rest[i] = (int8_t)((i < left) ? from[i] : -128);
        }
        sum += eg_lanes_32(rest, to);
    }
    return (int32_t)sum - (128 * count);
}

/* 16 inputs x -> 8 words: input s in the lower half of word s, input 8 + s in the upper. Returns their sum. */
static inline int32_t eg_lanes_16(const int8_t *x, uint32_t *to)
{
    int32_t sum = 0;
    for (int32_t s = 0; s < 8; s++) {
        sum += x[s] + x[8 + s];
        to[s] = ((uint32_t)(int32_t)x[s] & 0xFFFFU) | ((uint32_t)(int32_t)x[8 + s] << 16);
    }
    return sum;
}

/* All inputs for fields of two bits, in groups of 16; inputs beyond the last are 0. Returns their sum. */
static inline int32_t eg_field_lanes(const int8_t *x, int32_t count, uint32_t *to)
{
    int32_t sum = 0;
    const int8_t *from = x;
    int32_t left = count;
    for (; left >= 16; left -= 16) {
        sum += eg_lanes_16(from, to);
        from += 16;
        to += 8;
    }
    if (left > 0) {
        int8_t rest[16];
        for (int32_t i = 0; i < 16; i++) {
            rest[i] = (int8_t)((i < left) ? from[i] : 0);
        }
        sum += eg_lanes_16(rest, to);
    }
    return sum;
}

#endif /* EG_PLANES_H */
