static const uint8_t fc_lut5_gap_sham_n00_fully_connected_counts[8] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    16U, 16U, 15U, 16U, 16U, 16U, 16U, 16U,
};

static const uint16_t fc_lut5_gap_sham_n00_fully_connected_gap_lut[2] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    256U, 257U,
};

static const uint16_t fc_lut5_gap_sham_n00_fully_connected_value_lut[32] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    1345U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U,
};

static const uint16_t fc_lut5_gap_sham_n00_fully_connected_value_walk[4] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    25599U, 65535U, 65535U, 65510U,
};

static const uint8_t fc_lut5_gap_sham_n00_fully_connected_value_symbols[102] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    65U, 144U, 158U, 160U, 177U, 195U, 198U, 203U, 208U, 236U, 237U, 244U, 245U, 249U, 3U, 11U, 37U, 56U,
    64U, 82U, 86U, 87U, 95U, 123U, 130U, 134U, 136U, 137U, 139U, 142U, 146U, 149U, 150U, 152U, 163U, 165U,
    166U, 169U, 180U, 183U, 185U, 192U, 193U, 194U, 199U, 200U, 206U, 211U, 213U, 216U, 220U, 221U, 222U, 226U,
    231U, 233U, 246U, 251U, 252U, 1U, 2U, 4U, 7U, 10U, 13U, 14U, 21U, 24U, 29U, 30U, 31U, 36U,
    43U, 44U, 47U, 57U, 58U, 66U, 69U, 70U, 71U, 73U, 74U, 77U, 78U, 81U, 84U, 90U, 91U, 92U,
    93U, 94U, 96U, 103U, 106U, 107U, 108U, 114U, 115U, 118U, 120U, 122U,
};

static const uint8_t fc_lut5_gap_sham_n00_fully_connected_stream[129] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    28U, 60U, 7U, 195U, 83U, 210U, 143U, 104U, 98U, 93U, 69U, 7U, 112U, 69U, 81U, 34U, 180U, 116U,
    104U, 232U, 1U, 85U, 150U, 244U, 161U, 141U, 129U, 18U, 2U, 12U, 127U, 60U, 79U, 80U, 119U, 64U,
    85U, 12U, 102U, 76U, 18U, 62U, 160U, 51U, 4U, 223U, 78U, 217U, 68U, 16U, 122U, 70U, 102U, 63U,
    73U, 126U, 20U, 174U, 32U, 24U, 182U, 1U, 173U, 73U, 171U, 205U, 47U, 2U, 205U, 137U, 44U, 23U,
    82U, 78U, 4U, 53U, 133U, 161U, 197U, 5U, 117U, 184U, 50U, 89U, 101U, 197U, 102U, 49U, 230U, 0U,
    55U, 62U, 32U, 80U, 225U, 145U, 157U, 172U, 184U, 85U, 182U, 212U, 192U, 170U, 103U, 40U, 78U, 76U,
    78U, 101U, 157U, 132U, 142U, 95U, 14U, 242U, 100U, 84U, 138U, 33U, 32U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U,
};

static const int32_t fc_lut5_gap_sham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_lut5_gap_sham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_lut5_gap_sham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_LUT5_GAP_SHAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_LUT5_GAP_SHAM_HOT_SECTION
#define FC_LUT5_GAP_SHAM_HOT_SECTION
#endif

struct fc_lut5_gap_sham_fully_connected_s8_lut5_gap_sham_double_down_1v_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t gap_shift;
    int32_t value_shift;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes of gaps and of values. */
static FC_LUT5_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_lut5_gap_sham_fully_connected_s8_lut5_gap_sham_double_down_1v(const struct fc_lut5_gap_sham_fully_connected_s8_lut5_gap_sham_double_down_1v_params *p,
    const uint8_t *counts,
    const uint16_t *gap_lut,
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
            for (uint32_t left = counts[row]; left != 0U; left--) {
                uint32_t window = eg_peek(stream, position);
                uint32_t gap = gap_lut[window >> p->gap_shift];
            window <<= gap >> 8;
                uint32_t value = value_lut[window >> p->value_shift];
                if (value == 0U) {
                    value = eg_walk_code(window, 32U - (uint32_t)p->value_shift, value_walk, value_symbols);
                }
            position += (gap >> 8) + (value >> 8);
                at += gap & 0xFFU;
                acc += eg_signed_byte(value) * *at++;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel lut5, format gap_sham */
static FC_LUT5_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_lut5_gap_sham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_lut5_gap_sham_fully_connected_s8_lut5_gap_sham_double_down_1v_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .gap_shift = 31,
        .value_shift = 27,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_lut5_gap_sham_fully_connected_s8_lut5_gap_sham_double_down_1v(&p, fc_lut5_gap_sham_n00_fully_connected_counts, fc_lut5_gap_sham_n00_fully_connected_gap_lut, fc_lut5_gap_sham_n00_fully_connected_value_lut, fc_lut5_gap_sham_n00_fully_connected_value_walk, fc_lut5_gap_sham_n00_fully_connected_value_symbols, fc_lut5_gap_sham_n00_fully_connected_stream, fc_lut5_gap_sham_n00_fully_connected_bias, fc_lut5_gap_sham_n00_fully_connected_multiplier, fc_lut5_gap_sham_n00_fully_connected_shift, x, y);
}

FC_LUT5_GAP_SHAM_HOT_SECTION
