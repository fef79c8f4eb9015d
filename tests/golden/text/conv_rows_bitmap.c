static const uint8_t conv_rows_bitmap_n00_conv2d_bitmap[8] EG_ALIGN(8) CONV_ROWS_BITMAP_WEIGHTS_SECTION = {
    255U, 255U, 255U, 255U, 255U, 247U, 255U, 255U,
};

static const int8_t conv_rows_bitmap_n00_conv2d_values[63] EG_ALIGN(8) CONV_ROWS_BITMAP_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, -4, -98, 123, 64, 118, -104, 57, -53, 11, 108,
    -57, 58, -87, -45, 120, -20, 4, -53, -98,
};

static const int32_t conv_rows_bitmap_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_BITMAP_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_bitmap_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_BITMAP_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_bitmap_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_BITMAP_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_BITMAP_HOT_SECTION
#define CONV_ROWS_BITMAP_HOT_SECTION
#endif

struct conv_rows_bitmap_conv2d_s8_rows_bitmap_double_params {
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
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is bitmap: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_BITMAP_HOT_SECTION EG_NOINLINE void conv_rows_bitmap_conv2d_s8_rows_bitmap_double(const struct conv_rows_bitmap_conv2d_s8_rows_bitmap_double_params *p,
    const uint8_t *bitmap,
    const int8_t *values,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    const uint8_t *b = bitmap;
    const int8_t *v = values;

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
                eg_fill(out, 0, count);
                int8_t *to = out;
                int32_t rest = count;
                for (; rest >= 32; rest -= 32) {
                    uint32_t word = eg_load_be(b);
                    while (word != 0U) {
                        const uint32_t column = eg_zeros_above(word);
                        to[column] = *v++;
                        word &= ~(0x80000000U >> column);
                    }
                    b += 4;
                    to += 32;
                }
                for (; rest > 0; rest -= 8) {
                    uint32_t word = (uint32_t)*b++ << 24;
                    while (word != 0U) {
                        const uint32_t column = eg_zeros_above(word);
                        to[column] = *v++;
                        word &= ~(0x80000000U >> column);
                    }
                    to += 8;
                }

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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format bitmap */
static CONV_ROWS_BITMAP_HOT_SECTION EG_NOINLINE void conv_rows_bitmap_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_bitmap_conv2d_s8_rows_bitmap_double_params p = {
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
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 1,
    };
    conv_rows_bitmap_conv2d_s8_rows_bitmap_double(&p, conv_rows_bitmap_n00_conv2d_bitmap, conv_rows_bitmap_n00_conv2d_values, conv_rows_bitmap_n00_conv2d_bias, conv_rows_bitmap_n00_conv2d_multiplier, conv_rows_bitmap_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_BITMAP_HOT_SECTION
