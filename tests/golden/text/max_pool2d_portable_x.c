/* no tables */

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef MAX_POOL2D_PORTABLE_X_HOT_SECTION
#define MAX_POOL2D_PORTABLE_X_HOT_SECTION
#endif

struct max_pool2d_portable_x_max_pool2d_s8_portable_params {
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

/* max_pool2d: largest element of x in the window. Portable C. */
static MAX_POOL2D_PORTABLE_X_HOT_SECTION void max_pool2d_portable_x_max_pool2d_s8_portable(const struct max_pool2d_portable_x_max_pool2d_s8_portable_params *p, const int8_t *x, int8_t *y)
{
    int8_t *out = y;
    for (int32_t row = 0; row < p->out_h; row++) {
        const int32_t y0 = row * p->stride_h - p->pad_top;
        for (int32_t column = 0; column < p->out_w; column++) {
            const int32_t x0 = column * p->stride_w - p->pad_left;
            for (int32_t c = 0; c < p->channels; c++) {
                int32_t largest = INT8_MIN;
                for (int32_t ky = 0; ky < p->kernel_h; ky++) {
                    const int32_t iy = y0 + ky;
                    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
                        const int32_t ix = x0 + kx;
                        if ((iy >= 0) && (iy < p->in_h) && (ix >= 0) && (ix < p->in_w)) {
                            const int32_t value = x[(iy * p->in_w + ix) * p->channels + c];
                            largest = (value > largest) ? value : largest;
                        }
                    }
                }
                *out++ = (int8_t)eg_clamp(largest, p->lo, p->hi);
            }
        }
    }
}

/* 0: max_pool2d from MAX_POOL2D #0 'max_pool2d' in tiny.tflite
 * int8[1x6x6x8] to int8[1x3x3x8]; kernel portable, format - */
static MAX_POOL2D_PORTABLE_X_HOT_SECTION EG_NOINLINE void max_pool2d_portable_x_n00_max_pool2d(const int8_t *x, int8_t *y)
{
    static const struct max_pool2d_portable_x_max_pool2d_s8_portable_params p = {
        .in_h = 6,
        .in_w = 6,
        .channels = 8,
        .out_h = 3,
        .out_w = 3,
        .kernel_h = 3,
        .kernel_w = 3,
        .stride_h = 2,
        .stride_w = 2,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 1,
        .pad_left = 1,
        .lo = -128,
        .hi = 127,
    };
    max_pool2d_portable_x_max_pool2d_s8_portable(&p, x, y);
}

MAX_POOL2D_PORTABLE_X_HOT_SECTION
