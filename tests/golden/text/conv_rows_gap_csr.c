static const uint8_t conv_rows_gap_csr_n00_conv2d_counts[8] EG_ALIGN(8) CONV_ROWS_GAP_CSR_WEIGHTS_SECTION = {
    8U, 8U, 8U, 8U, 8U, 7U, 8U, 8U,
};

static const int16_t conv_rows_gap_csr_n00_conv2d_entries[63] EG_ALIGN(8) CONV_ROWS_GAP_CSR_WEIGHTS_SECTION = {
    -1792, 768, 16640, 29440, -30464, -23296, 20992, 29184, -16384, -12288, 24064, -5120, -14848,
    21504, -15872, -5888, 9472, 3328, -27136, -30720, 23808, 16640, 22016, 2560, 20736, -11008,
    -3072, 18944, -24576, -12800, -24576, -3072, 31232, -23808, -7680, -6400, 26368, -19456, 256,
    -15616, -31232, 16384, -28672, -14336, -1023, -25088, 31488, 16384, 30208, -26624, 14592, -13568,
    2816, 27648, -14592, 14848, -22272, -11520, 30720, -5120, 1024, -13568, -25088,
};

static const int32_t conv_rows_gap_csr_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_GAP_CSR_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_gap_csr_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_GAP_CSR_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_gap_csr_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_GAP_CSR_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_GAP_CSR_HOT_SECTION
#define CONV_ROWS_GAP_CSR_HOT_SECTION
#endif

struct conv_rows_gap_csr_conv2d_s8_rows_gap_csr_double_1_params {
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

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is gap_csr: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_GAP_CSR_HOT_SECTION EG_NOINLINE void conv_rows_gap_csr_conv2d_s8_rows_gap_csr_double_1(const struct conv_rows_gap_csr_conv2d_s8_rows_gap_csr_double_1_params *p,
    const uint8_t *counts,
    const int16_t *entries,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    const int16_t *e = entries;

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
                int8_t *at = out;
                for (uint32_t left = counts[row]; left != 0U; left--) {
                    at += (uint32_t)*e & 0xFFU;
                    *at++ = (int8_t)(*e++ >> 8);
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format gap_csr */
static CONV_ROWS_GAP_CSR_HOT_SECTION EG_NOINLINE void conv_rows_gap_csr_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_gap_csr_conv2d_s8_rows_gap_csr_double_1_params p = {
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
    conv_rows_gap_csr_conv2d_s8_rows_gap_csr_double_1(&p, conv_rows_gap_csr_n00_conv2d_counts, conv_rows_gap_csr_n00_conv2d_entries, conv_rows_gap_csr_n00_conv2d_bias, conv_rows_gap_csr_n00_conv2d_multiplier, conv_rows_gap_csr_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_GAP_CSR_HOT_SECTION
