/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef AVERAGE_POOL2D_PORTABLE_X_HOT_SECTION
#define AVERAGE_POOL2D_PORTABLE_X_HOT_SECTION
#endif

struct average_pool2d_portable_x_average_pool2d_s8_portable_params {
    int16_t in_h;
    int16_t in_w;
    int16_t channels;
    int16_t out_h;
    int16_t out_w;
    int16_t kernel_h;
    int16_t kernel_w;
    int16_t stride_h;
    int16_t stride_w;
    int16_t dilation_h;
    int16_t dilation_w;
    int16_t pad_top;
    int16_t pad_left;
    int16_t lo;
    int16_t hi;
};

/* Rounds to nearest, ties away from zero. */
static inline int8_t average_pool2d_portable_x_average_pool2d_s8_portable_mean(const struct average_pool2d_portable_x_average_pool2d_s8_portable_params *p, int32_t sum, int32_t taps)
{
    const int32_t half = taps / 2;
    const int32_t mean = ((sum >= 0) ? (sum + half) : (sum - half)) / taps;
    return (int8_t)eg_clamp(mean, p->lo, p->hi);
}

/* average_pool2d: mean of the elements of x in the window. Portable C. */
static AVERAGE_POOL2D_PORTABLE_X_HOT_SECTION void average_pool2d_portable_x_average_pool2d_s8_portable(const struct average_pool2d_portable_x_average_pool2d_s8_portable_params *p, const int8_t *x, int8_t *y)
{
    int8_t *out = y;
    for (int32_t row = 0; row < p->out_h; row++) {
        const int32_t y0 = row * p->stride_h - p->pad_top;
        for (int32_t column = 0; column < p->out_w; column++) {
            const int32_t x0 = column * p->stride_w - p->pad_left;
            for (int32_t c = 0; c < p->channels; c++) {
                int32_t sum = 0;
                int32_t taps = 0;
                for (int32_t ky = 0; ky < p->kernel_h; ky++) {
                    const int32_t iy = y0 + ky;
                    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
                        const int32_t ix = x0 + kx;
                        if ((iy >= 0) && (iy < p->in_h) && (ix >= 0) && (ix < p->in_w)) {
                            sum += x[(iy * p->in_w + ix) * p->channels + c];
                            taps++;
                        }
                    }
                }
                *out++ = average_pool2d_portable_x_average_pool2d_s8_portable_mean(p, sum, taps);
            }
        }
    }
}

/* 0: average_pool2d from AVERAGE_POOL2D #0 'average_pool2d' in tiny.tflite
 * int8[1x4x4x8] to int8[1x1x1x8]; kernel portable, format - */
static AVERAGE_POOL2D_PORTABLE_X_HOT_SECTION EG_NOINLINE void average_pool2d_portable_x_n00_average_pool2d(const int8_t *x, int8_t *y)
{
    static const struct average_pool2d_portable_x_average_pool2d_s8_portable_params p = {
        .in_h = 4,
        .in_w = 4,
        .channels = 8,
        .out_h = 1,
        .out_w = 1,
        .kernel_h = 4,
        .kernel_w = 4,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 0,
        .pad_left = 0,
        .lo = -128,
        .hi = 127,
    };
    average_pool2d_portable_x_average_pool2d_s8_portable(&p, x, y);
}

AVERAGE_POOL2D_PORTABLE_X_HOT_SECTION
