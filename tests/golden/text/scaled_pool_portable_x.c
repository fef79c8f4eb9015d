static const int32_t scaled_pool_portable_x_n00_scaled_average_pool2d_multiplier[6] EG_ALIGN(8) SCALED_POOL_PORTABLE_X_WEIGHTS_SECTION = {
    1825361101, 1825361101, 1216907401, 1825361101, 1460288881, 1216907401,
};

static const int8_t scaled_pool_portable_x_n00_scaled_average_pool2d_shift[6] EG_ALIGN(8) SCALED_POOL_PORTABLE_X_WEIGHTS_SECTION = {
    1, 0, 0, -1, -1, -1,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef SCALED_POOL_PORTABLE_X_HOT_SECTION
#define SCALED_POOL_PORTABLE_X_HOT_SECTION
#endif

struct scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_params {
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
    int16_t x_zero;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
};

/* scaled_average_pool2d: sum of the elements of x in the window, requantized by how many they are. Portable C. */
static inline int8_t scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_mean(const struct scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_params *p, int32_t above, int32_t multiplier, int32_t shift)
{
    return (int8_t)eg_clamp(eg_requantize_single(above, multiplier, shift) + p->zero_point, p->lo, p->hi);
}

static SCALED_POOL_PORTABLE_X_HOT_SECTION void scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single(const struct scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_params *p, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
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
                *out++ = scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_mean(p, sum - (p->x_zero * taps), multiplier[taps - 1], shift[taps - 1]);
            }
        }
    }
}

/* 0: scaled_average_pool2d from SCALED_AVERAGE_POOL2D #0 'scaled_average_pool2d' in tiny.tflite
 * int8[1x4x4x8] to int8[1x3x4x8]; kernel portable, format - */
static SCALED_POOL_PORTABLE_X_HOT_SECTION EG_NOINLINE void scaled_pool_portable_x_n00_scaled_average_pool2d(const int8_t *x, int8_t *y)
{
    static const struct scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single_params p = {
        .in_h = 4,
        .in_w = 4,
        .channels = 8,
        .out_h = 3,
        .out_w = 4,
        .kernel_h = 3,
        .kernel_w = 2,
        .stride_h = 2,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 1,
        .pad_left = 0,
        .x_zero = 3,
        .zero_point = -9,
        .lo = -120,
        .hi = 120,
    };
    scaled_pool_portable_x_scaled_average_pool2d_s8_portable_single(&p, scaled_pool_portable_x_n00_scaled_average_pool2d_multiplier, scaled_pool_portable_x_n00_scaled_average_pool2d_shift, x, y);
}

SCALED_POOL_PORTABLE_X_HOT_SECTION
