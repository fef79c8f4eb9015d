static const int8_t accumulate_dense_portable_int8_n00_lut_table[256] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
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

static const int8_t accumulate_dense_portable_int8_n01_accumulate_dense_weights[280] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
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
#ifndef ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION
#define ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION
#endif

struct accumulate_dense_portable_int8_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION void accumulate_dense_portable_int8_lut_s8_portable(const struct accumulate_dense_portable_int8_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct accumulate_dense_portable_int8_accumulate_dense_s8_portable_int8_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
};

/* accumulate_dense: sums of w x; w as [row][column] in int8. Portable C. */
static ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION void accumulate_dense_portable_int8_accumulate_dense_s8_portable_int8(const struct accumulate_dense_portable_int8_accumulate_dense_s8_portable_int8_params *p, const int8_t *weights,
    const int8_t *x, int32_t *y)
{
    const int8_t *in = x;
    int32_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        const int8_t *w = weights;
        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = 0;
            for (int32_t column = 0; column < p->columns; column++) {
                acc += (int32_t)in[column] * *w++;
            }
            *out++ = acc;
        }
        in += p->columns;
    }
}

/* 0: lut from QUANTIZE #0 'quantize' in tiny.tflite
 * int8[1x40] to int8[1x40]; kernel portable, format - */
static ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int8_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct accumulate_dense_portable_int8_lut_s8_portable_params p = {
        .count = 40,
    };
    accumulate_dense_portable_int8_lut_s8_portable(&p, accumulate_dense_portable_int8_n00_lut_table, x, y);
}

/* 1: accumulate_dense from SUMS #0 'sums' in tiny.tflite
 * int8[1x40] to int32[1x7]; kernel portable, format int8 */
static ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int8_n01_accumulate_dense(const int8_t *x, int32_t *y)
{
    static const struct accumulate_dense_portable_int8_accumulate_dense_s8_portable_int8_params p = {
        .batch = 1,
        .rows = 7,
        .columns = 40,
    };
    accumulate_dense_portable_int8_accumulate_dense_s8_portable_int8(&p, accumulate_dense_portable_int8_n01_accumulate_dense_weights, x, y);
}

ACCUMULATE_DENSE_PORTABLE_INT8_HOT_SECTION
