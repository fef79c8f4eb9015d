static const uint8_t conv_rows_joint_gap_sham_n00_conv2d_pairs[8] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    4U, 4U, 4U, 4U, 4U, 4U, 4U, 4U,
};

static const uint32_t conv_rows_joint_gap_sham_n00_conv2d_pair_lut[64] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    4194565U, 4194565U, 4260101U, 4260101U, 4288545029U, 4288545029U, 4288676101U, 4288676101U,
    4291494149U, 4291494149U, 4293656837U, 4293656837U, 4294181125U, 4294181125U, 6U, 65798U,
    196870U, 262406U, 655622U, 721158U, 852230U, 2425094U, 3735814U, 3801350U,
    4849926U, 5308678U, 5374214U, 5505286U, 5636358U, 6095110U, 6160646U, 6750470U,
    7078150U, 7471366U, 7536902U, 7733510U, 7864582U, 7995654U, 8061190U, 4286972166U,
    4287103238U, 4287168774U, 4287627526U, 4288020742U, 4288151814U, 4288872710U, 4289003782U, 4289265926U,
    4289986822U, 4290773254U, 4290904326U, 4290969862U, 4291166470U, 4291232006U, 4291297542U, 4291690758U,
    4291821830U, 4292018438U, 4292149510U, 4293001478U, 4293329158U, 4293460230U, 4294508806U, 4294705670U,
};

static const uint8_t conv_rows_joint_gap_sham_n00_conv2d_stream[55] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    249U, 0U, 197U, 77U, 205U, 67U, 143U, 15U, 23U, 70U, 242U, 245U, 85U, 43U, 161U, 208U, 184U, 147U,
    61U, 25U, 129U, 238U, 51U, 75U, 111U, 126U, 63U, 129U, 249U, 206U, 10U, 182U, 252U, 83U, 28U, 8U,
    236U, 88U, 137U, 193U, 170U, 247U, 243U, 33U, 81U, 32U, 128U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U,
};

static const int32_t conv_rows_joint_gap_sham_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_joint_gap_sham_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_joint_gap_sham_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_JOINT_GAP_SHAM_HOT_SECTION
#define CONV_ROWS_JOINT_GAP_SHAM_HOT_SECTION
#endif

struct conv_rows_joint_gap_sham_conv2d_s8_rows_joint_gap_sham_double_6_1_params {
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

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is joint_gap_sham: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_JOINT_GAP_SHAM_HOT_SECTION EG_NOINLINE void conv_rows_joint_gap_sham_conv2d_s8_rows_joint_gap_sham_double_6_1(const struct conv_rows_joint_gap_sham_conv2d_s8_rows_joint_gap_sham_double_6_1_params *p,
    const uint8_t *pairs,
    const uint32_t *pair_lut,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    uint32_t position = 0;

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
                    out[i] = 0;
                }
                int8_t *at = out - 1; /* the column before the first */
                for (uint32_t left = pairs[row]; left != 0U; left--) {
                    /* Two pairs per load of the stream; only the second of a row's last ones may be the one that stays where it is. */
                    const uint32_t window = eg_peek(stream, position);
                    uint32_t first = pair_lut[window >> 26];
                    uint32_t second = pair_lut[(window << (first & 0x1FU)) >> 26];
                    position += (first & 0x1FU) + (second & 0x1FU);
                    at += (first >> 8) & 0xFFU;
                    *at = (int8_t)eg_signed_byte(first >> 16);
                    if ((second & 0xFF00U) != 0U) {
                        at += (second >> 8) & 0xFFU;
                        *at = (int8_t)eg_signed_byte(second >> 16);
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format joint_gap_sham */
static CONV_ROWS_JOINT_GAP_SHAM_HOT_SECTION EG_NOINLINE void conv_rows_joint_gap_sham_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_joint_gap_sham_conv2d_s8_rows_joint_gap_sham_double_6_1_params p = {
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
    conv_rows_joint_gap_sham_conv2d_s8_rows_joint_gap_sham_double_6_1(&p, conv_rows_joint_gap_sham_n00_conv2d_pairs, conv_rows_joint_gap_sham_n00_conv2d_pair_lut, conv_rows_joint_gap_sham_n00_conv2d_stream, conv_rows_joint_gap_sham_n00_conv2d_bias, conv_rows_joint_gap_sham_n00_conv2d_multiplier, conv_rows_joint_gap_sham_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_JOINT_GAP_SHAM_HOT_SECTION
