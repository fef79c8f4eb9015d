/* eg_place.h -- decoded depthwise weights and their constants as the tiles of the DSP extension read them.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_PLACE_H
#define EG_PLACE_H

#include <stdint.h>

#include "eg_bits.h"
#include "eg_dsp.h"
#include "eg_runtime.h"

/* The head of a layer's constants, one halfword each. Behind it lie the words that channels share, then the channels: each stores
 * its bias, less EG_FACTOR times the sum of its weights, its multiplier, and the other words of requantization unless they
 * go by the multiplier's leading zeros. Words are two halfwords, the low one first. */
enum {
    EG_TAPS,
    EG_SCALE,  /* weights and biases are multiplied by it: a power of two */
    EG_FACTOR,
    EG_BIAS,   /* halfwords of a stored bias: 1 or 2, or 0 where sums start from nothing */
    EG_MORE,   /* halfwords of requantization behind the multiplier: 2 or 4 */
    EG_FIRST,  /* the fewest leading zeros of a multiplier, for which shared words begin; -1: none are shared */
    EG_SHARED
};

/* `count` channels' decoded weights and constants in the words that a tile reads. */
typedef void (*eg_place)(const int16_t *layer, const int8_t *w, const int16_t *constants, int32_t count, int32_t *to);

static inline int32_t eg_word_of(const int16_t *halves)
{
    return (int32_t)eg_load_word((const int8_t *)halves);
}

/* A channel's start value and words of requantization; sum: of its weights times scale. Returns what follows in `from`. */
static EG_NOINLINE EG_UNUSED const int16_t *eg_constants(
    const int16_t *layer, const int16_t *from, int32_t sum, int32_t to[4])
{
    const int32_t word = eg_word_of(from);
    const int32_t bias = (layer[EG_BIAS] == 1) ? eg_low16((uint32_t)word) : word;
    const int16_t *const behind = &from[layer[EG_BIAS]];
    const int32_t multiplier = eg_word_of(behind);
    const int32_t more = layer[EG_MORE];
    const int32_t first = layer[EG_FIRST];
    const int16_t *rest = &behind[2];
    const int16_t *next = &rest[more];
    /* a product alone may leave 32 bits, the sum does not */
    const uint32_t start = ((uint32_t)bias * (uint32_t)layer[EG_SCALE]) + ((uint32_t)layer[EG_FACTOR] * (uint32_t)sum);
    to[0] = (layer[EG_BIAS] != 0) ? (int32_t)start : 0;
    to[1] = multiplier;
    if (first >= 0) {
        next = rest;
        rest = &layer[EG_SHARED + (more * ((int32_t)eg_zeros_above((uint32_t)multiplier) - first))];
    }
    to[2] = eg_word_of(rest);
    if (more > 2) {
        to[3] = eg_word_of(&rest[2]);
    }
    return next;
}

#endif /* EG_PLACE_H */
