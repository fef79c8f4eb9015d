/* eg_rows.h -- four rows of weights, decoded into RAM, times many input vectors.
 * SPDX-License-Identifier: 0BSD
 */
#ifndef EG_ROWS_H
#define EG_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "eg_bits.h"
#include "eg_dsp.h"
#include "eg_runtime.h"

/* How eg_dot_rows walks over the inputs of a position. */
struct eg_row_walk {
    int32_t run;   /* inputs of a segment, 1 and more */
    int32_t count; /* segments */
    int32_t gap;   /* bytes from the end of a segment to the next one */
    int32_t pitch; /* bytes from a row of weights to the next */
};

/* acc[i] += row i * x, for four rows; what lies in rows that are not there only makes sums that nobody takes. */
static EG_NOINLINE EG_UNUSED void eg_dot_rows(
    const int8_t *x, const int8_t *rows, int32_t acc[4], const struct eg_row_walk *walk)
{
    const int8_t *w0 = rows;
    const int8_t *w1 = w0 + walk->pitch;
    const int8_t *w2 = w1 + walk->pitch;
    const int8_t *w3 = w2 + walk->pitch;
    int32_t acc0 = acc[0];
    int32_t acc1 = acc[1];
    int32_t acc2 = acc[2];
    int32_t acc3 = acc[3];
    for (int32_t segment = walk->count; segment > 0; segment--) {
        const int8_t *const end = w0 + walk->run;
        while (w0 != end) {
            const int32_t value = *x++;
            acc0 += *w0++ * value;
            acc1 += *w1++ * value;
            acc2 += *w2++ * value;
            acc3 += *w3++ * value;
        }
        x += (segment > 1) ? walk->gap : 0;
    }
    acc[0] = acc0;
    acc[1] = acc1;
    acc[2] = acc2;
    acc[3] = acc3;
}

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
struct eg_view {
    int32_t in_h, in_w, in_c;
    int32_t kernel_h, kernel_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_value;
};

/* The inputs under the window at (y0, x0), what lies outside replaced by pad_value, row after row. */
static EG_NOINLINE EG_UNUSED void eg_gather_patch(
    const struct eg_view *window, const int8_t *x, int32_t y0, int32_t x0, int8_t *patch)
{
    const int32_t channels = window->in_c;
    for (int32_t ky = 0; ky < window->kernel_h; ky++) {
        const int32_t iy = y0 + (ky * window->dilation_h);
        int8_t *to = patch + (ky * window->kernel_w * channels);
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
