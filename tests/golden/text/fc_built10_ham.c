static const uint8_t fc_built10_ham_n00_fully_connected_value_lengths[127] EG_ALIGN(8) FC_BUILT10_HAM_WEIGHTS_SECTION = {
    249U, 130U, 7U, 0U, 7U, 119U, 112U, 0U, 7U, 6U, 7U, 112U, 7U, 7U, 0U, 0U, 6U, 6U,
    112U, 112U, 7U, 112U, 0U, 0U, 0U, 96U, 0U, 7U, 112U, 112U, 0U, 0U, 0U, 119U, 103U, 0U,
    118U, 7U, 96U, 0U, 7U, 6U, 112U, 112U, 0U, 7U, 0U, 119U, 7U, 0U, 7U, 0U, 112U, 112U,
    0U, 102U, 0U, 0U, 0U, 102U, 7U, 96U, 112U, 7U, 0U, 119U, 103U, 7U, 112U, 0U, 103U, 112U,
    7U, 0U, 0U, 112U, 0U, 7U, 0U, 112U, 119U, 0U, 0U, 103U, 0U, 0U, 112U, 7U, 112U, 0U,
    0U, 0U, 0U, 118U, 7U, 0U, 0U, 102U, 7U, 112U, 119U, 112U, 7U, 112U, 7U, 112U, 6U, 7U,
    102U, 0U, 119U, 119U, 103U, 7U, 0U, 0U, 112U, 0U, 119U, 7U, 0U, 0U, 119U, 0U, 7U, 7U,
    102U,
};

static const uint8_t fc_built10_ham_n00_fully_connected_stream[114] EG_ALIGN(8) FC_BUILT10_HAM_WEIGHTS_SECTION = {
    48U, 212U, 190U, 181U, 122U, 159U, 200U, 99U, 246U, 32U, 94U, 49U, 104U, 159U, 109U, 211U, 78U, 169U,
    41U, 107U, 132U, 162U, 182U, 133U, 32U, 34U, 151U, 121U, 62U, 135U, 136U, 21U, 132U, 102U, 136U, 17U,
    234U, 212U, 5U, 132U, 127U, 59U, 204U, 49U, 222U, 227U, 103U, 127U, 39U, 249U, 22U, 6U, 4U, 156U,
    37U, 235U, 155U, 127U, 87U, 146U, 91U, 33U, 101U, 106U, 83U, 128U, 47U, 22U, 158U, 80U, 111U, 111U,
    18U, 90U, 183U, 107U, 228U, 53U, 132U, 155U, 190U, 57U, 55U, 25U, 116U, 108U, 88U, 59U, 155U, 166U,
    7U, 77U, 204U, 46U, 120U, 250U, 43U, 220U, 115U, 48U, 11U, 233U, 146U, 135U, 196U, 64U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_built10_ham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_BUILT10_HAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_built10_ham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_BUILT10_HAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_built10_ham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_BUILT10_HAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_BUILT10_HAM_HOT_SECTION
#define FC_BUILT10_HAM_HOT_SECTION
#endif

struct fc_built10_ham_fully_connected_s8_built10_ham_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes, up to 4 per lookup, from tables made in RAM. */
static FC_BUILT10_HAM_HOT_SECTION EG_NOINLINE void fc_built10_ham_fully_connected_s8_built10_ham_double_down(const struct fc_built10_ham_fully_connected_s8_built10_ham_double_down_params *p,
    const uint8_t *value_lengths,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const multi_weights = (uint32_t *)work;
    uint16_t *const multi_meta = (uint16_t *)(void *)(multi_weights + 1024);
    struct eg_huffman code;
    eg_huffman_open(&code, value_lengths, multi_meta + 1024);
    eg_huffman_multi(&code, 10U, multi_weights, multi_meta);

    for (int32_t item = 0; item < p->batch; item++) {
        uint32_t position = 0;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            const int8_t *const end = x + p->columns;
            while (at < end) {
            #if EG_HAS_DSP
                if (end - at >= 8) {
                    /* 2 lookups per load of the stream */
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
                          [last] "r"(end - 8), [shift] "i"(22)
                        : "cc", "memory");
                }
            #endif
                const uint32_t window = eg_peek(stream, position);
                const uint32_t meta = multi_meta[window >> 22];
                if ((end - at >= 4) && (meta != 0U)) {
                    acc = eg_dot4(multi_weights[window >> 22], eg_load_le(at), acc);
                    at += meta >> 8;
                    position += meta & 0xFFU;
                } else if (at < end) {
                    const uint32_t entry = eg_huffman_walk(&code, window, code.shortest - 1U);
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
 * int8[1x16] to int8[1x8]; kernel built10, format ham */
static FC_BUILT10_HAM_HOT_SECTION EG_NOINLINE void fc_built10_ham_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_built10_ham_fully_connected_s8_built10_ham_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_built10_ham_fully_connected_s8_built10_ham_double_down(&p, fc_built10_ham_n00_fully_connected_value_lengths, fc_built10_ham_n00_fully_connected_stream, fc_built10_ham_n00_fully_connected_bias, fc_built10_ham_n00_fully_connected_multiplier, fc_built10_ham_n00_fully_connected_shift, x, y, work);
}

FC_BUILT10_HAM_HOT_SECTION
