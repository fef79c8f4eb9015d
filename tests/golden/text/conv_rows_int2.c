static const uint8_t conv_rows_int2_n00_conv2d_weights[16] EG_ALIGN(8) CONV_ROWS_INT2_WEIGHTS_SECTION = {
    80U, 95U, 31U, 55U, 240U, 21U, 77U, 63U, 13U, 205U, 247U, 112U, 117U, 211U, 125U, 240U,
};

static const int32_t conv_rows_int2_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_INT2_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_int2_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_INT2_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_int2_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_INT2_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_INT2_HOT_SECTION
#define CONV_ROWS_INT2_HOT_SECTION
#endif

struct conv_rows_int2_conv2d_s8_rows_int2_double_params {
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
    int16_t span_h;
    int16_t gather;
    int32_t tables_at;
    int32_t row_bytes;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is int2: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_INT2_HOT_SECTION EG_NOINLINE void conv_rows_int2_conv2d_s8_rows_int2_double(const struct conv_rows_int2_conv2d_s8_rows_int2_double_params *p,
    const uint8_t *weights,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    
    const struct eg_view view = {
        p->in_h, p->in_w, p->in_c, p->kernel_h, p->kernel_w, p->dilation_h, p->dilation_w, p->pad_value
    };
    const int32_t run = p->kernel_w * p->in_c;
    const struct eg_row_walk direct = { run, p->kernel_h, (p->in_w * p->dilation_h * p->in_c) - run, pitch };
    const struct eg_row_walk gathered = { count, 1, 0, pitch };
    for (int32_t o = 0; o < p->out_c; o += 4) {
        const int32_t channels = (p->out_c - o < 4) ? p->out_c - o : 4;
        int32_t start[4] = { 0, 0, 0, 0 };
        for (int32_t channel = 0; channel < channels; channel++) {
            const int32_t row = o + channel;
            int8_t *const out = patch + count + (channel * pitch);
            start[channel] = bias[row];
            {
                eg_row_int2(weights + (row * p->row_bytes), count, out);

            }
        }
        for (int32_t oy = 0; oy < p->out_h; oy++) {
            const int32_t y0 = (oy * p->stride_h) - p->pad_top;
            for (int32_t ox = 0; ox < p->out_w; ox++) {
                const int32_t x0 = (ox * p->stride_w) - p->pad_left;
                const int8_t *at = patch;
                const struct eg_row_walk *walk = &gathered;
                if ((p->gather == 0) && (y0 >= 0) && (x0 >= 0) && (y0 + p->span_h <= p->in_h)
                    && (x0 + p->kernel_w <= p->in_w)) {
                    at = x + (((y0 * p->in_w) + x0) * p->in_c);
                    walk = &direct;
                } else {
                    eg_gather_patch(&view, x, y0, x0, patch);
                }
                int32_t acc[4] = { start[0], start[1], start[2], start[3] };
                eg_dot_rows(at, patch + count, acc, walk);
                int8_t *to = y + ((((oy * p->out_w) + ox) * p->out_c) + o);
                for (int32_t channel = 0; channel < channels; channel++) {
                    const int32_t q = (o + channel) * p->requant_step;
                    const int32_t value = eg_requantize_double(acc[channel], multiplier[q], shift[q]) + p->zero_point;
                    *to++ = (int8_t)eg_clamp(value, p->lo, p->hi);
                }
            }
        }
    }
}

/* 0: conv2d from CONV_2D #1 'conv' in tiny.tflite
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format int2 */
static CONV_ROWS_INT2_HOT_SECTION EG_NOINLINE void conv_rows_int2_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_int2_conv2d_s8_rows_int2_double_params p = {
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
        .span_h = 1,
        .gather = 0,
        .tables_at = 72,
        .row_bytes = 2,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 1,
    };
    conv_rows_int2_conv2d_s8_rows_int2_double(&p, conv_rows_int2_n00_conv2d_weights, conv_rows_int2_n00_conv2d_bias, conv_rows_int2_n00_conv2d_multiplier, conv_rows_int2_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_INT2_HOT_SECTION
