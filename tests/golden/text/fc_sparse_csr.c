static const int8_t fc_sparse_csr_n00_fully_connected_values[127] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, -4, -98, 123, 64, 118, -104, 57, -53, 11, 108,
    -57, 58, -87, -45, 120, -20, 4, -53, -98, -19, 31, -11, 71, -35, 29, 70, 106, -19,
    -117, 56, 7, 95, -10, -34, -112, -11, 36, 69, 90, -73, 24, 78, -61, -40, 87, 21,
    2, 44, 3, 123, 65, -114, -90, 11, 82, -110, 47, 66, 73, 95, -79, 14, 77, -36,
    -79, -5, -107, -71, 91, 43, 92, 87, 96, -48, -7, 30, -58, 107, -126, 86, 37, -63,
    56,
};

static const uint8_t fc_sparse_csr_n00_fully_connected_columns[127] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 0U, 1U, 2U, 3U, 4U, 5U,
    6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U,
    13U, 14U, 15U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 0U, 1U, 2U,
    3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U,
    9U, 10U, 11U, 12U, 13U, 14U, 15U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U,
    15U, 0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U,
};

static const uint8_t fc_sparse_csr_n00_fully_connected_pointers[9] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    0U, 16U, 32U, 47U, 63U, 79U, 95U, 111U, 127U,
};

static const int32_t fc_sparse_csr_n00_fully_connected_bias[8] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_sparse_csr_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_sparse_csr_n00_fully_connected_shift[1] EG_ALIGN(8) FC_SPARSE_CSR_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_SPARSE_CSR_HOT_SECTION
#define FC_SPARSE_CSR_HOT_SECTION
#endif

struct fc_sparse_csr_fully_connected_s8_sparse_csr_double_down_11_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as compressed sparse rows. */
static FC_SPARSE_CSR_HOT_SECTION EG_NOINLINE void fc_sparse_csr_fully_connected_s8_sparse_csr_double_down_11(const struct fc_sparse_csr_fully_connected_s8_sparse_csr_double_down_11_params *p,
    const int8_t *values,
    const uint8_t *columns,
    const uint8_t *pointers,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const int8_t *v = values;
        const uint8_t *c = columns;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            uint32_t n = (uint32_t)pointers[row + 1] - pointers[row];
            #if EG_HAS_DSP
            {
                uint32_t t0, t1, t2, t3, u0, u1;
                __asm__ volatile(
                    "subs %[n], %[n], #4\n\t"
                    "bcc 2f\n"
                    "1:\n\t"
                    "ldrb %[t0], [%[c], #0]\n\t"
                    "ldrb %[t1], [%[c], #1]\n\t"
                    "ldrb %[t2], [%[c], #2]\n\t"
                    "ldrb %[t3], [%[c], #3]\n\t"
                    "add %[c], %[c], #4\n\t"
                    "subs %[n], %[n], #4\n\t"
                    "ldrsb %[t0], [%[x], %[t0]]\n\t"
                    "ldrsb %[t1], [%[x], %[t1]]\n\t"
                    "ldrsb %[t2], [%[x], %[t2]]\n\t"
                    "ldrsb %[t3], [%[x], %[t3]]\n\t"
                    "ldr %[u1], [%[v]], #4\n\t"
                    "sxtb16 %[u0], %[u1]\n\t"
                    "sxtb16 %[u1], %[u1], ror #8\n\t"
                    "smlabb %[acc], %[t0], %[u0], %[acc]\n\t"
                    "smlabb %[acc], %[t1], %[u1], %[acc]\n\t"
                    "smlabt %[acc], %[t2], %[u0], %[acc]\n\t"
                    "smlabt %[acc], %[t3], %[u1], %[acc]\n\t"
                    "bcs 1b\n"
                    "2:\n\t"
                    "lsls %[n], %[n], #31\n\t"
                    "bcc 3f\n\t"
                    "ldrb %[t0], [%[c], #0]\n\t"
                    "ldrb %[t1], [%[c], #1]\n\t"
                    "add %[c], %[c], #2\n\t"
                    "ldrsb %[t0], [%[x], %[t0]]\n\t"
                    "ldrsb %[t1], [%[x], %[t1]]\n\t"
                    "ldrsb %[u0], [%[v], #0]\n\t"
                    "ldrsb %[u1], [%[v], #1]\n\t"
                    "add %[v], %[v], #2\n\t"
                    "smlabb %[acc], %[t0], %[u0], %[acc]\n\t"
                    "smlabb %[acc], %[t1], %[u1], %[acc]\n"
                    "3:\n\t"
                    "bpl 4f\n\t"
                    "ldrb %[t0], [%[c], #0]\n\t"
                    "add %[c], %[c], #1\n\t"
                    "ldrsb %[t0], [%[x], %[t0]]\n\t"
                    "ldrsb %[u0], [%[v]], #1\n\t"
                    "smlabb %[acc], %[t0], %[u0], %[acc]\n"
                    "4:"
                    : [c] "+r"(c), [v] "+r"(v), [n] "+r"(n), [acc] "+r"(acc), [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2),
                      [t3] "=&r"(t3), [u0] "=&r"(u0), [u1] "=&r"(u1)
                    : [x] "r"(x)
                    : "cc", "memory");
            }
            #else
            for (; n != 0U; n--) {
                acc += *v++ * x[*c++];
            }
            #endif


            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel sparse, format csr */
static FC_SPARSE_CSR_HOT_SECTION EG_NOINLINE void fc_sparse_csr_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_sparse_csr_fully_connected_s8_sparse_csr_double_down_11_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_sparse_csr_fully_connected_s8_sparse_csr_double_down_11(&p, fc_sparse_csr_n00_fully_connected_values, fc_sparse_csr_n00_fully_connected_columns, fc_sparse_csr_n00_fully_connected_pointers, fc_sparse_csr_n00_fully_connected_bias, fc_sparse_csr_n00_fully_connected_multiplier, fc_sparse_csr_n00_fully_connected_shift, x, y);
}

FC_SPARSE_CSR_HOT_SECTION
