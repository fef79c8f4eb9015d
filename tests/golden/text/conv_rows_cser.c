static const int16_t conv_rows_cser_n00_conv2d_omega[57] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    -98, 2, 45, 78, 86, 162, 163, -24, -22, -21, -14, -8, -6, 5, 7, 11, 22, 34, 36, 37, 40, 41,
    42, 48, 50, 53, 55, 68, 73, 75, 91, 94, 98, 99, 101, 102, 108, 109, 111, 135, 155, 156, 172, 179,
    180, 182, 184, 191, 192, 201, 206, 212, 213, 216, 218, 220, 221,
};

static const uint8_t conv_rows_cser_n00_conv2d_columns[62] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    2U, 4U, 5U, 0U, 1U, 6U, 7U, 3U, 3U, 0U, 6U, 4U, 1U, 7U, 5U, 2U, 5U, 3U, 2U, 7U, 1U, 0U, 6U, 4U, 4U, 6U, 2U,
    7U, 5U, 1U, 3U, 0U, 1U, 5U, 7U, 2U, 3U, 6U, 4U, 0U, 1U, 0U, 2U, 3U, 5U, 4U, 7U, 4U, 0U, 2U, 7U, 5U, 3U, 6U,
    1U, 6U, 4U, 1U, 2U, 5U, 0U, 3U,
};

static const uint8_t conv_rows_cser_n00_conv2d_groups[60] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    6U, 9U, 14U, 30U, 34U, 44U, 51U, 52U, 3U, 17U, 18U, 20U, 24U, 29U, 45U, 48U, 6U, 8U, 11U, 36U, 38U, 39U,
    46U, 47U, 1U, 4U, 23U, 26U, 42U, 43U, 13U, 16U, 19U, 27U, 28U, 33U, 49U, 55U, 5U, 7U, 10U, 22U, 31U, 32U,
    56U, 2U, 5U, 12U, 21U, 37U, 40U, 50U, 53U, 2U, 3U, 15U, 25U, 35U, 41U, 54U,
};

static const uint8_t conv_rows_cser_n00_conv2d_segments[61] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 16U, 17U, 18U, 19U, 20U, 21U,
    22U, 23U, 24U, 26U, 28U, 29U, 30U, 31U, 32U, 33U, 34U, 35U, 36U, 37U, 38U, 39U, 40U, 41U, 42U, 43U, 44U, 45U,
    46U, 47U, 48U, 49U, 50U, 51U, 52U, 53U, 54U, 55U, 56U, 57U, 58U, 59U, 60U, 61U, 62U,
};

static const uint8_t conv_rows_cser_n00_conv2d_rows[9] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    0U, 8U, 16U, 24U, 30U, 38U, 45U, 53U, 60U,
};

static const int32_t conv_rows_cser_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_cser_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_cser_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_CSER_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_CSER_HOT_SECTION
#define CONV_ROWS_CSER_HOT_SECTION
#endif

struct conv_rows_cser_conv2d_s8_rows_cser_double_21111_params {
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

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is cser: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_CSER_HOT_SECTION EG_NOINLINE void conv_rows_cser_conv2d_s8_rows_cser_double_21111(const struct conv_rows_cser_conv2d_s8_rows_cser_double_21111_params *p,
    const int16_t *omega,
    const uint8_t *columns,
    const uint8_t *groups,
    const uint8_t *segments,
    const uint8_t *rows,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    const uint8_t *c = columns;
    const int32_t mode = omega[0];

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
                for (int32_t i = 0; i < count; i++) {
                    out[i] = (int8_t)mode;
                }
                for (uint32_t s = rows[row]; s < (uint32_t)rows[row + 1]; s++) {
                    const int8_t value = (int8_t)(mode + omega[groups[s]]);
                    const uint8_t *const last = columns + segments[s + 1U];
                    while (c < last) {
                        out[*c++] = value;
                    }
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format cser */
static CONV_ROWS_CSER_HOT_SECTION EG_NOINLINE void conv_rows_cser_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_cser_conv2d_s8_rows_cser_double_21111_params p = {
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
    conv_rows_cser_conv2d_s8_rows_cser_double_21111(&p, conv_rows_cser_n00_conv2d_omega, conv_rows_cser_n00_conv2d_columns, conv_rows_cser_n00_conv2d_groups, conv_rows_cser_n00_conv2d_segments, conv_rows_cser_n00_conv2d_rows, conv_rows_cser_n00_conv2d_bias, conv_rows_cser_n00_conv2d_multiplier, conv_rows_cser_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_CSER_HOT_SECTION
