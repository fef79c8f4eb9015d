static const int8_t conv_rows_tans_n00_conv2d_symbols[57] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    -122, -120, -119, -112, -106, -104, -98, -96, -93, -91, -87, -76, -64, -62, -61, -58, -57, -56,
    -53, -50, -48, -45, -43, -30, -25, -23, -20, -12, -7, -4, 0, 1, 3, 4, 10, 11,
    13, 37, 57, 58, 64, 65, 74, 81, 82, 84, 86, 93, 94, 103, 108, 114, 115, 118,
    120, 122, 123,
};

static const uint16_t conv_rows_tans_n00_conv2d_shares[57] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    16U, 16U, 16U, 16U, 16U, 16U, 32U, 32U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 32U, 16U, 16U, 16U,
    16U, 16U, 16U, 16U, 32U, 32U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 32U, 32U, 16U, 16U,
    16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U, 16U,
};

static const uint8_t conv_rows_tans_n00_conv2d_stream[55] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    105U, 225U, 26U, 131U, 229U, 21U, 235U, 60U, 45U, 142U, 143U, 53U, 211U, 246U, 200U, 1U, 74U, 82U,
    41U, 137U, 176U, 54U, 71U, 136U, 84U, 74U, 186U, 168U, 192U, 35U, 151U, 253U, 179U, 171U, 130U, 96U,
    168U, 60U, 238U, 204U, 193U, 132U, 175U, 31U, 143U, 144U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U,
};

static const int32_t conv_rows_tans_n00_conv2d_bias[8] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t conv_rows_tans_n00_conv2d_multiplier[8] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    1099511628, 1209462791, 1319413953, 1429365116, 1539316279, 1649267442, 1759218604, 1869169767,
};

static const int8_t conv_rows_tans_n00_conv2d_shift[8] EG_ALIGN(8) CONV_ROWS_TANS_WEIGHTS_SECTION = {
    -7, -7, -7, -7, -7, -7, -7, -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef CONV_ROWS_TANS_HOT_SECTION
#define CONV_ROWS_TANS_HOT_SECTION
#endif

struct conv_rows_tans_conv2d_s8_rows_tans_double_params {
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
    int32_t states;
    int32_t symbols;
    int32_t spread;
    int32_t zeros_above;
    int32_t state;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* conv2d: y = clamp(requantize(bias + sum(w * patch))), channels last. w is tans: four output channels
 * at a time are decoded into the workspace, once, for all positions. */
static CONV_ROWS_TANS_HOT_SECTION EG_NOINLINE void conv_rows_tans_conv2d_s8_rows_tans_double(const struct conv_rows_tans_conv2d_s8_rows_tans_double_params *p,
    const int8_t *symbols,
    const uint16_t *shares,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    const int32_t count = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t pitch = count + 8;   /* decoders may write so much beyond a row */
    int8_t *const patch = (int8_t *)work; /* the inputs of a position at a border, then four rows */
    uint32_t *const states = (uint32_t *)(void *)(patch + p->tables_at);
    uint16_t *const next = (uint16_t *)(void *)(states + p->states);
    /* the symbols' indices, spread; then what each state does, see SPEC.md */
    uint32_t state = 0;
    for (int32_t i = 0; i < p->symbols; i++) {
        next[i] = shares[i];
        for (uint32_t left = shares[i]; left != 0U; left--) {
            states[state] = (uint32_t)i;
            state = (state + (uint32_t)p->spread) & ((uint32_t)p->states - 1U);
        }
    }
    for (int32_t i = 0; i < p->states; i++) {
        const uint32_t index = states[i];
        const uint32_t number = next[index]++;
        const uint32_t used = eg_zeros_above(number) - (uint32_t)p->zeros_above;
        states[i] = (((number << used) - (uint32_t)p->states) << 16) | (used << 8) | ((uint32_t)symbols[index] & 0xFFU);
    }
    state = (uint32_t)p->state;
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
                for (int32_t i = 0; i < count; i += 2) {
                    uint32_t window = eg_peek(stream, position);
                    const uint32_t first = states[state];
                    uint32_t used = (first >> 8) & 0xFFU;
                    out[i] = (int8_t)eg_signed_byte(first);
                    state = (first >> 16) + ((window >> 1) >> (31U - used));
                    position += used;
                    if (i + 1 < count) {
                        window <<= used;
                        const uint32_t second = states[state];
                        used = (second >> 8) & 0xFFU;
                        out[i + 1] = (int8_t)eg_signed_byte(second);
                        state = (second >> 16) + ((window >> 1) >> (31U - used));
                        position += used;
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
 * int8[1x6x6x8] to int8[1x6x6x8]; kernel rows, format tans */
static CONV_ROWS_TANS_HOT_SECTION EG_NOINLINE void conv_rows_tans_n00_conv2d(const int8_t *x, int8_t *y, void *work)
{
    static const struct conv_rows_tans_conv2d_s8_rows_tans_double_params p = {
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
        .states = 1024,
        .symbols = 57,
        .spread = 643,
        .zeros_above = 21,
        .state = 560,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 1,
    };
    conv_rows_tans_conv2d_s8_rows_tans_double(&p, conv_rows_tans_n00_conv2d_symbols, conv_rows_tans_n00_conv2d_shares, conv_rows_tans_n00_conv2d_stream, conv_rows_tans_n00_conv2d_bias, conv_rows_tans_n00_conv2d_multiplier, conv_rows_tans_n00_conv2d_shift, x, y, work);
}

CONV_ROWS_TANS_HOT_SECTION
