static const int8_t accumulate_dense_portable_int2_n00_lut_table[256] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT2_WEIGHTS_SECTION = {
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

static const uint8_t accumulate_dense_portable_int2_n01_accumulate_dense_weights[70] EG_ALIGN(8) ACCUMULATE_DENSE_PORTABLE_INT2_WEIGHTS_SECTION = {
    223U, 117U, 93U, 247U, 85U, 125U, 213U, 213U, 255U, 213U, 87U, 119U, 95U, 245U, 255U, 223U, 117U, 245U,
    245U, 245U, 119U, 247U, 213U, 87U, 95U, 119U, 215U, 215U, 245U, 223U, 247U, 215U, 223U, 87U, 125U, 87U,
    223U, 85U, 127U, 125U, 247U, 85U, 255U, 119U, 125U, 245U, 93U, 95U, 95U, 245U, 85U, 127U, 85U, 245U,
    127U, 223U, 119U, 213U, 95U, 117U, 223U, 117U, 247U, 215U, 247U, 245U, 127U, 95U, 85U, 245U,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION
#define ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION
#endif

struct accumulate_dense_portable_int2_lut_s8_portable_params {
    int32_t count;
};

/* lut: y = table[x + 128]. */
static ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION void accumulate_dense_portable_int2_lut_s8_portable(const struct accumulate_dense_portable_int2_lut_s8_portable_params *p, const int8_t *table, const int8_t *x, int8_t *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y[i] = table[(int32_t)x[i] + 128];
    }
}

struct accumulate_dense_portable_int2_accumulate_dense_s8_portable_int2_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
};

/* accumulate_dense: sums of w x; w as [row][column] in int2. Portable C. */
static ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION void accumulate_dense_portable_int2_accumulate_dense_s8_portable_int2(const struct accumulate_dense_portable_int2_accumulate_dense_s8_portable_int2_params *p, const uint8_t *weights,
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
            for (; rest >= 16; rest -= 16) {
                for (int32_t i = 0; i < 4; i++) {
                    const int32_t fields = *w++;
                    acc += v[i + 0] * (((fields >> 6 & 3) ^ 2) - 2);
                    acc += v[i + 4] * (((fields >> 4 & 3) ^ 2) - 2);
                    acc += v[i + 8] * (((fields >> 2 & 3) ^ 2) - 2);
                    acc += v[i + 12] * (((fields >> 0 & 3) ^ 2) - 2);
                }
                v += 16;
            }
            while (rest > 0) {
                int32_t fields = *w++;
                for (int32_t i = 0; i < 4 && rest > 0; i++) {
                    acc += *v++ * (((fields & 3) ^ 2) - 2);
                    fields >>= 2;
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
static ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int2_n00_lut(const int8_t *x, int8_t *y)
{
    static const struct accumulate_dense_portable_int2_lut_s8_portable_params p = {
        .count = 40,
    };
    accumulate_dense_portable_int2_lut_s8_portable(&p, accumulate_dense_portable_int2_n00_lut_table, x, y);
}

/* 1: accumulate_dense from SUMS #0 'sums' in tiny.tflite
 * int8[1x40] to int32[1x7]; kernel portable, format int2 */
static ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION EG_NOINLINE void accumulate_dense_portable_int2_n01_accumulate_dense(const int8_t *x, int32_t *y)
{
    static const struct accumulate_dense_portable_int2_accumulate_dense_s8_portable_int2_params p = {
        .batch = 1,
        .rows = 7,
        .columns = 40,
    };
    accumulate_dense_portable_int2_accumulate_dense_s8_portable_int2(&p, accumulate_dense_portable_int2_n01_accumulate_dense_weights, x, y);
}

ACCUMULATE_DENSE_PORTABLE_INT2_HOT_SECTION
