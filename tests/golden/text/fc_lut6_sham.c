static const uint8_t fc_lut6_sham_n00_fully_connected_counts[8] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    16U, 16U, 15U, 16U, 16U, 16U, 16U, 16U,
};

static const uint8_t fc_lut6_sham_n00_fully_connected_gaps[127] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 1U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
};

static const uint16_t fc_lut6_sham_n00_fully_connected_value_lut[64] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    1345U, 1345U, 1680U, 1694U, 1696U, 1713U, 1731U, 1734U, 1739U, 1744U, 1772U, 1773U, 1780U, 1781U, 1785U,
    1539U, 1547U, 1573U, 1592U, 1600U, 1618U, 1622U, 1623U, 1631U, 1659U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U,
};

static const uint16_t fc_lut6_sham_n00_fully_connected_value_walk[2] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    65535U, 65510U,
};

static const uint8_t fc_lut6_sham_n00_fully_connected_value_symbols[102] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    65U, 144U, 158U, 160U, 177U, 195U, 198U, 203U, 208U, 236U, 237U, 244U, 245U, 249U, 3U, 11U, 37U, 56U,
    64U, 82U, 86U, 87U, 95U, 123U, 130U, 134U, 136U, 137U, 139U, 142U, 146U, 149U, 150U, 152U, 163U, 165U,
    166U, 169U, 180U, 183U, 185U, 192U, 193U, 194U, 199U, 200U, 206U, 211U, 213U, 216U, 220U, 221U, 222U, 226U,
    231U, 233U, 246U, 251U, 252U, 1U, 2U, 4U, 7U, 10U, 13U, 14U, 21U, 24U, 29U, 30U, 31U, 36U,
    43U, 44U, 47U, 57U, 58U, 66U, 69U, 70U, 71U, 73U, 74U, 77U, 78U, 81U, 84U, 90U, 91U, 92U,
    93U, 94U, 96U, 103U, 106U, 107U, 108U, 114U, 115U, 118U, 120U, 122U,
};

static const uint8_t fc_lut6_sham_n00_fully_connected_stream[113] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    56U, 240U, 124U, 106U, 245U, 79U, 112U, 201U, 234U, 80U, 252U, 34U, 209U, 70U, 211U, 166U, 157U, 0U,
    173U, 157U, 242U, 140U, 216U, 36U, 129U, 12U, 254U, 242U, 125U, 14U, 240U, 42U, 140U, 205U, 48U, 163U,
    212U, 13U, 132U, 254U, 187U, 202U, 66U, 30U, 163U, 102U, 127U, 39U, 241U, 85U, 200U, 12U, 188U, 6U,
    234U, 155U, 123U, 79U, 130U, 219U, 37U, 97U, 122U, 83U, 130U, 55U, 14U, 142U, 48U, 110U, 238U, 26U,
    90U, 215U, 43U, 99U, 61U, 128U, 55U, 124U, 130U, 142U, 50U, 103U, 214U, 184U, 182U, 246U, 204U, 22U,
    155U, 152U, 92U, 177U, 115U, 91U, 177U, 39U, 95U, 31U, 203U, 37U, 81U, 136U, 144U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_lut6_sham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_lut6_sham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_lut6_sham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_LUT6_SHAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_LUT6_SHAM_HOT_SECTION
#define FC_LUT6_SHAM_HOT_SECTION
#endif

struct fc_lut6_sham_fully_connected_s8_lut6_sham_double_down_1w_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t value_shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as raw gaps and Huffman codes of the values. */
static FC_LUT6_SHAM_HOT_SECTION EG_NOINLINE void fc_lut6_sham_fully_connected_s8_lut6_sham_double_down_1w(const struct fc_lut6_sham_fully_connected_s8_lut6_sham_double_down_1w_params *p,
    const uint8_t *counts,
    const uint8_t *gaps,
    const uint16_t *value_lut,
    const uint16_t *value_walk,
    const uint8_t *value_symbols,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *g = gaps;
        uint32_t position = 0;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            uint32_t left = counts[row];
            for (; left >= 2U; left -= 2U) {
                uint32_t window = eg_peek(stream, position);
                uint32_t first = value_lut[window >> p->value_shift];
                if (first == 0U) {
                    first = eg_walk_code(window, 32U - (uint32_t)p->value_shift, value_walk, value_symbols);
                }
            window <<= first >> 8;
                uint32_t second = value_lut[window >> p->value_shift];
                if (second == 0U) {
                    second = eg_walk_code(window, 32U - (uint32_t)p->value_shift, value_walk, value_symbols);
                }
            position += (first >> 8) + (second >> 8);
                at += g[0];
                acc += eg_signed_byte(first) * *at++;
                at += g[1];
                acc += eg_signed_byte(second) * *at++;
                g += 2;
            }
            if (left != 0U) {
                const uint32_t window = eg_peek(stream, position);
                uint32_t last = value_lut[window >> p->value_shift];
                if (last == 0U) {
                    last = eg_walk_code(window, 32U - (uint32_t)p->value_shift, value_walk, value_symbols);
                }
            position += last >> 8;
                at += *g++;
                acc += eg_signed_byte(last) * *at;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel lut6, format sham */
static FC_LUT6_SHAM_HOT_SECTION EG_NOINLINE void fc_lut6_sham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_lut6_sham_fully_connected_s8_lut6_sham_double_down_1w_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .value_shift = 26,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_lut6_sham_fully_connected_s8_lut6_sham_double_down_1w(&p, fc_lut6_sham_n00_fully_connected_counts, fc_lut6_sham_n00_fully_connected_gaps, fc_lut6_sham_n00_fully_connected_value_lut, fc_lut6_sham_n00_fully_connected_value_walk, fc_lut6_sham_n00_fully_connected_value_symbols, fc_lut6_sham_n00_fully_connected_stream, fc_lut6_sham_n00_fully_connected_bias, fc_lut6_sham_n00_fully_connected_multiplier, fc_lut6_sham_n00_fully_connected_shift, x, y);
}

FC_LUT6_SHAM_HOT_SECTION
