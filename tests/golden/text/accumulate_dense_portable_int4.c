static const int8_t accumulate_dense_portable_int4_n00_lut_table[256] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT4_WEIGHTS_SECTION = {
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

static const uint8_t accumulate_dense_portable_int4_n01_accumulate_dense_weights[140] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT4_WEIGHTS_SECTION = {
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
#ifndef ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION
#define ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION
#endif

struct accumulate_dense_portable_int4_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION void accumulate_dense_portable_int4_lut_s8_portable(const struct accumulate_dense_portable_int4_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct accumulate_dense_portable_int4_accumulate_dense_s8_portable_int4_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
};

/* accumulate_dense: sums of w x; w as [row][column] in int4. Portable C. */
static ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION void accumulate_dense_portable_int4_accumulate_dense_s8_portable_int4(const struct accumulate_dense_portable_int4_accumulate_dense_s8_portable_int4_params *p, const uint8_t *weights,
    const int8_t *x, int32_t *y)
{
    const int8_t *in = x;
    int32_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *w = weights;
        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = 0;
            const int8_t *v = in;
            int32_t rest = p->columns;
            /* A group: four bytes, byte i holds columns i, i + 4, .. , the first in its highest bits. */
            for (; rest >= 8; rest -= 8) {
                for (int32_t i = 0; i < 4; i++) {
                    const int32_t fields = *w++;
                    acc += v[i + 0] * (((fields >> 4 & 15) ^ 8) - 8);
                    acc += v[i + 4] * (((fields >> 0 & 15) ^ 8) - 8);
                }
                v += 8;
            }
            while (rest > 0) {
                int32_t fields = *w++;
                for (int32_t i = 0; i < 2 && rest > 0; i++) {
                    acc += *v++ * (((fields & 15) ^ 8) - 8);
                    fields >>= 4;
                    rest--;
                }
            }
            *out++ = acc;
        }
        in += p->columns;
    }
}

/* 0: lut from QUANTIZE #0 'quantize' in tiny.tflite
 * int8[1x40] to int8[1x40]; kernel portable, format - */
static ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int4_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct accumulate_dense_portable_int4_lut_s8_portable_params p = {
        .count = 40,
    };
    accumulate_dense_portable_int4_lut_s8_portable(&p, accumulate_dense_portable_int4_n00_lut_table, x, y);
}

/* 1: accumulate_dense from SUMS #0 'sums' in tiny.tflite
 * int8[1x40] to int32[1x7]; kernel portable, format int4 */
static ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int4_n01_accumulate_dense(const int8_t *x, int32_t *y)
{
    static const struct accumulate_dense_portable_int4_accumulate_dense_s8_portable_int4_params p = {
        .batch = 1,
        .rows = 7,
        .columns = 40,
    };
    accumulate_dense_portable_int4_accumulate_dense_s8_portable_int4(&p, accumulate_dense_portable_int4_n01_accumulate_dense_weights, x, y);
}

ACCUMULATE_DENSE_PORTABLE_INT4_HOT_SECTION
