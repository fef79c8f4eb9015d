static const uint8_t fc_sparse_gap_csr_n00_fully_connected_counts[8] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    16U, 16U, 15U, 16U, 16U, 16U, 16U, 16U,
};

static const uint8_t fc_sparse_gap_csr_n00_fully_connected_gaps[64] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 1U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
};

static const int8_t fc_sparse_gap_csr_n00_fully_connected_entries[127] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, -4, -98, 123, 64, 118, -104, 57, -53, 11, 108,
    -57, 58, -87, -45, 120, -20, 4, -53, -98, -19, 31, -11, 71, -35, 29, 70, 106, -19,
    -117, 56, 7, 95, -10, -34, -112, -11, 36, 69, 90, -73, 24, 78, -61, -40, 87, 21,
    2, 44, 3, 123, 65, -114, -90, 11, 82, -110, 47, 66, 73, 95, -79, 14, 77, -36,
    -79, -5, -107, -71, 91, 43, 92, 87, 96, -48, -7, 30, -58, 107, -126, 86, 37, -63,
    56,
};

static const int32_t fc_sparse_gap_csr_n00_fully_connected_bias[8] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_sparse_gap_csr_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_sparse_gap_csr_n00_fully_connected_shift[1] EG_ALIGN(8) FC_SPARSE_GAP_CSR_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_SPARSE_GAP_CSR_HOT_SECTION
#define FC_SPARSE_GAP_CSR_HOT_SECTION
#endif

struct fc_sparse_gap_csr_fully_connected_s8_sparse_gap_csr_double_down_4_8_1_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as gaps of 4 bits and values of 8 bits. */
static FC_SPARSE_GAP_CSR_HOT_SECTION EG_NOINLINE void fc_sparse_gap_csr_fully_connected_s8_sparse_gap_csr_double_down_4_8_1(const struct fc_sparse_gap_csr_fully_connected_s8_sparse_gap_csr_double_down_4_8_1_params *p,
    const uint8_t *counts,
    const uint8_t *gaps,
    const int8_t *entries,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const int8_t *v = entries;
        const uint8_t *g = gaps;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            uint32_t left = counts[row];
            for (; left >= 4U; left -= 4U) {
                const uint32_t four = (uint32_t)g[0] | ((uint32_t)g[1] << 8);
                at += (four >> 0) & 0xFU;
                acc += v[0] * *at++;
                at += (four >> 4) & 0xFU;
                acc += v[1] * *at++;
                at += (four >> 8) & 0xFU;
                acc += v[2] * *at++;
                at += (four >> 12) & 0xFU;
                acc += v[3] * *at++;
                g += 2;
                v += 4;
            }
            for (; left >= 2U; left -= 2U) {
                at += *g & 0xFU;
                acc += *v++ * *at++;
                at += *g++ >> 4;
                acc += *v++ * *at++;
            }
            if (left != 0U) {
                at += *g++ & 0xFU;
                acc += *v++ * *at;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel sparse, format gap_csr */
static FC_SPARSE_GAP_CSR_HOT_SECTION EG_NOINLINE void fc_sparse_gap_csr_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_sparse_gap_csr_fully_connected_s8_sparse_gap_csr_double_down_4_8_1_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_sparse_gap_csr_fully_connected_s8_sparse_gap_csr_double_down_4_8_1(&p, fc_sparse_gap_csr_n00_fully_connected_counts, fc_sparse_gap_csr_n00_fully_connected_gaps, fc_sparse_gap_csr_n00_fully_connected_entries, fc_sparse_gap_csr_n00_fully_connected_bias, fc_sparse_gap_csr_n00_fully_connected_multiplier, fc_sparse_gap_csr_n00_fully_connected_shift, x, y);
}

FC_SPARSE_GAP_CSR_HOT_SECTION
