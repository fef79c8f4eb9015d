static const int8_t threshold_dense_dsp_int4_n00_lut_table[256] EG_ALIGN(8) THRESHOLD_DENSE_DSP_INT4_WEIGHTS_SECTION = {
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

static const uint8_t threshold_dense_dsp_int4_n01_threshold_dense_weights[180] EG_ALIGN(8) THRESHOLD_DENSE_DSP_INT4_WEIGHTS_SECTION = {
    241U, 31U, 17U, 255U, 255U, 17U, 241U, 31U, 17U, 31U, 241U, 241U, 17U, 241U, 17U, 17U, 241U, 241U,
    241U, 255U, 17U, 31U, 17U, 255U, 31U, 31U, 255U, 17U, 255U, 241U, 31U, 255U, 255U, 255U, 17U, 17U,
    17U, 17U, 255U, 255U, 31U, 255U, 241U, 17U, 31U, 31U, 17U, 31U, 17U, 31U, 241U, 241U, 255U, 31U,
    31U, 31U, 31U, 31U, 241U, 255U, 255U, 241U, 241U, 17U, 31U, 31U, 255U, 31U, 31U, 17U, 241U, 17U,
    241U, 31U, 255U, 17U, 241U, 255U, 255U, 17U, 255U, 17U, 255U, 31U, 31U, 17U, 255U, 31U, 31U, 255U,
    17U, 17U, 241U, 17U, 241U, 255U, 241U, 241U, 31U, 31U, 17U, 31U, 17U, 255U, 17U, 255U, 17U, 17U,
    31U, 241U, 31U, 241U, 255U, 255U, 31U, 17U, 241U, 241U, 31U, 17U, 241U, 31U, 255U, 241U, 255U, 17U,
    31U, 31U, 255U, 255U, 31U, 17U, 31U, 17U, 255U, 255U, 17U, 17U, 31U, 31U, 255U, 241U, 241U, 241U,
    31U, 31U, 255U, 17U, 31U, 255U, 255U, 31U, 255U, 255U, 255U, 241U, 31U, 241U, 241U, 241U, 17U, 241U,
    255U, 17U, 255U, 17U, 255U, 31U, 17U, 17U, 17U, 17U, 31U, 241U, 255U, 31U, 31U, 17U, 255U, 255U,
};

static const int16_t threshold_dense_dsp_int4_n01_threshold_dense_thresholds[18] EG_ALIGN(8) THRESHOLD_DENSE_DSP_INT4_WEIGHTS_SECTION = {
    -4, 32767, -11, 22, -19, 4, 8, 13, 6, 10, 19, 19, 17, 20, 10,
    20, -24, -23,
};

static const int8_t threshold_dense_dsp_int4_n01_threshold_dense_base[9] EG_ALIGN(8) THRESHOLD_DENSE_DSP_INT4_WEIGHTS_SECTION = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef THRESHOLD_DENSE_DSP_INT4_HOT_SECTION
#define THRESHOLD_DENSE_DSP_INT4_HOT_SECTION
#endif

struct threshold_dense_dsp_int4_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static THRESHOLD_DENSE_DSP_INT4_HOT_SECTION void threshold_dense_dsp_int4_lut_s8_portable(const struct threshold_dense_dsp_int4_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct threshold_dense_dsp_int4_threshold_dense_s8_dsp_int4_int16_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t levels;
    int32_t step;
};

/* threshold_dense: sums of w x, compared with thresholds; w as fields of 4 bits, two rows at a time. */
static THRESHOLD_DENSE_DSP_INT4_HOT_SECTION void threshold_dense_dsp_int4_threshold_dense_s8_dsp_int4_int16(const struct threshold_dense_dsp_int4_threshold_dense_s8_dsp_int4_int16_params *p, const uint8_t *weights,
    const int16_t *thresholds, const int8_t *base, const int8_t *x, int8_t *y)
{
    const int32_t stride = (p->columns + 1) / 2;
    const int8_t *in = x;
    int8_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        const int16_t *t = thresholds;
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
                int32_t level = base[row];
                for (int32_t i = 0; i < p->levels; i++) {
                    level += (acc >= *t++) ? p->step : 0;
                }
                *out++ = (int8_t)level;
            }
        }
        in += p->columns;
    }
}

/* 0: lut from QUANTIZE #0 'quantize' in tiny.tflite
 * int8[1x40] to int8[1x40]; kernel portable, format - */
static THRESHOLD_DENSE_DSP_INT4_HOT_SECTION EG_NOINLINE void threshold_dense_dsp_int4_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct threshold_dense_dsp_int4_lut_s8_portable_params p = {
        .count = 40,
    };
    threshold_dense_dsp_int4_lut_s8_portable(&p, threshold_dense_dsp_int4_n00_lut_table, x, y);
}

/* 1: threshold_dense from THRESHOLD #0 'threshold' in tiny.tflite
 * int8[1x40] to int8[1x9]; kernel dsp, format int4 */
static THRESHOLD_DENSE_DSP_INT4_HOT_SECTION EG_NOINLINE void threshold_dense_dsp_int4_n01_threshold_dense(const int8_t *x, int8_t *y)
{
    static const struct threshold_dense_dsp_int4_threshold_dense_s8_dsp_int4_int16_params p = {
        .batch = 1,
        .rows = 9,
        .columns = 40,
        .levels = 2,
        .step = 1,
    };
    threshold_dense_dsp_int4_threshold_dense_s8_dsp_int4_int16(&p, threshold_dense_dsp_int4_n01_threshold_dense_weights, threshold_dense_dsp_int4_n01_threshold_dense_thresholds, threshold_dense_dsp_int4_n01_threshold_dense_base, x, y);
}

THRESHOLD_DENSE_DSP_INT4_HOT_SECTION
