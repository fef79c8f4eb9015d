static const uint32_t fc_multi8_ham_n00_fully_connected_multi_weights[256] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    144U, 144U, 144U, 144U, 158U, 158U, 158U, 158U, 160U, 160U, 160U, 160U, 177U, 177U, 177U, 177U, 195U, 195U,
    195U, 195U, 198U, 198U, 198U, 198U, 203U, 203U, 203U, 203U, 208U, 208U, 208U, 208U, 236U, 236U, 236U, 236U,
    237U, 237U, 237U, 237U, 244U, 244U, 244U, 244U, 245U, 245U, 245U, 245U, 249U, 249U, 249U, 249U, 3U, 3U,
    3U, 3U, 11U, 11U, 11U, 11U, 37U, 37U, 37U, 37U, 56U, 56U, 56U, 56U, 64U, 64U, 64U, 64U,
    65U, 65U, 65U, 65U, 82U, 82U, 82U, 82U, 86U, 86U, 86U, 86U, 87U, 87U, 87U, 87U, 95U, 95U,
    95U, 95U, 122U, 122U, 122U, 122U, 123U, 123U, 123U, 123U, 130U, 130U, 134U, 134U, 136U, 136U, 137U, 137U,
    139U, 139U, 142U, 142U, 146U, 146U, 149U, 149U, 150U, 150U, 152U, 152U, 163U, 163U, 165U, 165U, 166U, 166U,
    169U, 169U, 180U, 180U, 183U, 183U, 185U, 185U, 192U, 192U, 193U, 193U, 194U, 194U, 199U, 199U, 200U, 200U,
    206U, 206U, 211U, 211U, 213U, 213U, 216U, 216U, 220U, 220U, 221U, 221U, 222U, 222U, 226U, 226U, 231U, 231U,
    233U, 233U, 246U, 246U, 251U, 251U, 252U, 252U, 0U, 0U, 1U, 1U, 2U, 2U, 4U, 4U, 7U, 7U,
    10U, 10U, 13U, 13U, 14U, 14U, 21U, 21U, 24U, 24U, 29U, 29U, 30U, 30U, 31U, 31U, 36U, 36U,
    43U, 43U, 44U, 44U, 47U, 47U, 57U, 57U, 58U, 58U, 66U, 66U, 69U, 69U, 70U, 70U, 71U, 71U,
    73U, 73U, 74U, 74U, 77U, 77U, 78U, 78U, 81U, 81U, 84U, 84U, 90U, 90U, 91U, 91U, 92U, 92U,
    93U, 93U, 94U, 94U, 96U, 96U, 103U, 103U, 106U, 106U, 107U, 107U, 108U, 108U, 114U, 114U, 115U, 115U,
    118U, 118U, 120U, 120U,
};

static const uint16_t fc_multi8_ham_n00_fully_connected_multi_meta[256] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U,
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U,
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U,
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U,
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U,
    262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 262U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U, 263U,
    263U, 263U, 263U, 263U,
};

static const uint16_t fc_multi8_ham_n00_fully_connected_value_walk[4] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    25599U, 0U, 65535U, 65511U,
};

static const uint8_t fc_multi8_ham_n00_fully_connected_value_symbols[103] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    144U, 158U, 160U, 177U, 195U, 198U, 203U, 208U, 236U, 237U, 244U, 245U, 249U, 3U, 11U, 37U, 56U, 64U,
    65U, 82U, 86U, 87U, 95U, 122U, 123U, 130U, 134U, 136U, 137U, 139U, 142U, 146U, 149U, 150U, 152U, 163U,
    165U, 166U, 169U, 180U, 183U, 185U, 192U, 193U, 194U, 199U, 200U, 206U, 211U, 213U, 216U, 220U, 221U, 222U,
    226U, 231U, 233U, 246U, 251U, 252U, 0U, 1U, 2U, 4U, 7U, 10U, 13U, 14U, 21U, 24U, 29U, 30U,
    31U, 36U, 43U, 44U, 47U, 57U, 58U, 66U, 69U, 70U, 71U, 73U, 74U, 77U, 78U, 81U, 84U, 90U,
    91U, 92U, 93U, 94U, 96U, 103U, 106U, 107U, 108U, 114U, 115U, 118U, 120U,
};

static const uint8_t fc_multi8_ham_n00_fully_connected_stream[114] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    48U, 212U, 190U, 181U, 122U, 159U, 200U, 99U, 246U, 32U, 94U, 49U, 104U, 159U, 109U, 211U, 78U, 169U,
    41U, 107U, 132U, 162U, 182U, 133U, 32U, 34U, 151U, 121U, 62U, 135U, 136U, 21U, 132U, 102U, 136U, 17U,
    234U, 212U, 5U, 132U, 127U, 59U, 204U, 49U, 222U, 227U, 103U, 127U, 39U, 249U, 22U, 6U, 4U, 156U,
    37U, 235U, 155U, 127U, 87U, 146U, 91U, 33U, 101U, 106U, 83U, 128U, 47U, 22U, 158U, 80U, 111U, 111U,
    18U, 90U, 183U, 107U, 228U, 53U, 132U, 155U, 190U, 57U, 55U, 25U, 116U, 108U, 88U, 59U, 155U, 166U,
    7U, 77U, 204U, 46U, 120U, 250U, 43U, 220U, 115U, 48U, 11U, 233U, 146U, 135U, 196U, 64U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_multi8_ham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_multi8_ham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_multi8_ham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_MULTI8_HAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_MULTI8_HAM_HOT_SECTION
#define FC_MULTI8_HAM_HOT_SECTION
#endif

struct fc_multi8_ham_fully_connected_s8_multi8_ham_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t walk_above;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes, up to 4 per lookup. */
static FC_MULTI8_HAM_HOT_SECTION EG_NOINLINE void fc_multi8_ham_fully_connected_s8_multi8_ham_double_down(const struct fc_multi8_ham_fully_connected_s8_multi8_ham_double_down_params *p,
    const uint32_t *multi_weights,
    const uint16_t *multi_meta,
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
            const int8_t *const end = x + p->columns;
            while (at < end) {
            #if EG_HAS_DSP
                if (end - at >= 12) {
                    /* 3 lookups per load of the stream */
                    uint32_t w, a, e, m, v;
                    __asm__ volatile(
                        "1:\n\t"
                        "lsr %[a], %[position], #3\n\t"
                        "ldr %[w], [%[stream], %[a]]\n\t"
                        "and %[a], %[position], #7\n\t"
                        "rev %[w], %[w]\n\t"
                        "lsl %[w], %[w], %[a]\n\t"
                        "lsr %[a], %[w], %[shift]\n\t"
                        "ldr %[e], [%[weights], %[a], lsl #2]\n\t"
                        "ldrh %[m], [%[meta], %[a], lsl #1]\n\t"
                        "ldr %[v], [%[at]]\n\t"
                        "lsl %[w], %[w], %[m]\n\t"
                        "uxtab %[position], %[position], %[m]\n\t"
                        "uxtab %[at], %[at], %[m], ror #8\n\t"
                        "sxtb16 %[m], %[e]\n\t"
                        "sxtb16 %[a], %[v]\n\t"
                        "smlad %[acc], %[m], %[a], %[acc]\n\t"
                        "sxtb16 %[e], %[e], ror #8\n\t"
                        "sxtb16 %[v], %[v], ror #8\n\t"
                        "smlad %[acc], %[e], %[v], %[acc]\n\t"
                        "lsr %[a], %[w], %[shift]\n\t"
                        "ldr %[e], [%[weights], %[a], lsl #2]\n\t"
                        "ldrh %[m], [%[meta], %[a], lsl #1]\n\t"
                        "ldr %[v], [%[at]]\n\t"
                        "lsl %[w], %[w], %[m]\n\t"
                        "uxtab %[position], %[position], %[m]\n\t"
                        "uxtab %[at], %[at], %[m], ror #8\n\t"
                        "sxtb16 %[m], %[e]\n\t"
                        "sxtb16 %[a], %[v]\n\t"
                        "smlad %[acc], %[m], %[a], %[acc]\n\t"
                        "sxtb16 %[e], %[e], ror #8\n\t"
                        "sxtb16 %[v], %[v], ror #8\n\t"
                        "smlad %[acc], %[e], %[v], %[acc]\n\t"
                        "lsr %[a], %[w], %[shift]\n\t"
                        "ldr %[e], [%[weights], %[a], lsl #2]\n\t"
                        "ldrh %[m], [%[meta], %[a], lsl #1]\n\t"
                        "ldr %[v], [%[at]]\n\t"
                        "uxtab %[position], %[position], %[m]\n\t"
                        "uxtab %[at], %[at], %[m], ror #8\n\t"
                        "sxtb16 %[m], %[e]\n\t"
                        "sxtb16 %[a], %[v]\n\t"
                        "smlad %[acc], %[m], %[a], %[acc]\n\t"
                        "sxtb16 %[e], %[e], ror #8\n\t"
                        "sxtb16 %[v], %[v], ror #8\n\t"
                        "smlad %[acc], %[e], %[v], %[acc]\n\t"
                        "cmp %[at], %[last]\n\t"
                        "bls 1b\n\t"
                        "2:"
                        : [position] "+r"(position), [at] "+r"(at), [acc] "+r"(acc), [w] "=&r"(w), [a] "=&r"(a), [e] "=&r"(e),
                          [m] "=&r"(m), [v] "=&r"(v)
                        : [stream] "r"(stream), [weights] "r"(multi_weights), [meta] "r"(multi_meta),
                          [last] "r"(end - 12), [shift] "i"(24)
                        : "cc", "memory");
                }
            #endif
                const uint32_t window = eg_peek(stream, position);
                const uint32_t meta = multi_meta[window >> 24];
                if ((end - at >= 4) && (meta != 0U)) {
                    acc = eg_dot4(multi_weights[window >> 24], eg_load_le(at), acc);
                    at += meta >> 8;
                    position += meta & 0xFFU;
                } else if (at < end) {
                    const uint32_t entry = eg_walk_code(window, (uint32_t)p->walk_above, value_walk, value_symbols);
                    acc += eg_signed_byte(entry) * *at++;
                    position += entry >> 8;
                }
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel multi8, format ham */
static FC_MULTI8_HAM_HOT_SECTION EG_NOINLINE void fc_multi8_ham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_multi8_ham_fully_connected_s8_multi8_ham_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .walk_above = 5,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_multi8_ham_fully_connected_s8_multi8_ham_double_down(&p, fc_multi8_ham_n00_fully_connected_multi_weights, fc_multi8_ham_n00_fully_connected_multi_meta, fc_multi8_ham_n00_fully_connected_value_walk, fc_multi8_ham_n00_fully_connected_value_symbols, fc_multi8_ham_n00_fully_connected_stream, fc_multi8_ham_n00_fully_connected_bias, fc_multi8_ham_n00_fully_connected_multiplier, fc_multi8_ham_n00_fully_connected_shift, x, y);
}

FC_MULTI8_HAM_HOT_SECTION
