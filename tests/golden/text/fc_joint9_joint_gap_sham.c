static const uint8_t fc_joint9_joint_gap_sham_n00_fully_connected_pairs[8] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    8U, 8U, 8U, 8U, 8U, 8U, 8U, 8U,
};

static const uint32_t fc_joint9_joint_gap_sham_n00_fully_connected_pair_lut[128] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    196870U, 196870U, 721158U, 721158U, 2425094U, 2425094U, 3670278U, 3670278U,
    4194566U, 4194566U, 4260102U, 4260102U, 5374214U, 5374214U, 5636358U, 5636358U,
    5701894U, 5701894U, 6226182U, 6226182U, 8061190U, 8061190U, 4287627526U, 4287627526U,
    4288545030U, 4288545030U, 4288676102U, 4288676102U, 4289790214U, 4289790214U, 4290969862U, 4290969862U,
    4291166470U, 4291166470U, 4291494150U, 4291494150U, 4291821830U, 4291821830U, 4293656838U, 4293656838U,
    4293722374U, 4293722374U, 4294181126U, 4294181126U, 4294246662U, 4294246662U, 4294508806U, 4294508806U,
    4294705670U, 4294705670U, 7U, 65799U, 131335U, 262407U, 459015U, 655623U,
    852231U, 917767U, 1376519U, 1573127U, 1900807U, 1966343U, 2031879U, 2359559U,
    2818311U, 2883847U, 3080455U, 3735815U, 3801351U, 4325639U, 4522247U, 4587783U,
    4653319U, 4784391U, 4849927U, 5046535U, 5112071U, 5308679U, 5505287U, 5898503U,
    5964039U, 6029575U, 6095111U, 6160647U, 6291719U, 6750471U, 6947079U, 7012615U,
    7078151U, 7471367U, 7536903U, 7733511U, 7864583U, 7995655U, 4286710023U, 4286972167U,
    4287103239U, 4287168775U, 4287299847U, 4287496455U, 4287758599U, 4287955207U, 4288020743U, 4288151815U,
    4288872711U, 4289003783U, 4289069319U, 4289265927U, 4289986823U, 4290183431U, 4290314503U, 4290773255U,
    4290838791U, 4290904327U, 4291232007U, 4291297543U, 4291690759U, 4292018439U, 4292149511U, 4292346119U,
    4292608263U, 4292673799U, 4292739335U, 4293001479U, 4293329159U, 4293460231U, 4294312199U, 4294639879U,
};

static const uint8_t fc_joint9_joint_gap_sham_n00_fully_connected_stream[114] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    92U, 1U, 109U, 97U, 210U, 53U, 157U, 233U, 83U, 77U, 9U, 220U, 126U, 132U, 227U, 54U, 10U, 66U,
    142U, 222U, 111U, 101U, 101U, 27U, 208U, 213U, 110U, 232U, 247U, 242U, 174U, 198U, 103U, 223U, 16U, 190U,
    108U, 24U, 83U, 33U, 45U, 231U, 134U, 136U, 54U, 57U, 68U, 215U, 214U, 226U, 109U, 81U, 49U, 71U,
    203U, 72U, 242U, 242U, 61U, 101U, 49U, 6U, 216U, 159U, 222U, 139U, 89U, 252U, 105U, 251U, 93U, 204U,
    63U, 185U, 14U, 154U, 65U, 0U, 161U, 113U, 234U, 4U, 108U, 144U, 162U, 201U, 36U, 231U, 50U, 252U,
    29U, 255U, 46U, 234U, 16U, 40U, 145U, 81U, 37U, 222U, 161U, 94U, 240U, 225U, 112U, 12U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_joint9_joint_gap_sham_n00_fully_connected_bias[8] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_joint9_joint_gap_sham_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_joint9_joint_gap_sham_n00_fully_connected_shift[1] EG_ALIGN(8) FC_JOINT9_JOINT_GAP_SHAM_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_JOINT9_JOINT_GAP_SHAM_HOT_SECTION
#define FC_JOINT9_JOINT_GAP_SHAM_HOT_SECTION
#endif

struct fc_joint9_joint_gap_sham_fully_connected_s8_joint9_joint_gap_sham_double_down_7_1_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as Huffman codes of (gap, value), two per load. */
static FC_JOINT9_JOINT_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_joint9_joint_gap_sham_fully_connected_s8_joint9_joint_gap_sham_double_down_7_1(const struct fc_joint9_joint_gap_sham_fully_connected_s8_joint9_joint_gap_sham_double_down_7_1_params *p,
    const uint8_t *pairs,
    const uint32_t *pair_lut,
    const uint8_t *stream,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        uint32_t position = 0;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            uint32_t left = pairs[row];
            uint32_t at = 0xFFFFFFFFU; /* the column before the first */
            while (left != 0U) {
            #if EG_HAS_DSP
                /* Two pairs of codes per round; an odd number starts in the middle. An escape leaves with `left` as it is then. */
                uint32_t w, a, t, u;
                __asm__ volatile(
                    "lsls %[a], %[left], #31\n\t"
                    "bpl 1f\n\t"
                    "add %[left], %[left], #1\n\t"
                    "b 2f\n\t"
                    "1:\n\t"
                    "lsr %[a], %[position], #3\n\t"
                    "ldr %[w], [%[stream], %[a]]\n\t"
                    "and %[a], %[position], #7\n\t"
                    "rev %[w], %[w]\n\t"
                    "lsl %[w], %[w], %[a]\n\t"
                    "lsr %[a], %[w], %[shift]\n\t"
                    "ldr %[t], [%[lut], %[a], lsl #2]\n\t"
                    "lsl %[w], %[w], %[t]\n\t"
                    "lsr %[a], %[w], %[shift]\n\t"
                    "ldr %[u], [%[lut], %[a], lsl #2]\n\t"
                    "uxtab %[w], %[at], %[t], ror #8\n\t"
                    "uxtab %[at], %[w], %[u], ror #8\n\t"
                    "ldrsb %[w], [%[x], %[w]]\n\t"
                    "ldrsb %[a], [%[x], %[at]]\n\t"
                    "uxtab %[position], %[position], %[t]\n\t"
                    "uxtab %[position], %[position], %[u]\n\t"
                    "smlabt %[acc], %[w], %[t], %[acc]\n\t"
                    "smlabt %[acc], %[a], %[u], %[acc]\n\t"
                    "2:\n\t"
                    "lsr %[a], %[position], #3\n\t"
                    "ldr %[w], [%[stream], %[a]]\n\t"
                    "and %[a], %[position], #7\n\t"
                    "rev %[w], %[w]\n\t"
                    "lsl %[w], %[w], %[a]\n\t"
                    "lsr %[a], %[w], %[shift]\n\t"
                    "ldr %[t], [%[lut], %[a], lsl #2]\n\t"
                    "lsl %[w], %[w], %[t]\n\t"
                    "lsr %[a], %[w], %[shift]\n\t"
                    "ldr %[u], [%[lut], %[a], lsl #2]\n\t"
                    "uxtab %[w], %[at], %[t], ror #8\n\t"
                    "uxtab %[at], %[w], %[u], ror #8\n\t"
                    "ldrsb %[w], [%[x], %[w]]\n\t"
                    "ldrsb %[a], [%[x], %[at]]\n\t"
                    "uxtab %[position], %[position], %[t]\n\t"
                    "uxtab %[position], %[position], %[u]\n\t"
                    "smlabt %[acc], %[w], %[t], %[acc]\n\t"
                    "smlabt %[acc], %[a], %[u], %[acc]\n\t"
                    "subs %[left], #2\n\t"
                    "bne 1b\n\t"
                    : [position] "+r"(position), [at] "+r"(at), [acc] "+r"(acc), [left] "+r"(left), [w] "=&r"(w), [a] "=&r"(a),
                      [t] "=&r"(t), [u] "=&r"(u)
                    : [stream] "r"(stream), [lut] "r"(pair_lut), [x] "r"(x), [shift] "i"(25)
                    : "cc", "memory");
                break;
            #endif
            #if !EG_HAS_DSP
                const uint32_t window = eg_peek(stream, position);
                const uint32_t first = pair_lut[window >> 25];
                const uint32_t second = pair_lut[(window << (first & 0x1FU)) >> 25];
                position += (first & 0x1FU) + (second & 0x1FU);
                at += (first >> 8) & 0xFFU;
                acc += eg_signed_byte(first >> 16) * x[at];
                at += (second >> 8) & 0xFFU;
                acc += eg_signed_byte(second >> 16) * x[at];
                left--;
            #endif
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel joint9, format joint_gap_sham */
static FC_JOINT9_JOINT_GAP_SHAM_HOT_SECTION EG_NOINLINE void fc_joint9_joint_gap_sham_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_joint9_joint_gap_sham_fully_connected_s8_joint9_joint_gap_sham_double_down_7_1_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_joint9_joint_gap_sham_fully_connected_s8_joint9_joint_gap_sham_double_down_7_1(&p, fc_joint9_joint_gap_sham_n00_fully_connected_pairs, fc_joint9_joint_gap_sham_n00_fully_connected_pair_lut, fc_joint9_joint_gap_sham_n00_fully_connected_stream, fc_joint9_joint_gap_sham_n00_fully_connected_bias, fc_joint9_joint_gap_sham_n00_fully_connected_multiplier, fc_joint9_joint_gap_sham_n00_fully_connected_shift, x, y);
}

FC_JOINT9_JOINT_GAP_SHAM_HOT_SECTION
