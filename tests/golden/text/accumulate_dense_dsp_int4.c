static const int8_t accumulate_dense_dsp_int4_n00_lut_table[256] EG_ALIGN(8) ACCUMULATE_DENSE_DSP_INT4_WEIGHTS_SECTION = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static const uint8_t accumulate_dense_dsp_int4_n01_accumulate_dense_weights[140] EG_ALIGN(8) ACCUMULATE_DENSE_DSP_INT4_WEIGHTS_SECTION = {
    241U, 31U, 17U, 255U, 255U, 17U, 241U, 31U, 17U, 31U, 241U, 241U, 17U, 241U, 17U, 17U, 241U, 241U,
    241U, 255U, 17U, 31U, 17U, 255U, 31U, 31U, 255U, 17U, 255U, 241U, 31U, 255U, 255U, 255U, 17U, 17U,
    17U, 17U, 255U, 255U, 31U, 255U, 241U, 17U, 31U, 31U, 17U, 31U, 17U, 31U, 241U, 241U, 255U, 31U,
    31U, 31U, 31U, 31U, 241U, 255U, 255U, 241U, 241U, 17U, 31U, 31U, 255U, 31U, 31U, 17U, 241U, 17U,
    241U, 31U, 255U, 17U, 241U, 255U, 255U, 17U, 255U, 17U, 255U, 31U, 31U, 17U, 255U, 31U, 31U, 255U,
    17U, 17U, 241U, 17U, 241U, 255U, 241U, 241U, 31U, 31U, 17U, 31U, 17U, 255U, 17U, 255U, 17U, 17U,
    31U, 241U, 31U, 241U, 255U, 255U, 31U, 17U, 241U, 241U, 31U, 17U, 241U, 31U, 255U, 241U, 255U, 17U,
    31U, 31U, 255U, 255U, 31U, 17U, 31U, 17U, 255U, 255U, 17U, 17U, 31U, 31U,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION
#define ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION
#endif

struct accumulate_dense_dsp_int4_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION void accumulate_dense_dsp_int4_lut_s8_portable(const struct accumulate_dense_dsp_int4_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct accumulate_dense_dsp_int4_accumulate_dense_s8_dsp_int4_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
};

/* accumulate_dense: sums of w x; w as fields of 4 bits, two rows at a time. */
static ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION void accumulate_dense_dsp_int4_accumulate_dense_s8_dsp_int4(const struct accumulate_dense_dsp_int4_accumulate_dense_s8_dsp_int4_params *p, const uint8_t *weights,
    const int8_t *x, int32_t *y)
{
    const int32_t stride = (p->columns + 1) / 2;
    const int8_t *in = x;
    int32_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        for (int32_t pair = 0; pair < p->rows; pair += 2) {
            const int32_t last = (pair + 1 < p->rows) ? 1 : 0;
            const uint8_t *w0 = weights + (pair * stride);
            const uint8_t *w1 = w0 + (last * stride);
            const int8_t *at = in;
            int32_t sums[2] = { 0, 0 };
            int32_t left = p->columns / 8;
#if EG_HAS_DSP
            /* Masked fields are weights * 2^12 in halfwords: sums of 63 groups fit 32 bits. */
            while (left > 0) {
                const int32_t chunk = (left < 63) ? left : 63;
                const int8_t *const end = at + (chunk * 8);
                int32_t s0 = 0;
                int32_t s1 = 0;
                uint32_t a, b, u, v, f;
                __asm__ volatile(
                    "1:\n\t"
                    "ldr %[u], [%[at]], #4\n\t"
                    "ldr %[a], [%[w0]], #4\n\t"
                    "ldr %[b], [%[w1]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "and %[f], %[mask], %[a], lsl #0\n\t"
                    "smlad %[s0], %[f], %[v], %[s0]\n\t"
                    "and %[f], %[mask], %[a], lsl #8\n\t"
                    "smlad %[s0], %[f], %[u], %[s0]\n\t"
                    "and %[f], %[mask], %[b], lsl #0\n\t"
                    "smlad %[s1], %[f], %[v], %[s1]\n\t"
                    "and %[f], %[mask], %[b], lsl #8\n\t"
                    "smlad %[s1], %[f], %[u], %[s1]\n\t"
                    "ldr %[u], [%[at]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "and %[f], %[mask], %[a], lsl #4\n\t"
                    "smlad %[s0], %[f], %[v], %[s0]\n\t"
                    "and %[f], %[mask], %[a], lsl #12\n\t"
                    "smlad %[s0], %[f], %[u], %[s0]\n\t"
                    "and %[f], %[mask], %[b], lsl #4\n\t"
                    "smlad %[s1], %[f], %[v], %[s1]\n\t"
                    "and %[f], %[mask], %[b], lsl #12\n\t"
                    "smlad %[s1], %[f], %[u], %[s1]\n\t"
                    "cmp %[at], %[end]\n\t"
                    "bcc 1b"
                    : [w0] "+r"(w0), [w1] "+r"(w1), [at] "+r"(at), [s0] "+r"(s0), [s1] "+r"(s1), [a] "=&r"(a),
                      [b] "=&r"(b), [u] "=&r"(u), [v] "=&r"(v), [f] "=&r"(f)
                    : [mask] "r"(0xF000F000U), [end] "r"(end)
                    : "cc", "memory");
                sums[0] += s0 >> 12;
                sums[1] += s1 >> 12;
                left -= chunk;
            }
#endif
            for (; left > 0; left--) {
                for (int32_t i = 0; i < 8; i++) {
                    const int32_t field = 4 - (4 * (i / 4));
                    sums[0] += (((w0[i % 4] >> field) & 15) ^ 8) * at[i] - 8 * at[i];
                    sums[1] += (((w1[i % 4] >> field) & 15) ^ 8) * at[i] - 8 * at[i];
                }
                w0 += 4;
                w1 += 4;
                at += 8;
            }
            for (int32_t i = 0; at < in + p->columns; i++, at++) {
                const int32_t field = 4 * (i % 2);
                sums[0] += (((w0[i / 2] >> field) & 15) ^ 8) * *at - 8 * *at;
                sums[1] += (((w1[i / 2] >> field) & 15) ^ 8) * *at - 8 * *at;
            }
            for (int32_t row = pair; row <= pair + last; row++) {
                const int32_t acc = sums[row - pair];
                *out++ = acc;
            }
        }
        in += p->columns;
    }
}

/* 0: lut from QUANTIZE #0 'quantize' in tiny.tflite
 * int8[1x40] to int8[1x40]; kernel portable, format - */
static ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION EG_NOINLINE void accumulate_dense_dsp_int4_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct accumulate_dense_dsp_int4_lut_s8_portable_params p = {
        .count = 40,
    };
    accumulate_dense_dsp_int4_lut_s8_portable(&p, accumulate_dense_dsp_int4_n00_lut_table, x, y);
}

/* 1: accumulate_dense from SUMS #0 'sums' in tiny.tflite
 * int8[1x40] to int32[1x7]; kernel dsp, format int4 */
static ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION EG_NOINLINE void accumulate_dense_dsp_int4_n01_accumulate_dense(const int8_t *x, int32_t *y)
{
    static const struct accumulate_dense_dsp_int4_accumulate_dense_s8_dsp_int4_params p = {
        .batch = 1,
        .rows = 7,
        .columns = 40,
    };
    accumulate_dense_dsp_int4_accumulate_dense_s8_dsp_int4(&p, accumulate_dense_dsp_int4_n01_accumulate_dense_weights, x, y);
}

ACCUMULATE_DENSE_DSP_INT4_HOT_SECTION
