static const uint8_t fc_sparse8_gap_csr_n00_fully_connected_counts[8] EG_ALIGN(8) FC_SPARSE8_GAP_CSR_WEIGHTS_SECTION = {
    16U, 16U, 15U, 16U, 16U, 16U, 16U, 16U,
};

static const int16_t fc_sparse8_gap_csr_n00_fully_connected_entries[127] EG_ALIGN(8) FC_SPARSE8_GAP_CSR_WEIGHTS_SECTION = {
    -1792, 768, 16640, 29440, -30464, -23296, 20992, 29184, -16384, -12288, 24064, -5120, -14848,
    21504, -15872, -5888, 9472, 3328, -27136, -30720, 23808, 16640, 22016, 2560, 20736, -11008,
    -3072, 18944, -24576, -12800, -24576, -3072, 31232, -23808, -7680, -6400, 26368, -19456, 256,
    -15616, -31232, 16384, -28672, -14336, -1023, -25088, 31488, 16384, 30208, -26624, 14592, -13568,
    2816, 27648, -14592, 14848, -22272, -11520, 30720, -5120, 1024, -13568, -25088, -4864, 7936,
    -2816, 18176, -8960, 7424, 17920, 27136, -4864, -29952, 14336, 1792, 24320, -2560, -8704,
    -28672, -2816, 9216, 17664, 23040, -18688, 6144, 19968, -15616, -10240, 22272, 5376, 512,
    11264, 768, 31488, 16640, -29184, -23040, 2816, 20992, -28160, 12032, 16896, 18688, 24320,
    -20224, 3584, 19712, -9216, -20224, -1280, -27392, -18176, 23296, 11008, 23552, 22272, 24576,
    -12288, -1792, 7680, -14848, 27392, -32256, 22016, 9472, -16128, 14336,
};

static const int32_t fc_sparse8_gap_csr_n00_fully_connected_bias[8] EG_ALIGN(8) FC_SPARSE8_GAP_CSR_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_sparse8_gap_csr_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_SPARSE8_GAP_CSR_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_sparse8_gap_csr_n00_fully_connected_shift[1] EG_ALIGN(8) FC_SPARSE8_GAP_CSR_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_SPARSE8_GAP_CSR_HOT_SECTION
#define FC_SPARSE8_GAP_CSR_HOT_SECTION
#endif

struct fc_sparse8_gap_csr_fully_connected_s8_sparse8_gap_csr_double_down_8_8_1_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as gaps of 8 bits and values of 8 bits. */
static FC_SPARSE8_GAP_CSR_HOT_SECTION EG_NOINLINE void fc_sparse8_gap_csr_fully_connected_s8_sparse8_gap_csr_double_down_8_8_1(const struct fc_sparse8_gap_csr_fully_connected_s8_sparse8_gap_csr_double_down_8_8_1_params *p,
    const uint8_t *counts,
    const int16_t *entries,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const int16_t *e = entries;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            uint32_t left = counts[row];
            #if EG_HAS_DSP
            if (left >= 4U) {
                uint32_t w0, w1, t0, t1;
                __asm__ volatile(
                    "subs %[n], %[n], #4\n"
                    "1:\n\t"
                    "ldr %[w0], [%[e]]\n\t"
                    "ldr %[w1], [%[e], #4]\n\t"
                    "add %[e], %[e], #8\n\t"
                    "uxtab %[at], %[at], %[w0]\n\t"
                    "ldrsb %[t0], [%[at]], #1\n\t"
                    "uxtab %[at], %[at], %[w0], ror #16\n\t"
                    "ldrsb %[t1], [%[at]], #1\n\t"
                    "sxtb16 %[w0], %[w0], ror #8\n\t"
                    "smlabb %[acc], %[t0], %[w0], %[acc]\n\t"
                    "smlabt %[acc], %[t1], %[w0], %[acc]\n\t"
                    "uxtab %[at], %[at], %[w1]\n\t"
                    "ldrsb %[t0], [%[at]], #1\n\t"
                    "uxtab %[at], %[at], %[w1], ror #16\n\t"
                    "ldrsb %[t1], [%[at]], #1\n\t"
                    "sxtb16 %[w1], %[w1], ror #8\n\t"
                    "smlabb %[acc], %[t0], %[w1], %[acc]\n\t"
                    "smlabt %[acc], %[t1], %[w1], %[acc]\n\t"
                    "subs %[n], %[n], #4\n\t"
                    "bcs 1b\n\t"
                    "add %[n], %[n], #4"
                    : [e] "+r"(e), [at] "+r"(at), [n] "+r"(left), [acc] "+r"(acc), [w0] "=&r"(w0), [w1] "=&r"(w1), [t0] "=&r"(t0),
                      [t1] "=&r"(t1)
                    :
                    : "cc", "memory");
            }
            #endif
            for (; left != 0U; left--) {
                at += (uint32_t)*e & 0xFFU;
                acc += (*e++ >> 8) * *at++;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel sparse8, format gap_csr */
static FC_SPARSE8_GAP_CSR_HOT_SECTION EG_NOINLINE void fc_sparse8_gap_csr_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_sparse8_gap_csr_fully_connected_s8_sparse8_gap_csr_double_down_8_8_1_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_sparse8_gap_csr_fully_connected_s8_sparse8_gap_csr_double_down_8_8_1(&p, fc_sparse8_gap_csr_n00_fully_connected_counts, fc_sparse8_gap_csr_n00_fully_connected_entries, fc_sparse8_gap_csr_n00_fully_connected_bias, fc_sparse8_gap_csr_n00_fully_connected_multiplier, fc_sparse8_gap_csr_n00_fully_connected_shift, x, y);
}

FC_SPARSE8_GAP_CSR_HOT_SECTION
