/* eg_bits.h -- reading compressed weights: words from any address, bit streams, canonical codes, dot products of bytes.
 * SPDX-License-Identifier: 0BSD
 *
 * SPEC.md defines the streams and tables. Conversions to narrower signed types wrap and right shifts of negative values
 * are arithmetic, as all compilers of the supported targets do.
 */
#ifndef EG_BITS_H
#define EG_BITS_H

#include <stdint.h>

#include "eg_lanes.h"
#include "eg_runtime.h"

/* 32 bits from any address, the first byte lowest. */
static inline uint32_t eg_load_le(const void *from)
{
    const uint8_t *const b = (const uint8_t *)from;
    return (uint32_t)b[0] | ((uint32_t)b[1] << 8) | ((uint32_t)b[2] << 16) | ((uint32_t)b[3] << 24);
}

/* 32 bits from any address, the first byte highest. */
static inline uint32_t eg_load_be(const uint8_t *b)
{
    return ((uint32_t)b[0] << 24) | ((uint32_t)b[1] << 16) | ((uint32_t)b[2] << 8) | (uint32_t)b[3];
}

/* The next 25 bits and more of a stream at a bit position, left aligned. */
static inline uint32_t eg_peek(const uint8_t *stream, uint32_t position)
{
    return eg_load_be(stream + (position >> 3)) << (position & 7U);
}

/* The signed value of the lowest byte. */
static inline int32_t eg_signed_byte(uint32_t word)
{
    return (int32_t)(int8_t)(uint8_t)(word & 0xFFU);
}

/* Zero bits above the highest 1; the value is not 0. */
static inline uint32_t eg_zeros_above(uint32_t value)
{
#if defined(__GNUC__)
    return (uint32_t)__builtin_clz(value);
#else
    uint32_t zeros = 0;
    while ((value & 0x80000000U) == 0U) {
        value <<= 1;
        zeros++;
    }
    return zeros;
#endif
}

/* The canonical code at the top of a window whose length is above `length`: (length << 8) | symbol.
 * walk: for each longer length, the last window of 16 bits it covers and (index of its first symbol) - (its first code).
 */
static inline uint32_t eg_walk_code(uint32_t window, uint32_t length, const uint16_t *walk, const uint8_t *symbols)
{
    const uint32_t top = window >> 16;
    length++;
    while (top > walk[0]) {
        walk += 2;
        length++;
    }
    return (length << 8) | symbols[(walk[1] + (window >> (32U - length))) & 0xFFFFU];
}

/* Four values have been loaded before any of them is used: a load after a load costs one cycle less on a Cortex-M4. */
#if !defined(EG_PORTABLE) && defined(__GNUC__)
#define EG_TOGETHER(a, b, c, d) __asm__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d))
#else
#define EG_TOGETHER(a, b, c, d) ((void)0)
#endif

/* acc + the four products of the signed bytes of a and b. */
static inline int32_t eg_dot4(uint32_t a, uint32_t b, int32_t acc)
{
#if EG_HAS_DSP
    uint32_t u;
    uint32_t v;
    __asm__("sxtb16 %1, %3\n\tsxtb16 %2, %4\n\tsmlad %0, %1, %2, %0\n\t"
            "sxtb16 %1, %3, ror #8\n\tsxtb16 %2, %4, ror #8\n\tsmlad %0, %1, %2, %0"
            : "+r"(acc), "=&r"(u), "=&r"(v)
            : "r"(a), "r"(b));
    return acc;
#else
    acc += eg_signed_byte(a) * eg_signed_byte(b);
    acc += eg_signed_byte(a >> 8) * eg_signed_byte(b >> 8);
    acc += eg_signed_byte(a >> 16) * eg_signed_byte(b >> 16);
    return acc + eg_signed_byte(a >> 24) * eg_signed_byte(b >> 24);
#endif
}

/* Fields in the four bytes of a word as signed bytes; half: the sign bit of each. */
static inline uint32_t eg_signed_fields(uint32_t fields, uint32_t half)
{
    return ((fields ^ (half | 0x80808080U)) - half) ^ 0x80808080U;
}

/* A row of format int4 as bytes. */
static inline void eg_row_int4(const uint8_t *row, int32_t count, int8_t *out)
{
    const uint8_t *w = row;
    int8_t *to = out;
    int32_t left = count;
    for (; left >= 8; left -= 8) {
        const uint32_t word = eg_load_le(w);
        eg_store4(to, eg_signed_fields((word >> 4) & 0x0F0F0F0FU, 0x08080808U));
        eg_store4(to + 4, eg_signed_fields(word & 0x0F0F0F0FU, 0x08080808U));
        w += 4;
        to += 8;
    }
    for (uint32_t i = 0; i < (uint32_t)left; i++) {
        to[i] = (int8_t)(eg_signed_byte((uint32_t)w[i / 2U] << (4U - (4U * (i % 2U)))) >> 4);
    }
}

/* A row of format int2. */
static inline void eg_row_int2(const uint8_t *row, int32_t count, int8_t *out)
{
    const uint8_t *w = row;
    int8_t *to = out;
    int32_t left = count;
    for (; left >= 16; left -= 16) {
        const uint32_t word = eg_load_le(w);
        eg_store4(to, eg_signed_fields((word >> 6) & 0x03030303U, 0x02020202U));
        eg_store4(to + 4, eg_signed_fields((word >> 4) & 0x03030303U, 0x02020202U));
        eg_store4(to + 8, eg_signed_fields((word >> 2) & 0x03030303U, 0x02020202U));
        eg_store4(to + 12, eg_signed_fields(word & 0x03030303U, 0x02020202U));
        w += 4;
        to += 16;
    }
    for (uint32_t i = 0; i < (uint32_t)left; i++) {
        to[i] = (int8_t)(eg_signed_byte((uint32_t)w[i / 4U] << (6U - (2U * (i % 4U)))) >> 6);
    }
}

/* A row of format ternary; magnitude in 0..127. Four fields spread over four bytes, 0, 1 or 2 each; sums are 128 higher
 * than the weights until the end, so that no byte carries into the next. */
static inline void eg_row_ternary(const uint8_t *row, int32_t count, int32_t magnitude, int8_t *out)
{
    const uint32_t least = (uint32_t)(128 - magnitude) * 0x01010101U;
    const uint8_t *w = row;
    int8_t *to = out;
    int32_t left = count;
    for (; left >= 4; left -= 4) {
        uint32_t fields = *w++;
        fields = (fields | (fields << 12)) & 0x000F000FU;
        fields = (fields | (fields << 6)) & 0x03030303U;
        eg_store4(to, ((fields * (uint32_t)magnitude) + least) ^ 0x80808080U);
        to += 4;
    }
    for (uint32_t i = 0; i < (uint32_t)left; i++) {
        to[i] = (int8_t)(((int32_t)(((uint32_t)*w >> (2U * i)) & 3U) - 1) * magnitude);
    }
}

/* A row of format binary; difference: one - zero, 1..255. A product brings the bits of a half byte into four bytes, the
 * highest into the first. */
static inline void eg_row_binary(const uint8_t *row, int32_t count, int32_t zero, int32_t difference, int8_t *out)
{
    const uint32_t least = (uint32_t)(128 + zero) * 0x01010101U;
    const uint32_t step = (uint32_t)difference;
    const uint8_t *w = row;
    int8_t *to = out;
    int32_t left = count;
    for (; left >= 8; left -= 8) {
        const uint32_t bits = *w++;
        const uint32_t high = (((bits >> 4) * 0x08040201U) >> 3) & 0x01010101U;
        const uint32_t low = (((bits & 15U) * 0x08040201U) >> 3) & 0x01010101U;
        eg_store4(to, ((high * step) + least) ^ 0x80808080U);
        eg_store4(to + 4, ((low * step) + least) ^ 0x80808080U);
        to += 8;
    }
    for (uint32_t i = 0; i < (uint32_t)left; i++) {
        to[i] = (int8_t)(zero + ((int32_t)(((uint32_t)*w >> (7U - i)) & 1U) * difference));
    }
}

#endif /* EG_BITS_H */
