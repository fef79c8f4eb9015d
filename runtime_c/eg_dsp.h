/* eg_dsp.h -- register tiles for the DSP extension: their arguments, and portable twins of the instructions they use.
 * SPDX-License-Identifier: 0BSD
 *
 * Right shifts of negative values are arithmetic and conversions to narrower signed types wrap, as all compilers of the
 * supported targets do.
 */
#ifndef EG_DSP_H
#define EG_DSP_H

#include <stdint.h>

#include "eg_runtime.h"

/* Requantizes and stores the 8 sums of a tile. In assembly it is a part of the tile's function, reached by a jump with the sums in
 * r4-r11, so that one function serves all forms of requantization; in C it returns the stream behind the constants it took. */
#if EG_HAS_DSP
typedef void (*eg_tail)(void);
#else
typedef const int32_t *(*eg_tail)(const int32_t *acc, const int32_t *stream, int8_t *y, int32_t step);
#endif

/* How a 2 channel x 4 position tile walks: read by assembly, the order of the fields matters. */
struct eg_tile {
    int32_t step;       /* bytes from one output position to the next */
    int32_t step3;      /* 3 * step */
    int32_t entry;      /* where the first round enters the unrolled loop: bytes, bit 0 set */
    int32_t acts_bytes; /* bytes of the widened activations: 32 per 4 inputs */
    const int32_t *end; /* of the stream of weights */
    eg_tail tail;
};

/* Four rows of bytes that are widened side by side: read by assembly, the order of the fields matters. */
struct eg_rows {
    const int8_t *at[4]; /* first byte of each position */
    int32_t run;         /* contiguous bytes of a row, a multiple of 4 */
    int32_t rows;        /* number of rows */
    int32_t gap;         /* bytes from the end of a row to the start of the next */
    int32_t entry;       /* where the first round enters the unrolled loop: bytes, bit 0 set */
};

/* Non-zero weights: read by assembly, the order of the fields matters. */
struct eg_sparse {
    const uint8_t *entries;  /* of all channels, two bytes each: columns since the one before, weight */
    const int32_t *channels; /* what a channel has beside its entries, */
    const int32_t *end;      /* and behind the last one's */
    int32_t step;            /* bytes from one output position to the next */
};

/* Multiplies widened positions with all pairs of channels of a stream; widens or gathers 4 positions. */
typedef void (*eg_core)(const uint32_t *acts, const int32_t *stream, int8_t *y, const struct eg_tile *tile);
typedef void (*eg_widen)(const struct eg_rows *rows, uint32_t *acts);

/* A convolution on the tile: its parameters, and the stream of all its channels or of some that follow each other. */
typedef void (*eg_driver)(const void *params, const int32_t *stream, const int8_t *x, int8_t *y, void *work);

/* Output rows of a 3x3 depthwise tile: read by assembly, the order of the fields matters. */
struct eg_depthwise_rows {
    int32_t step;       /* bytes between neighbouring output columns */
    int32_t row_bytes;  /* bytes between the two output rows of stride 1; 0: the second row is not wanted */
    int32_t even_bytes; /* of the buffer's columns: 32 times the output columns, an odd last one left out; stride 2: all */
    int32_t odd;        /* stride 1: 1 when there is an odd last column */
    const int32_t *end; /* of the channels' weights */
};

/* Outputs of a one-dimensional depthwise tile: read by assembly, the order of the fields matters. */
struct eg_depthwise_line {
    struct {
        int32_t offset[3]; /* bytes from the first to the other three outputs of a group; unwanted ones repeat another's */
        int32_t rewind;    /* bytes back from a group's last pair to the next group's first */
    } groups[2];           /* of four outputs; of the last, which may be fewer */
    int32_t line_bytes;    /* of pairs that groups of four start at: 32 per group */
    int32_t first;         /* 0: starts with groups of four; 16: there are none */
    int32_t last;          /* 0: ends with groups of four; 16: with fewer */
    int32_t taps_bytes;    /* of a channel's weights, without bias */
    const int32_t *end;    /* of the channels' weights */
};

/* Tiles of up to four channels; all of a layer for four channels from `channel` on, called in rising order of channels. */
typedef void (*eg_rows_tile)(const uint32_t *, const int32_t *, int8_t *, const struct eg_depthwise_rows *);
typedef void (*eg_line_tile)(const uint32_t *, const int32_t *, int8_t *, const struct eg_depthwise_line *);
typedef void (*eg_channels)(
    const void *params, const int32_t *weights, const int8_t *x, int8_t *y, void *work, int32_t channel);

/* The signed low and high halfword of a word. */
static inline int32_t eg_low16(uint32_t word)
{
    return (int32_t)(int16_t)(uint16_t)(word & 0xFFFFU);
}

static inline int32_t eg_high16(uint32_t word)
{
    return (int32_t)(int16_t)(uint16_t)(word >> 16);
}

static inline uint32_t eg_pack16(int32_t low, int32_t high)
{
    return ((uint32_t)low & 0xFFFFU) | ((uint32_t)high << 16);
}

/* SMLAD: acc + low * low + high * high, modulo 2^32. */
static inline int32_t eg_smlad(uint32_t a, uint32_t b, int32_t acc)
{
    const uint32_t low = (uint32_t)(eg_low16(a) * eg_low16(b));
    const uint32_t high = (uint32_t)(eg_high16(a) * eg_high16(b));
    return (int32_t)((uint32_t)acc + low + high);
}

/* SXTB16: bytes 0 and 2 as signed halfwords; of word ROR 8: bytes 1 and 3. */
static inline uint32_t eg_sxtb16(uint32_t word)
{
    return eg_pack16((int32_t)(int8_t)(uint8_t)(word & 0xFFU), (int32_t)(int8_t)(uint8_t)((word >> 16) & 0xFFU));
}

/* a + b modulo 2^32. */
static inline int32_t eg_add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* SMMLA: constant + the high word of a 64-bit product. */
static inline int32_t eg_smmla(int32_t a, int32_t b, int32_t constant)
{
    const int32_t high = (int32_t)(((int64_t)a * b) >> 32);
    return (int32_t)((uint32_t)constant + (uint32_t)high);
}

/* SSAT to 8 bits, then the layer's own bounds. */
static inline int8_t eg_saturate8(int32_t value, int32_t lo, int32_t hi)
{
    return (int8_t)((value < lo) ? lo : ((value > hi) ? hi : value));
}

/* Four bytes of any alignment, as an operand. */
struct eg_bytes4 {
    int8_t byte[4];
};

/* One word from any address; opaque on the target, so that no loop around it becomes a call of a bytewise memcpy. */
static inline uint32_t eg_load_word(const int8_t *from)
{
#if EG_HAS_DSP
    uint32_t word;
    __asm__("ldr %0, %1" : "=r"(word) : "m"(*(const struct eg_bytes4 *)from));
    return word;
#else
    return (uint32_t)(uint8_t)from[0] | ((uint32_t)(uint8_t)from[1] << 8) | ((uint32_t)(uint8_t)from[2] << 16)
        | ((uint32_t)(uint8_t)from[3] << 24);
#endif
}

static inline void eg_store_word(int8_t *to, uint32_t word)
{
#if EG_HAS_DSP
    __asm__("str %1, %0" : "=m"(*(struct eg_bytes4 *)to) : "r"(word));
#else
    to[0] = (int8_t)(uint8_t)(word & 0xFFU);
    to[1] = (int8_t)(uint8_t)((word >> 8) & 0xFFU);
    to[2] = (int8_t)(uint8_t)((word >> 16) & 0xFFU);
    to[3] = (int8_t)(uint8_t)(word >> 24);
#endif
}

/* SXTAB16 of a word onto two halfwords. */
static inline uint32_t eg_sxtab16(uint32_t halves, uint32_t word)
{
#if EG_HAS_DSP
    uint32_t sum;
    __asm__("sxtab16 %0, %1, %2" : "=r"(sum) : "r"(halves), "r"(word));
    return sum;
#else
    const uint32_t bytes = eg_sxtb16(word);
    return eg_pack16(eg_low16(halves) + eg_low16(bytes), eg_high16(halves) + eg_high16(bytes));
#endif
}

/* The two words that 4 inputs become for byte pairs of weights: x0 - 127, x2 - 127; 256 x1 + 127 - x0, 256 x3 + 127 - x2. */
static inline void eg_widen8_word(uint32_t word, uint32_t *acts)
{
    acts[0] = eg_sxtab16(0xFF81FF81U, word);
    acts[1] = word ^ 0x007F007FU;
}

/* The two words that 4 inputs become for int16 weights: x0, x2; x1, x3. */
static inline void eg_widen16_word(uint32_t word, uint32_t *acts)
{
    acts[0] = eg_sxtab16(0U, word);
    acts[1] = eg_sxtab16(0U, (word >> 8) | (word << 24));
}

/* The last word of a row of bytes, without reading beyond its end. */
static inline uint32_t eg_last_word(const int8_t *from, int32_t bytes)
{
    uint32_t word = 0;
    for (int32_t i = bytes - 1; i >= 0; i--) {
        word = (word << 8) | (uint32_t)(uint8_t)from[i];
    }
    return word;
}

/* Widens a row: 2 words per 4 inputs, a last group of fewer padded with zeros. */
static inline void eg_widen8(const int8_t *x, int32_t count, uint32_t *acts)
{
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        eg_widen8_word(eg_load_word(x), acts);
        eg_widen8_word(eg_load_word(x + 4), acts + 2);
        eg_widen8_word(eg_load_word(x + 8), acts + 4);
        eg_widen8_word(eg_load_word(x + 12), acts + 6);
        x += 16;
        acts += 8;
    }
    for (; i + 4 <= count; i += 4) {
        eg_widen8_word(eg_load_word(x), acts);
        x += 4;
        acts += 2;
    }
    if (i < count) {
        eg_widen8_word(eg_last_word(x, count - i), acts);
    }
}

static inline void eg_widen16(const int8_t *x, int32_t count, uint32_t *acts)
{
    int32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        eg_widen16_word(eg_load_word(x), acts);
        x += 4;
        acts += 2;
    }
    if (i < count) {
        eg_widen16_word(eg_last_word(x, count - i), acts);
    }
}

/* Copies bytes between any addresses; the last word may overlap the one before. */
static inline void eg_copy(int8_t *to, const int8_t *from, int32_t bytes)
{
    const int32_t last = bytes - 4;
    int32_t i = 0;
    if (last >= 0) {
        for (; i + 12 < last; i += 16) {
            const uint32_t a = eg_load_word(&from[i]);
            const uint32_t b = eg_load_word(&from[i + 4]);
            const uint32_t c = eg_load_word(&from[i + 8]);
            const uint32_t d = eg_load_word(&from[i + 12]);
            eg_store_word(&to[i], a);
            eg_store_word(&to[i + 4], b);
            eg_store_word(&to[i + 8], c);
            eg_store_word(&to[i + 12], d);
        }
        for (; i < last; i += 4) {
            eg_store_word(&to[i], eg_load_word(&from[i]));
        }
        eg_store_word(&to[last], eg_load_word(&from[last]));
    } else {
        for (; i < bytes; i++) {
            to[i] = from[i];
        }
    }
}

/* Sets bytes at any address. */
static EG_NOINLINE EG_UNUSED void eg_fill(int8_t *to, int32_t value, int32_t bytes)
{
    const uint32_t word = ((uint32_t)value & 0xFFU) * 0x01010101U;
    int32_t i = 0;
    if (bytes >= 4) {
        for (; i < bytes - 4; i += 4) {
            eg_store_word(&to[i], word);
        }
        eg_store_word(&to[bytes - 4], word);
    } else {
        for (; i < bytes; i++) {
            to[i] = (int8_t)value;
        }
    }
}

/* An image of bytes, channels last, and what lies around it. */
struct eg_image {
    const int8_t *x;
    int32_t height;
    int32_t width;
    int32_t channels;
    int32_t pad_value;
};

/* rows x columns pixels from row y0 and column x0 on, every row_step-th row, as contiguous bytes; padded outside. */
static EG_NOINLINE EG_UNUSED void eg_window(
    const struct eg_image *image, int32_t y0, int32_t x0, int32_t rows, int32_t row_step, int32_t columns, int8_t *to)
{
    const int32_t bytes = columns * image->channels;
    int32_t left = (x0 < 0) ? -x0 : 0;
    int32_t right = x0 + columns - image->width;
    left = ((left < columns) ? left : columns) * image->channels;
    right = ((right < 0) ? 0 : ((right < columns) ? right : columns)) * image->channels;
    right = (left + right <= bytes) ? right : (bytes - left);
    for (int32_t row = 0; row < rows; row++) {
        const int32_t iy = y0 + row * row_step;
        if ((iy < 0) || (iy >= image->height)) {
            eg_fill(to, image->pad_value, bytes);
        } else {
            const int8_t *const from = &image->x[(iy * image->width + x0) * image->channels];
            eg_copy(&to[left], &from[left], bytes - left - right);
            if (left > 0) {
                eg_fill(to, image->pad_value, left);
            }
            if (right > 0) {
                eg_fill(&to[bytes - right], image->pad_value, right);
            }
        }
        to += bytes;
    }
}

#endif /* EG_DSP_H */
