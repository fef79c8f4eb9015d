static const int8_t accumulate_dense_dsp_int8_n00_lut_table[256] EG_ALIGN(8) ACCUMULATE_DENSE_DSP_INT8_WEIGHTS_SECTION = {
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

static const int8_t accumulate_dense_dsp_int8_n01_accumulate_dense_weights[280] EG_ALIGN(8) ACCUMULATE_DENSE_DSP_INT8_WEIGHTS_SECTION = {
    -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1, -1, 1, 1, -1, 1, 1, -1, -1, 1, -1, 1, 1, 1, -1, 1,
    1, 1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, -1, 1, 1, 1, -1, 1, -1, 1, -1, 1, 1, -1, 1, -1, -1,
    -1, 1, -1, -1, 1, -1, -1, 1, -1, -1, -1, -1, 1, 1, -1, -1, 1, 1, 1, 1, -1, -1, 1, 1, -1, -1, 1,
    -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1, 1, -1, 1, 1, -1, -1, 1, -1, 1, 1, -1, 1, 1, 1,
    -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1, -1, -1, -1, -1, 1, -1, 1, 1, 1, 1, 1, -1, 1, -1, -1, -1,
    -1, 1, 1, -1, 1, -1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, -1, 1, 1, -1, -1, 1, -1, 1,
    -1, 1, -1, 1, -1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1, 1, -1, -1, 1, 1, -1, 1, -1, -1, 1,
    1, 1, -1, -1, -1, 1, 1, 1, 1, -1, -1, 1, 1, 1, -1, 1, -1, 1, -1, 1, -1, 1, 1, 1, -1, 1, 1,
    1, -1, 1, -1, -1, 1, -1, 1, -1, -1, 1, 1, -1, -1, -1, 1, -1, -1, 1, 1, 1, 1, -1, 1, -1, 1, -1,
    -1, 1, -1, -1, 1, -1, 1, 1, 1, -1, 1, -1, -1, -1, -1, 1, 1, -1, -1, -1, 1, 1, 1, -1, -1, -1, 1,
    -1, -1, 1, 1, 1, 1, 1, 1, -1, -1,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION
#define ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION
#endif

struct accumulate_dense_dsp_int8_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION void accumulate_dense_dsp_int8_lut_s8_portable(const struct accumulate_dense_dsp_int8_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct accumulate_dense_dsp_int8_accumulate_dense_s8_dsp_int8_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
};

/* accumulate_dense: sums of w x; w as fields of 8 bits, two rows at a time. */
static ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION void accumulate_dense_dsp_int8_accumulate_dense_s8_dsp_int8(const struct accumulate_dense_dsp_int8_accumulate_dense_s8_dsp_int8_params *p, const int8_t *weights,
    const int8_t *x, int32_t *y)
{
    const int32_t stride = (p->columns + 0) / 1;
    const int8_t *in = x;
    int32_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        for (int32_t pair = 0; pair < p->rows; pair += 2) {
            const int32_t last = (pair + 1 < p->rows) ? 1 : 0;
            const int8_t *w0 = weights + (pair * stride);
            const int8_t *w1 = w0 + (last * stride);
            const int8_t *at = in;
            int32_t sums[2] = { 0, 0 };
#if EG_HAS_DSP
            int32_t left = p->columns / 8;
            /* Masked fields are weights * 2^0 in halfwords: sums of 16383 groups fit 32 bits. */
            while (left > 0) {
                const int32_t chunk = (left < 16383) ? left : 16383;
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
                    "sxtb16 %[f], %[a]\n\t"
                    "sxtb16 %[a], %[a], ror #8\n\t"
                    "smlad %[s0], %[f], %[u], %[s0]\n\t"
                    "smlad %[s0], %[a], %[v], %[s0]\n\t"
                    "sxtb16 %[f], %[b]\n\t"
                    "sxtb16 %[b], %[b], ror #8\n\t"
                    "smlad %[s1], %[f], %[u], %[s1]\n\t"
                    "smlad %[s1], %[b], %[v], %[s1]\n\t"
                    "ldr %[u], [%[at]], #4\n\t"
                    "ldr %[a], [%[w0]], #4\n\t"
                    "ldr %[b], [%[w1]], #4\n\t"
                    "sxtb16 %[v], %[u], ror #8\n\t"
                    "sxtb16 %[u], %[u]\n\t"
                    "sxtb16 %[f], %[a]\n\t"
                    "sxtb16 %[a], %[a], ror #8\n\t"
                    "smlad %[s0], %[f], %[u], %[s0]\n\t"
                    "smlad %[s0], %[a], %[v], %[s0]\n\t"
                    "sxtb16 %[f], %[b]\n\t"
                    "sxtb16 %[b], %[b], ror #8\n\t"
                    "smlad %[s1], %[f], %[u], %[s1]\n\t"
                    "smlad %[s1], %[b], %[v], %[s1]\n\t"
                    "cmp %[at], %[end]\n\t"
                    "bcc 1b"
                    : [w0] "+r"(w0), [w1] "+r"(w1), [at] "+r"(at), [s0] "+r"(s0), [s1] "+r"(s1), [a] "=&r"(a),
                      [b] "=&r"(b), [u] "=&r"(u), [v] "=&r"(v), [f] "=&r"(f)
                    : [mask] "r"(0U), [end] "r"(end)
                    : "cc", "memory");
                sums[0] += s0 >> 0;
                sums[1] += s1 >> 0;
                left -= chunk;
            }
#endif
            for (; at < in + p->columns; at++) {
                sums[0] += *w0++ * *at;
                sums[1] += *w1++ * *at;
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
static ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION EG_NOINLINE void accumulate_dense_dsp_int8_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct accumulate_dense_dsp_int8_lut_s8_portable_params p = {
        .count = 40,
    };
    accumulate_dense_dsp_int8_lut_s8_portable(&p, accumulate_dense_dsp_int8_n00_lut_table, x, y);
}

/* 1: accumulate_dense from SUMS #0 'sums' in tiny.tflite
 * int8[1x40] to int32[1x7]; kernel dsp, format int8 */
static ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION EG_NOINLINE void accumulate_dense_dsp_int8_n01_accumulate_dense(const int8_t *x, int32_t *y)
{
    static const struct accumulate_dense_dsp_int8_accumulate_dense_s8_dsp_int8_params p = {
        .batch = 1,
        .rows = 7,
        .columns = 40,
    };
    accumulate_dense_dsp_int8_accumulate_dense_s8_dsp_int8(&p, accumulate_dense_dsp_int8_n01_accumulate_dense_weights, x, y);
}

ACCUMULATE_DENSE_DSP_INT8_HOT_SECTION
