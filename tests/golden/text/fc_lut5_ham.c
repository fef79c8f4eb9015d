static const uint16_t fc_lut5_ham_n00_fully_connected_value_lut[64] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    1680U, 1694U, 1696U, 1713U, 1731U, 1734U, 1739U, 1744U, 1772U, 1773U, 1780U, 1781U, 1785U, 1539U, 1547U,
    1573U, 1592U, 1600U, 1601U, 1618U, 1622U, 1623U, 1631U, 1658U, 1659U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U,
};

static const uint16_t fc_lut5_ham_n00_fully_connected_value_walk[2] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    65535U, 65511U,
};

static const uint8_t fc_lut5_ham_n00_fully_connected_value_symbols[103] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    144U, 158U, 160U, 177U, 195U, 198U, 203U, 208U, 236U, 237U, 244U, 245U, 249U, 3U, 11U, 37U, 56U, 64U,
    65U, 82U, 86U, 87U, 95U, 122U, 123U, 130U, 134U, 136U, 137U, 139U, 142U, 146U, 149U, 150U, 152U, 163U,
    165U, 166U, 169U, 180U, 183U, 185U, 192U, 193U, 194U, 199U, 200U, 206U, 211U, 213U, 216U, 220U, 221U, 222U,
    226U, 231U, 233U, 246U, 251U, 252U, 0U, 1U, 2U, 4U, 7U, 10U, 13U, 14U, 21U, 24U, 29U, 30U,
    31U, 36U, 43U, 44U, 47U, 57U, 58U, 66U, 69U, 70U, 71U, 73U, 74U, 77U, 78U, 81U, 84U, 90U,
    91U, 92U, 93U, 94U, 96U, 103U, 106U, 107U, 108U, 114U, 115U, 118U, 120U,
};

static const uint8_t fc_lut5_ham_n00_fully_connected_stream[114] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    48U, 212U, 190U, 181U, 122U, 159U, 200U, 99U, 246U, 32U, 94U, 49U, 104U, 159U, 109U, 211U, 78U, 169U,
    41U, 107U, 132U, 162U, 182U, 133U, 32U, 34U, 151U, 121U, 62U, 135U, 136U, 21U, 132U, 102U, 136U, 17U,
    234U, 212U, 5U, 132U, 127U, 59U, 204U, 49U, 222U, 227U, 103U, 127U, 39U, 249U, 22U, 6U, 4U, 156U,
    37U, 235U, 155U, 127U, 87U, 146U, 91U, 33U, 101U, 106U, 83U, 128U, 47U, 22U, 158U, 80U, 111U, 111U,
    18U, 90U, 183U, 107U, 228U, 53U, 132U, 155U, 190U, 57U, 55U, 25U, 116U, 108U, 88U, 59U, 155U, 166U,
    7U, 77U, 204U, 46U, 120U, 250U, 43U, 220U, 115U, 48U, 11U, 233U, 146U, 135U, 196U, 64U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_lut5_ham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_lut5_ham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_lut5_ham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_LUT5_HAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_LUT5_HAM_HOT_SECTION
#define FC_LUT5_HAM_HOT_SECTION
#endif

struct fc_lut5_ham_fully_connected_s8_lut5_ham_double_down_w_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t value_shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes, one per lookup. */
static FC_LUT5_HAM_HOT_SECTION EG_NOINLINE void fc_lut5_ham_fully_connected_s8_lut5_ham_double_down_w(const struct fc_lut5_ham_fully_connected_s8_lut5_ham_double_down_w_params *p,
    const uint16_t *value_lut,
    const uint16_t *value_walk,
    const uint8_t *value_symbols,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        uint32_t position = 0;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            const int8_t *const end = x + p->columns - 1;
            while (at < end) {
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
                acc += eg_signed_byte(first) * at[0];
                acc += eg_signed_byte(second) * at[1];
                at += 2;
            }
            if (at == end) {
                const uint32_t window = eg_peek(stream, position);
                uint32_t last = value_lut[window >> p->value_shift];
                if (last == 0U) {
                    last = eg_walk_code(window, 32U - (uint32_t)p->value_shift, value_walk, value_symbols);
                }
            position += last >> 8;
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
 * int8[1x16] to int8[1x8]; kernel lut5, format ham */
static FC_LUT5_HAM_HOT_SECTION EG_NOINLINE void fc_lut5_ham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_lut5_ham_fully_connected_s8_lut5_ham_double_down_w_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .value_shift = 26,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_lut5_ham_fully_connected_s8_lut5_ham_double_down_w(&p, fc_lut5_ham_n00_fully_connected_value_lut, fc_lut5_ham_n00_fully_connected_value_walk, fc_lut5_ham_n00_fully_connected_value_symbols, fc_lut5_ham_n00_fully_connected_stream, fc_lut5_ham_n00_fully_connected_bias, fc_lut5_ham_n00_fully_connected_multiplier, fc_lut5_ham_n00_fully_connected_shift, x, y);
}

FC_LUT5_HAM_HOT_SECTION
