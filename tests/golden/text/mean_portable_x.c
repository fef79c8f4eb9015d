/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MEAN_PORTABLE_X_HOT_SECTION
#define MEAN_PORTABLE_X_HOT_SECTION
#endif

struct mean_portable_x_mean_s8_portable_double_params {
    int32_t batch;
    int32_t count;
    int32_t channels;
    int32_t offset;
    int32_t multiplier;
    int16_t shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
};

/* mean over all positions: y = clamp(requantize(sum(x - x's zero point))). Portable C. */
static MEAN_PORTABLE_X_HOT_SECTION void mean_portable_x_mean_s8_portable_double(const struct mean_portable_x_mean_s8_portable_double_params *p, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        for (int32_t c = 0; c < p->channels; c++) {
            const int8_t *in = &x[item * p->count * p->channels + c];
            int32_t sum = p->offset;
            for (int32_t i = 0; i < p->count; i++) {
                sum += *in;
                in += p->channels;
            }
            const int32_t value = eg_requantize_double(sum, p->multiplier, p->shift) + p->zero_point;
            y[item * p->channels + c] = (int8_t)eg_clamp(value, p->lo, p->hi);
        }
    }
}

/* 0: mean from MEAN #0 'mean' in tiny.tflite
 * int8[1x6x6x8] to int8[1x1x1x8]; kernel portable, format - */
static MEAN_PORTABLE_X_HOT_SECTION EG_NOINLINE void mean_portable_x_n00_mean(const int8_t *x, int8_t *y)
{
    static const struct mean_portable_x_mean_s8_portable_double_params p = {
        .batch = 1,
        .count = 36,
        .channels = 8,
        .offset = -108,
        .multiplier = 1908874354,
        .shift = -5,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
    };
    mean_portable_x_mean_s8_portable_double(&p, x, y);
}

MEAN_PORTABLE_X_HOT_SECTION
