static const int8_t conv_portable_int8_n00_conv2d_weights[64] EG_ALIGN(8) CONV_PORTABLE_INT8_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, 0, -4, -98, 123, 64, 118, -104, 57, -53, 11,
    108, -57, 58, -87, -45, 120, -20, 4, -53, -98,
};

static const int32_t conv_portable_int8_n00_conv2d_bias[8] EG_ALIGN(8) CONV_PORTABLE_INT8_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_portable_int8_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_PORTABLE_INT8_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_portable_int8_n00_conv2d_shift[8] EG_ALIGN(8) CONV_PORTABLE_INT8_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_PORTABLE_INT8_HOT_SECTION
#define CONV_PORTABLE_INT8_HOT_SECTION
#endif

struct conv_portable_int8_conv2d_s8_portable_int8_double_params {
    int16_t in_h;
    int16_t in_w;
    int16_t in_c;
    int16_t out_h;
    int16_t out_w;
    int16_t out_c;
    int16_t kernel_h;
    int16_t kernel_w;
    int16_t stride_h;
    int16_t stride_w;
    int16_t dilation_h;
    int16_t dilation_w;
    int16_t pad_top;
    int16_t pad_left;
    int16_t pad_value;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last, w as [out][row][column][in]. Portable C. */
static CONV_PORTABLE_INT8_HOT_SECTION void conv_portable_int8_conv2d_s8_portable_int8_double(const struct conv_portable_int8_conv2d_s8_portable_int8_double_params *p, const int8_t *weights, const int32_t *bias,
    const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    int8_t *out = y;
    for (int32_t row = 0; row < p->out_h; row++) {
        const int32_t y0 = row * p->stride_h - p->pad_top;
        for (int32_t column = 0; column < p->out_w; column++) {
            const int32_t x0 = column * p->stride_w - p->pad_left;
            const int8_t *w = weights;
            for (int32_t o = 0; o < p->out_c; o++) {
                int32_t acc = bias[o];
                for (int32_t ky = 0; ky < p->kernel_h; ky++) {
                    const int32_t iy = y0 + ky * p->dilation_h;
                    for (int32_t kx = 0; kx < p->kernel_w; kx++) {
                        const int32_t ix = x0 + kx * p->dilation_w;
                        if ((iy >= 0) && (iy < p->in_h) && (ix >= 0) && (ix < p->in_w)) {
                            const int8_t *in = &x[(iy * p->in_w + ix) * p->in_c];
                            for (int32_t c = 0; c < p->in_c; c++) {
                                acc += (int32_t)in[c] * w[c];
                            }
                        } else {
                            for (int32_t c = 0; c < p->in_c; c++) {
                                acc += (int32_t)p->pad_value * w[c];
                            }
                        }
                        w += p->in_c;
                    }
                }
                const int32_t q = o * p->requant_step;
                acc = eg_requantize_double(acc, multiplier[q], shift[q]) + p->zero_point;
                *out++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
            }
        }
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel portable, format int8 */
static CONV_PORTABLE_INT8_HOT_SECTION EG_NOINLINE void conv_portable_int8_n00_conv2d(const int8_t *x, int8_t *y)
{
    static const struct conv_portable_int8_conv2d_s8_portable_int8_double_params p = {
        .in_h = 6,
        .in_w = 6,
        .in_c = 8,
        .out_h = 6,
        .out_w = 6,
        .out_c = 8,
        .kernel_h = 1,
        .kernel_w = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .dilation_w = 1,
        .pad_top = 0,
        .pad_left = 0,
        .pad_value = 3,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 1,
    };
    conv_portable_int8_conv2d_s8_portable_int8_double(&p, conv_portable_int8_n00_conv2d_weights, conv_portable_int8_n00_conv2d_bias, conv_portable_int8_n00_conv2d_multiplier, conv_portable_int8_n00_conv2d_shift, x, y);
}

CONV_PORTABLE_INT8_HOT_SECTION
