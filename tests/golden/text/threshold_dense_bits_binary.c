static const int8_t threshold_dense_bits_binary_n00_lut_table[256] EG_ALIGN(8) THRESHOLD_DENSE_BITS_BINARY_WEIGHTS_SECTION = {
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

static const uint32_t threshold_dense_bits_binary_n01_threshold_dense_negative[18] EG_ALIGN(8) THRESHOLD_DENSE_BITS_BINARY_WEIGHTS_SECTION = {
    36476329U, 143U, 870020264U, 204U, 4046237750U, 188U, 1695872023U, 103U,
    2368918741U, 195U, 1935286952U, 67U, 3698577773U, 192U, 2146858015U, 30U,
    3590378822U, 220U,
};

static const int16_t threshold_dense_bits_binary_n01_threshold_dense_thresholds[18] EG_ALIGN(8) THRESHOLD_DENSE_BITS_BINARY_WEIGHTS_SECTION = {
    -4, 32767, -11, 22, -19, 4, 8, 13, 6, 10, 19, 19, 17, 20, 10,
    20, -24, -23,
};

static const int8_t threshold_dense_bits_binary_n01_threshold_dense_base[9] EG_ALIGN(8) THRESHOLD_DENSE_BITS_BINARY_WEIGHTS_SECTION = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION
#define THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION
#endif

struct threshold_dense_bits_binary_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION void threshold_dense_bits_binary_lut_s8_portable(const struct threshold_dense_bits_binary_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct threshold_dense_bits_binary_threshold_dense_s8_bits_binary_binary_int16_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t levels;
    int32_t step;
};

/* threshold_dense: sums of w x, w of -1 and 1, x of -1 and 1: exclusive or and population count. */
static THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION void threshold_dense_bits_binary_threshold_dense_s8_bits_binary_binary_int16(const struct threshold_dense_bits_binary_threshold_dense_s8_bits_binary_binary_int16_params *p, const uint32_t *negative,
    const int16_t *thresholds, const int8_t *base, const int8_t *x, int8_t *y, void *work)
{
    const struct eg_masks masks = eg_masks();
    uint32_t *x_signs = (uint32_t *)work;
    const int32_t words = (p->columns + 31) >> 5;
    const int8_t *in = x;
    int8_t *out = y;
    for (int32_t item = 0; item < p->batch; item++) {
        const uint32_t *w = negative;
        const int16_t *t = thresholds;
        eg_pack_negative(in, p->columns, x_signs);
        for (int32_t row = 0; row < p->rows; row++) {
            const uint32_t *signs = x_signs;
            uint32_t differing = 0U;
            int32_t rest = words;
            for (; rest >= 3; rest -= 3) {
                uint32_t sum = eg_ones_by_4((w[0] ^ signs[0]), masks);
                sum += eg_ones_by_4((w[1] ^ signs[1]), masks);
                sum += eg_ones_by_4((w[2] ^ signs[2]), masks);
                differing = eg_add_by_4(differing, sum, masks);
                w += 3;
                signs += 3;
            }
            if (rest > 0) {
                uint32_t sum = eg_ones_by_4((w[0] ^ signs[0]), masks);
                if (rest > 1) {
                    sum += eg_ones_by_4((w[1] ^ signs[1]), masks);
                }
                differing = eg_add_by_4(differing, sum, masks);
                w += rest;
            }
            const int32_t acc = p->columns - 2 * (int32_t)differing;
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
static THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION EG_NOINLINE void threshold_dense_bits_binary_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct threshold_dense_bits_binary_lut_s8_portable_params p = {
        .count = 40,
    };
    threshold_dense_bits_binary_lut_s8_portable(&p, threshold_dense_bits_binary_n00_lut_table, x, y);
}

/* 1: threshold_dense from THRESHOLD #0 'threshold' in tiny.tflite
 * int8[1x40] to int8[1x9]; kernel bits, format binary */
static THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION EG_NOINLINE void threshold_dense_bits_binary_n01_threshold_dense(const int8_t *x, int8_t *y, void *work)
{
    static const struct threshold_dense_bits_binary_threshold_dense_s8_bits_binary_binary_int16_params p = {
        .batch = 1,
        .rows = 9,
        .columns = 40,
        .levels = 2,
        .step = 1,
    };
    threshold_dense_bits_binary_threshold_dense_s8_bits_binary_binary_int16(&p, threshold_dense_bits_binary_n01_threshold_dense_negative, threshold_dense_bits_binary_n01_threshold_dense_thresholds, threshold_dense_bits_binary_n01_threshold_dense_base, x, y, work);
}

THRESHOLD_DENSE_BITS_BINARY_HOT_SECTION
