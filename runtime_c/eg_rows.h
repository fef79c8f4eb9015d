/* eg_rows.h -- four rows of weights, decoded and widened in RAM, times many input vectors.
 * SPDX-License-Identifier: 0BSD
 *
 * A chunk is 4 neighbouring weights of 4 rows as 8 words: for each row the halfwords of bytes 0 and 2, then 1 and 3.
 */
#ifndef EG_ROWS_H
#define EG_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "eg_bits.h"
#include "eg_dsp.h"
#include "eg_runtime.h"

/* acc + the products of 4 inputs and the 4 weights in two words of a chunk. */
static inline int32_t eg_dot_chunk(const int8_t *x, const uint32_t *wide, int32_t acc)
{
    acc += eg_low16(wide[0]) * x[0];
    acc += eg_low16(wide[1]) * x[1];
    acc += eg_high16(wide[0]) * x[2];
    return acc + (eg_high16(wide[1]) * x[3]);
}

/* One decoded row into its place in the chunks; every segment is completed with zeros to whole chunks. */
static EG_NOINLINE EG_UNUSED void eg_widen_row(const int8_t *row, uint32_t *wide, int32_t segment, int32_t segments)
{
    for (; segments > 0; segments--) {
        int32_t left = segment;
        for (; left >= 4; left -= 4) {
#if EG_HAS_DSP
            const uint32_t word = eg_load_le(row);
            __asm__("sxtb16 %0, %1" : "=r"(wide[0]) : "r"(word));
            __asm__("sxtb16 %0, %1, ror #8" : "=r"(wide[1]) : "r"(word));
#else
            wide[0] = eg_pack16(row[0], row[2]);
            wide[1] = eg_pack16(row[1], row[3]);
#endif
            row += 4;
            wide += 8;
        }
        if (left > 0) {
            wide[0] = eg_pack16(row[0], (left > 2) ? row[2] : 0);
            wide[1] = eg_pack16((left > 1) ? row[1] : 0, 0);
            row += left;
            wide += 8;
        }
    }
}

/* How eg_dot_rows walks: read by assembly, the order of the fields matters. */
struct eg_row_walk {
    int32_t gap;   /* bytes from the end of a segment's chunks to the next segment */
    int32_t rows;  /* segments, 1 and more */
    int32_t bytes; /* 32 per chunk of a segment, 1 chunk and more */
};

/* acc[i] += row i * x; x has any alignment. */
#if EG_HAS_DSP
static EG_NAKED EG_UNUSED void eg_dot_rows(
    const int8_t *x EG_UNUSED, const uint32_t *wide EG_UNUSED, int32_t acc[4] EG_UNUSED,
    const struct eg_row_walk *walk EG_UNUSED)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "ldr r12, [r3, #8]\n\t"
        "ldr lr, [r3, #4]\n\t"
        "ldr r3, [r3]\n\t"
        "push {r2, r3, r12}\n\t"
        "ldm r2, {r8-r11}\n\t"
        "1:\n\t"
        "ldr r2, [sp, #8]\n\t"
        "add r12, r1, r2\n\t"
        "lsls r2, r2, #26\n\t"
        "bmi 3f\n\t" /* an odd number of chunks */
        "2:\n\t"
        "ldr r3, [r0], #4\n\t"
        "ldm r1!, {r4, r5, r6, r7}\n\t"
        "sxtb16 r2, r3\n\t"
        "sxtb16 r3, r3, ror #8\n\t"
        "smlad r8, r4, r2, r8\n\t"
        "smlad r8, r5, r3, r8\n\t"
        "smlad r9, r6, r2, r9\n\t"
        "smlad r9, r7, r3, r9\n\t"
        "ldm r1!, {r4, r5, r6, r7}\n\t"
        "smlad r10, r4, r2, r10\n\t"
        "smlad r10, r5, r3, r10\n\t"
        "smlad r11, r6, r2, r11\n\t"
        "smlad r11, r7, r3, r11\n\t"
        "3:\n\t"
        "ldr r3, [r0], #4\n\t"
        "ldm r1!, {r4, r5, r6, r7}\n\t"
        "sxtb16 r2, r3\n\t"
        "sxtb16 r3, r3, ror #8\n\t"
        "smlad r8, r4, r2, r8\n\t"
        "smlad r8, r5, r3, r8\n\t"
        "smlad r9, r6, r2, r9\n\t"
        "smlad r9, r7, r3, r9\n\t"
        "ldm r1!, {r4, r5, r6, r7}\n\t"
        "smlad r10, r4, r2, r10\n\t"
        "smlad r10, r5, r3, r10\n\t"
        "smlad r11, r6, r2, r11\n\t"
        "smlad r11, r7, r3, r11\n\t"
        "cmp r1, r12\n\t"
        "bcc 2b\n\t"
        "ldr r3, [sp, #4]\n\t"
        "subs lr, lr, #1\n\t"
        "add r0, r0, r3\n\t"
        "bne 1b\n\t"
        "pop {r2, r3, r12}\n\t"
        "stm r2, {r8-r11}\n\t"
        "pop {r4-r11, pc}");
}
#else
static EG_UNUSED void eg_dot_rows(
    const int8_t *x, const uint32_t *wide, int32_t acc[4], const struct eg_row_walk *walk)
{
    for (int32_t row = 0; row < walk->rows; row++) {
        for (int32_t left = walk->bytes; left > 0; left -= 32) {
            for (int32_t i = 0; i < 4; i++) {
                acc[i] = eg_dot_chunk(x, wide + (2 * i), acc[i]);
            }
            x += 4;
            wide += 8;
        }
        x += (row + 1 < walk->rows) ? walk->gap : 0;
    }
}
#endif

/* count bytes from any address to any address. */
static inline void eg_copy_run(int8_t *to, const int8_t *from, int32_t count)
{
    for (; count >= 8; count -= 8) {
        const uint32_t first = eg_load_word(from);
        const uint32_t second = eg_load_word(from + 4);
        eg_store_word(to, first);
        eg_store_word(to + 4, second);
        to += 8;
        from += 8;
    }
    for (; count > 0; count--) {
        *to++ = *from++;
    }
}

/* count bytes of one value. */
static inline void eg_fill_run(int8_t *to, int32_t value, int32_t count)
{
    const uint32_t word = ((uint32_t)value & 0xFFU) * 0x01010101U;
    for (; count >= 4; count -= 4) {
        eg_store_word(to, word);
        to += 4;
    }
    for (; count > 0; count--) {
        *to++ = (int8_t)value;
    }
}

/* A window over an input, channels last; read by C only. */
struct eg_window {
    int32_t in_h, in_w, in_c;
    int32_t kernel_h, kernel_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_value;
    int32_t pitch; /* bytes from a row of the patch to the next */
};

/* The inputs under the window at (y0, x0), what lies outside replaced by pad_value, row after row. */
static EG_NOINLINE EG_UNUSED void eg_gather_patch(
    const struct eg_window *window, const int8_t *x, int32_t y0, int32_t x0, int8_t *patch)
{
    const int32_t channels = window->in_c;
    for (int32_t ky = 0; ky < window->kernel_h; ky++) {
        const int32_t iy = y0 + (ky * window->dilation_h);
        int8_t *to = patch + (ky * window->pitch);
        if ((iy < 0) || (iy >= window->in_h)) {
            eg_fill_run(to, window->pad_value, window->kernel_w * channels);
        } else if (window->dilation_w == 1) {
            const int32_t first = (x0 < 0) ? ((-x0 < window->kernel_w) ? -x0 : window->kernel_w) : 0;
            const int32_t last = (x0 + window->kernel_w > window->in_w) ? window->in_w - x0 : window->kernel_w;
            const int32_t before = (first < last) ? first : window->kernel_w;
            const int32_t inside = (first < last) ? last - first : 0;
            eg_fill_run(to, window->pad_value, before * channels);
            to += before * channels;
            eg_copy_run(to, x + (((iy * window->in_w) + x0 + before) * channels), inside * channels);
            to += inside * channels;
            eg_fill_run(to, window->pad_value, (window->kernel_w - before - inside) * channels);
        } else {
            for (int32_t kx = 0; kx < window->kernel_w; kx++) {
                const int32_t ix = x0 + (kx * window->dilation_w);
                if ((ix >= 0) && (ix < window->in_w)) {
                    eg_copy_run(to, x + (((iy * window->in_w) + ix) * channels), channels);
                } else {
                    eg_fill_run(to, window->pad_value, channels);
                }
                to += channels;
            }
        }
    }
}

#endif /* EG_ROWS_H */
