/* eg_huffman.h -- decoding rows of Huffman-coded weights with a lookup table that is built in RAM from the stored code.
 * SPDX-License-Identifier: 0BSD
 *
 * SPEC.md defines streams and stored codes: symbols in canonical order, counts of the codes of 1, 2, .. bits.
 */
#ifndef EG_HUFFMAN_H
#define EG_HUFFMAN_H

#include <stdint.h>

#include "eg_bits.h"
#include "eg_runtime.h"

/* lut[2^bits]: (length << 8) | symbol for every window; 0 where the code is longer than `bits`. */
static EG_NOINLINE EG_UNUSED void eg_huffman_build(
    const uint8_t *symbols, const uint16_t *counts, uint32_t longest, uint32_t bits, uint16_t *lut)
{
    uint16_t *const end = lut + ((uint32_t)1 << bits);
    for (uint32_t length = 1; (length <= bits) && (length <= longest); length++) {
        for (uint32_t left = counts[length - 1U]; left != 0U; left--) {
            const uint16_t entry = (uint16_t)((length << 8) | *symbols++);
            for (uint32_t span = (uint32_t)1 << (bits - length); span != 0U; span--) {
                *lut++ = entry;
            }
        }
    }
    while (lut < end) {
        *lut++ = (longest == 0U) ? *symbols : 0U;
    }
}

/* The code at the top of a window, walked bit by bit: (length << 8) | symbol. For the few codes beyond the lookup. */
static EG_NOINLINE EG_UNUSED uint32_t eg_huffman_walk(
    uint32_t window, const uint8_t *symbols, const uint16_t *counts, uint32_t longest)
{
    uint32_t code = 0;
    uint32_t first = 0;
    uint32_t index = 0;
    for (uint32_t length = 1; length <= longest; length++) {
        const uint32_t count = counts[length - 1U];
        code |= window >> 31;
        window <<= 1;
        if ((code - first) < count) {
            return (length << 8) | symbols[index + (code - first)];
        }
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return symbols[0]; /* the only symbol, of no bits */
}

#endif /* EG_HUFFMAN_H */
