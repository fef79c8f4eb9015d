static const int8_t threshold_dense_portable_int8_n00_lut_table[256] EG_ALIGN(8) THRESHOLD_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
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

static const int8_t threshold_dense_portable_int8_n01_threshold_dense_weights[360] EG_ALIGN(8) THRESHOLD_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
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
    -1, -1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, -1, 1, -1, -1, -1, 1, 1,
    -1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, 1,
    1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, 1, -1, 1, -1,
    -1, 1, 1, -1, -1, -1, 1, -1, -1,
};

static const int16_t threshold_dense_portable_int8_n01_threshold_dense_thresholds[18] EG_ALIGN(8) THRESHOLD_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
    -4, 32767, -11, 22, -19, 4, 8, 13, 6, 10, 19, 19, 17, 20, 10,
    20, -24, -23,
};

static const int8_t threshold_dense_portable_int8_n01_threshold_dense_base[9] EG_ALIGN(8) THRESHOLD_DENSE_PORTABLE_INT8_WEIGHTS_SECTION = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION
#define THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION
#endif

struct threshold_dense_portable_int8_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION void threshold_dense_portable_int8_lut_s8_portable(const struct threshold_dense_portable_int8_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct threshold_dense_portable_int8_threshold_dense_s8_portable_int8_int16_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t levels;
    int32_t step;
};

/* threshold_dense: sums of w x, compared with thresholds; w as [row][column] in int8. Portable C. */
static THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION void threshold_dense_portable_int8_threshold_dense_s8_portable_int8_int16(const struct threshold_dense_portable_int8_threshold_dense_s8_portable_int8_int16_params *p, const int8_t *weights,
    const int16_t *thresholds, const int8_t *base, const int8_t *x, int8_t *y)
{
    const int8_t *in = x;
    int8_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        const int8_t *w = weights;
        const int16_t *t = thresholds;
        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = 0;
            for (int32_t column = 0; column < p->columns; column++) {
                acc += (int32_t)in[column] * *w++;
            }
            int32_t level = base[row];
            for (int32_t i = 0; i < p->levels; i++) {
                level += (acc >= *t++) ? p->step : 0;
            }
            *out++ = (int8_t)level;
        }
        in += p->columns;
    }
}

/* 0: lut from QUANTIZE #0 'quantize' in tiny.tflite
 * int8[1x40] to int8[1x40]; kernel portable, format - */
static THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION EG_NOINLINE void threshold_dense_portable_int8_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct threshold_dense_portable_int8_lut_s8_portable_params p = {
        .count = 40,
    };
    threshold_dense_portable_int8_lut_s8_portable(&p, threshold_dense_portable_int8_n00_lut_table, x, y);
}

/* 1: threshold_dense from THRESHOLD #0 'threshold' in tiny.tflite
 * int8[1x40] to int8[1x9]; kernel portable, format int8 */
static THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION EG_NOINLINE void threshold_dense_portable_int8_n01_threshold_dense(const int8_t *x, int8_t *y)
{
    static const struct threshold_dense_portable_int8_threshold_dense_s8_portable_int8_int16_params p = {
        .batch = 1,
        .rows = 9,
        .columns = 40,
        .levels = 2,
        .step = 1,
    };
    threshold_dense_portable_int8_threshold_dense_s8_portable_int8_int16(&p, threshold_dense_portable_int8_n01_threshold_dense_weights, threshold_dense_portable_int8_n01_threshold_dense_thresholds, threshold_dense_portable_int8_n01_threshold_dense_base, x, y);
}

THRESHOLD_DENSE_PORTABLE_INT8_HOT_SECTION
