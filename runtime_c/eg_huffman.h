/* eg_huffman.h -- decoding rows of Huffman-coded weights with lookup tables that are built in RAM from the stored code.
 * SPDX-License-Identifier: 0BSD
 *
 * SPEC.md defines streams, stored codes and lookup tables.
 */
#ifndef EG_HUFFMAN_H
#define EG_HUFFMAN_H

#include <stdint.h>

#include "eg_bits.h"
#include "eg_dsp.h"
#include "eg_runtime.h"

/* A canonical code, unpacked. */
struct eg_huffman {
    uint16_t *codes;     /* (length << 8) | symbol in canonical order, then an entry that no lookup holds */
    uint32_t shortest;   /* bits of the shortest code; 0 when the only symbol takes none */
    uint16_t walk[2][16]; /* by length: the last 16-bit window covered; index of the first symbol - its code */
};

/* A symbol at its place in canonical order; length 0: it has no code. next: by length, the next place. */
static inline void eg_huffman_place(uint16_t *codes, uint32_t *next, uint32_t length, uint32_t symbol)
{
    if (length != 0U) {
        codes[next[length]] = (uint16_t)((length << 8) | symbol);
        next[length]++;
    }
}

/* Unpacks a stored code. work: 2 * (n + 1) bytes for n symbols. */
static EG_NOINLINE EG_UNUSED void eg_huffman_open(struct eg_huffman *code, const uint8_t *stored, void *work)
{
    const uint32_t more = stored[0]; /* 0: a list of symbols, else their range */
    const uint32_t last = stored[(more != 0U) ? 0 : 1];
    const uint8_t *nibbles = &stored[(more != 0U) ? 2U : (3U + last)];
    uint32_t next[16] = { 0 };
    for (uint32_t i = 0; i <= last / 2U; i++) {
        next[nibbles[i] & 15U]++;
        next[nibbles[i] >> 4]++;
    }
    code->codes = (uint16_t *)work;
    code->shortest = 0;
    uint32_t index = 0;
    uint32_t first = 0; /* code of the length's first symbol */
    for (uint32_t length = 1; length < 16U; length++) {
        const uint32_t count = next[length];
        next[length] = index;
        first <<= 1;
        code->walk[1][length] = (uint16_t)(index - first);
        first += count;
        index += count;
        code->walk[0][length] = (uint16_t)((first << (16U - length)) - 1U);
        code->shortest = ((code->shortest == 0U) && (count != 0U)) ? length : code->shortest;
    }
    code->codes[0] = stored[2];
    if (more != 0U) {
        for (uint32_t i = 0; i <= last; i += 2U) {
            const uint32_t pair = *nibbles++;
            eg_huffman_place(code->codes, next, pair & 15U, (stored[1] + i) & 255U);
            eg_huffman_place(code->codes, next, pair >> 4, (stored[1] + i + 1U) & 255U);
        }
    } else {
        for (uint32_t i = 2; i <= last + 2U; i += 2U) {
            const uint32_t pair = *nibbles++;
            eg_huffman_place(code->codes, next, pair & 15U, stored[i]);
            eg_huffman_place(code->codes, next, pair >> 4, stored[i + 1U]);
        }
    }
    code->codes[(index != 0U) ? index : 1U] = 0xFF00U;
}

/* The code at the top of a window, which is longer than `above` bits, or the only one: (length << 8) | symbol. */
static inline uint32_t eg_huffman_walk(const struct eg_huffman *code, uint32_t window, uint32_t above)
{
    const uint32_t top = window >> 16;
    uint32_t length = above + 1U;
    if (code->shortest == 0U) {
        return code->codes[0];
    }
    while (top > code->walk[0][length]) {
        length++;
    }
    return code->codes[(code->walk[1][length] + (window >> (32U - length))) & 0xFFFFU];
}

/* lut[2^bits]: (length << 8) | symbol for every window; 0 where the code is longer than `bits`. */
static EG_NOINLINE EG_UNUSED void eg_huffman_single(const struct eg_huffman *code, uint32_t bits, uint16_t *lut)
{
    uint16_t *const end = lut + ((uint32_t)1 << bits);
    const uint16_t *entry = code->codes;
    uint32_t length = (uint32_t)*entry >> 8;
    while ((length <= bits) && (lut < end)) {
        const uint16_t value = *entry;
        uint32_t span = (uint32_t)1 << (bits - length);
        for (; span >= 4U; span -= 4U) {
            lut[0] = value;
            lut[1] = value;
            lut[2] = value;
            lut[3] = value;
            lut += 4;
        }
        for (; span != 0U; span--) {
            *lut++ = value;
        }
        entry++;
        length = (uint32_t)*entry >> 8;
    }
    while (lut < end) {
        *lut++ = 0U;
    }
}

/* lut[2^bits]: symbol << 16 | length for every window; 0x100 where the code is longer than `bits`. */
static EG_NOINLINE EG_UNUSED void eg_huffman_wide(const struct eg_huffman *code, uint32_t bits, uint32_t *lut)
{
    const uint32_t *const end = lut + ((uint32_t)1 << bits);
    const uint16_t *entry = code->codes;
    uint32_t length = (uint32_t)*entry >> 8;
    while ((length <= bits) && (lut < end)) {
        const uint32_t word = ((uint32_t)eg_signed_byte(*entry) << 16) | length;
        uint32_t span = (uint32_t)1 << (bits - length);
        for (; span >= 4U; span -= 4U) {
            lut[0] = word;
            lut[1] = word;
            lut[2] = word;
            lut[3] = word;
            lut += 4;
        }
        for (; span != 0U; span--) {
            *lut++ = word;
        }
        entry++;
        length = (uint32_t)*entry >> 8;
    }
    while (lut < end) {
        *lut++ = 0x100U;
    }
}

/* A prefix of up to three codes, while what follows it is visited. */
struct eg_huffman_prefix {
    const uint16_t *next;  /* the code that is tried next behind it */
    const uint16_t *until; /* the end of its windows */
    uint32_t used;
    uint32_t word;
};

/* weights[2^bits], meta[2^bits]: for every window the codes, four at most, that lie in it, first in the lowest byte, and
 * (how many) << 8 | (bits they use). Windows are visited in order, prefix by prefix; the code takes bits. */
static EG_NOINLINE EG_UNUSED void eg_huffman_multi(
    const struct eg_huffman *code, uint32_t bits, uint32_t *weights, uint16_t *meta)
{
    struct eg_huffman_prefix outer[4];
    struct eg_huffman_prefix now = { code->codes, meta + ((uint32_t)1 << bits), 0U, 0U };
    uint32_t depth = 0;
    for (;;) {
        const uint32_t entry = *now.next++;
        const uint32_t total = now.used + (entry >> 8);
        if (total <= bits) {
            const uint32_t word = now.word | ((entry & 0xFFU) << (8U * depth));
            const uint16_t *const until = meta + ((uint32_t)1 << (bits - total));
            if ((depth < 3U) && (bits - total >= code->shortest)) {
                outer[depth] = now;
                depth++;
                now.next = code->codes;
                now.until = until;
                now.used = total;
                now.word = word;
            } else {
                const uint16_t both = (uint16_t)(((depth + 1U) << 8) | total);
                do {
                    *meta++ = both;
                    *weights++ = word;
                } while (meta < until);
            }
        } else {
            const uint16_t both = (uint16_t)((depth << 8) | now.used);
            while (meta < now.until) {
                *meta++ = both;
                *weights++ = now.word;
            }
            if (depth == 0U) {
                break;
            }
            depth--;
            now = outer[depth];
        }
    }
}

/* Where decoding rows of a stream, one after another, stands. The last lookup of a row may hold weights of the next one. */
struct eg_huffman_rows {
    struct eg_huffman code;
    const uint8_t *stream;
    const uint32_t *weights; /* as eg_huffman_multi makes them */
    const uint16_t *meta;
    uint32_t position; /* bits of the stream taken so far */
    uint32_t carried;  /* weights of the next row, 0..7 */
    uint32_t carry[2]; /* these weights, the first in the lowest byte */
    uint32_t bits;
};

/* Tables for rows of a stream. work: 6 * 2^bits + 2 * (n + 1) bytes. */
static EG_NOINLINE EG_UNUSED void eg_huffman_rows_open(
    struct eg_huffman_rows *rows, const uint8_t *stored, const uint8_t *stream, uint32_t bits, void *work)
{
    uint32_t *const weights = (uint32_t *)work;
    uint16_t *const meta = (uint16_t *)(void *)(weights + ((uint32_t)1 << bits));
    eg_huffman_open(&rows->code, stored, meta + ((uint32_t)1 << bits));
    eg_huffman_multi(&rows->code, bits, weights, meta);
    rows->stream = stream;
    rows->weights = weights;
    rows->meta = meta;
    rows->position = 0;
    rows->carried = 0;
    rows->carry[0] = 0;
    rows->carry[1] = 0;
    rows->bits = bits;
}

#if EG_HAS_DSP
#define EG_HUFFMAN_LOAD \
    "lsr %[a], %[position], #3\n\t" \
    "ldr %[w], [%[stream], %[a]]\n\t" \
    "and %[a], %[position], #7\n\t" \
    "rev %[w], %[w]\n\t" \
    "lsl %[w], %[w], %[a]\n\t"
#define EG_HUFFMAN_LAST \
    "lsr %[a], %[w], %[shift]\n\t" \
    "ldr %[v], [%[weights], %[a], lsl #2]\n\t" \
    "ldrh %[m], [%[meta], %[a], lsl #1]\n\t" \
    "str %[v], [%[at]]\n\t" \
    "uxtab %[position], %[position], %[m]\n\t" \
    "uxtab %[at], %[at], %[m], ror #8\n\t"
#define EG_HUFFMAN_LOOKUP EG_HUFFMAN_LAST "lsl %[w], %[w], %[m]\n\t"
/* Where a code is longer than the lookup, this lookup and all that follow move nothing on: the last one tells. */
#define EG_HUFFMAN_RUN(lookups, most) \
    __asm__ volatile( \
        "1:\n\t" lookups \
        "cbz %[m], 2f\n\t" \
        "cmp %[at], %[last]\n\t" \
        "bls 1b\n\t" \
        "2:" \
        : [position] "+r"(position), [at] "+r"(at), [w] "=&r"(w), [a] "=&r"(a), [v] "=&r"(v), [m] "=&l"(m) \
        : [stream] "r"(rows->stream), [weights] "r"(rows->weights), [meta] "r"(rows->meta), [shift] "r"(shift), \
          [last] "r"(most) \
        : "cc", "memory")
#define EG_HUFFMAN_ONE \
    "lsr %[a], %[w], %[shift]\n\t" \
    "ldrh %[m], [%[lut], %[a], lsl #1]\n\t" \
    "strb %[m], [%[at]], #1\n\t" \
    "lsr %[m], %[m], #8\n\t" \
    "lsl %[w], %[w], %[m]\n\t" \
    "add %[position], %[position], %[m]\n\t"
#define EG_HUFFMAN_LAST_ONE \
    "lsr %[a], %[w], %[shift]\n\t" \
    "ldrh %[m], [%[lut], %[a], lsl #1]\n\t" \
    "strb %[m], [%[at]], #1\n\t" \
    "uxtab %[position], %[position], %[m], ror #8\n\t"
#define EG_HUFFMAN_TWO EG_HUFFMAN_LOAD EG_HUFFMAN_LOOKUP EG_HUFFMAN_LAST
#define EG_HUFFMAN_THREE EG_HUFFMAN_LOAD EG_HUFFMAN_LOOKUP EG_HUFFMAN_LOOKUP EG_HUFFMAN_LAST
#endif

/* The next `count` weights; up to 8 bytes behind them are written, too. Up to 25 bits of a load are used: two lookups,
 * or three of at most 8 bits. */
static EG_NOINLINE EG_UNUSED void eg_huffman_row(struct eg_huffman_rows *rows, int8_t *out, int32_t count)
{
    int8_t *const end = out + count;
    int8_t *at = out + rows->carried;
    uint32_t position = rows->position;
    const uint32_t shift = 32U - rows->bits;
    eg_store_word(out, rows->carry[0]);
    eg_store_word(out + 4, rows->carry[1]);
    while (at < end) {
#if EG_HAS_DSP
        uint32_t a;
        uint32_t m;
        uint32_t v;
        uint32_t w;
        if ((shift >= 24U) && (end - at >= 16)) {
            EG_HUFFMAN_RUN(EG_HUFFMAN_THREE EG_HUFFMAN_THREE, end - 16);
        } else if ((shift < 24U) && (end - at >= 8)) {
            EG_HUFFMAN_RUN(EG_HUFFMAN_TWO EG_HUFFMAN_TWO, end - 8);
        } else {
            EG_HUFFMAN_RUN(EG_HUFFMAN_TWO, end - 1);
        }
        if (at >= end) {
            break;
        }
#endif
        const uint32_t window = eg_peek(rows->stream, position);
        const uint32_t meta = rows->meta[window >> shift];
        if (meta != 0U) {
            eg_store_word(at, rows->weights[window >> shift]);
            at += meta >> 8;
            position += meta & 0xFFU;
        } else {
            const uint32_t entry = eg_huffman_walk(&rows->code, window, rows->bits);
            *at++ = (int8_t)eg_signed_byte(entry);
            position += entry >> 8;
        }
    }
    rows->position = position;
    rows->carried = (uint32_t)(at - end);
    rows->carry[0] = eg_load_word(end);
    rows->carry[1] = eg_load_word(end + 4);
}

/* Where decoding rows of a stream stands, one weight per lookup. */
struct eg_huffman_run {
    const uint8_t *stream;
    const uint16_t *lut; /* as eg_huffman_single makes it, of all codes */
    uint32_t shift;      /* 32 - its bits */
    uint32_t position;   /* bits of the stream taken so far */
};

/* The next `count` weights; two lookups per load of the stream, of up to 12 bits each. */
static EG_NOINLINE EG_UNUSED void eg_huffman_single_row(struct eg_huffman_run *run, int8_t *out, int32_t count)
{
    const uint8_t *const stream = run->stream;
    const uint16_t *const lut = run->lut;
    const uint32_t shift = run->shift;
    uint32_t position = run->position;
    int8_t *const end = out + count;
#if EG_HAS_DSP
    if (count >= 4) {
        uint32_t a;
        uint32_t m;
        uint32_t w;
        __asm__ volatile(
            "1:\n\t" EG_HUFFMAN_LOAD EG_HUFFMAN_ONE EG_HUFFMAN_LAST_ONE EG_HUFFMAN_LOAD EG_HUFFMAN_ONE EG_HUFFMAN_LAST_ONE
            "cmp %[at], %[last]\n\t"
            "bls 1b"
            : [position] "+r"(position), [at] "+r"(out), [w] "=&r"(w), [a] "=&r"(a), [m] "=&r"(m)
            : [stream] "r"(stream), [lut] "r"(lut), [shift] "r"(shift), [last] "r"(end - 4)
            : "cc", "memory");
    }
#endif
    while (out < end) {
        const uint32_t entry = lut[eg_peek(stream, position) >> shift];
        *out++ = (int8_t)eg_signed_byte(entry);
        position += entry >> 8;
    }
    run->position = position;
}

/* The next value of a code with a lookup of 32 - shift bits: (length << 8) | symbol. */
static inline uint32_t eg_huffman_next(
    const struct eg_huffman *code, const uint16_t *lut, uint32_t shift, uint32_t window)
{
    const uint32_t entry = lut[window >> shift];
    return (entry != 0U) ? entry : eg_huffman_walk(code, window, 32U - shift);
}

/* The next pair of joint_gap_sham, which may be written out behind an escape: value << 16 | step << 8, more bits around. */
static EG_NOINLINE EG_UNUSED uint32_t eg_huffman_pair(
    const uint8_t *stream, const uint32_t *lut, uint32_t shift, uint32_t *position)
{
    uint32_t entry = lut[eg_peek(stream, *position) >> shift];
    *position += entry & 0x1FU;
    if ((entry & 0x80U) != 0U) {
        const uint32_t raw = eg_peek(stream, *position) >> 16;
        *position += 16U;
        entry = (raw & 0xFF00U) | ((raw & 0xFFU) << 16);
    }
    return entry;
}

#endif /* EG_HUFFMAN_H */
