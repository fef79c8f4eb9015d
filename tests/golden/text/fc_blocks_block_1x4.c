static const uint8_t fc_blocks_block_1x4_n00_fully_connected_counts[8] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    4U, 4U, 4U, 4U, 4U, 4U, 4U, 4U,
};

static const uint8_t fc_blocks_block_1x4_n00_fully_connected_gaps[32] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
    0U, 0U, 0U, 0U, 0U,
};

static const int8_t fc_blocks_block_1x4_n00_fully_connected_blocks[128] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, 0, -4, -98, 123, 64, 118, -104, 57, -53, 11,
    108, -57, 58, -87, -45, 120, -20, 4, -53, -98, -19, 31, -11, 71, -35, 29, 70, 106,
    -19, -117, 56, 7, 95, -10, -34, -112, -11, 36, 69, 90, -73, 24, 78, -61, -40, 87,
    21, 2, 44, 3, 123, 65, -114, -90, 11, 82, -110, 47, 66, 73, 95, -79, 14, 77,
    -36, -79, -5, -107, -71, 91, 43, 92, 87, 96, -48, -7, 30, -58, 107, -126, 86, 37,
    -63, 56,
};

static const int32_t fc_blocks_block_1x4_n00_fully_connected_bias[8] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_blocks_block_1x4_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_blocks_block_1x4_n00_fully_connected_shift[1] EG_ALIGN(8) FC_BLOCKS_BLOCK_1X4_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_BLOCKS_BLOCK_1X4_HOT_SECTION
#define FC_BLOCKS_BLOCK_1X4_HOT_SECTION
#endif

struct fc_blocks_block_1x4_fully_connected_s8_blocks_block_1x4_double_down_1_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as blocks of four columns. */
static FC_BLOCKS_BLOCK_1X4_HOT_SECTION EG_NOINLINE void fc_blocks_block_1x4_fully_connected_s8_blocks_block_1x4_double_down_1(const struct fc_blocks_block_1x4_fully_connected_s8_blocks_block_1x4_double_down_1_params *p,
    const uint8_t *counts,
    const uint8_t *gaps,
    const int8_t *blocks,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const int8_t *w = blocks;
        const uint8_t *g = gaps;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            uint32_t left = counts[row];
            for (; left >= 2U; left -= 2U) {
                at += 4U * g[0];
                acc = eg_dot4(eg_load_le(w), eg_load_le(at), acc);
                at += 4U * g[1] + 4U;
                acc = eg_dot4(eg_load_le(w + 4), eg_load_le(at), acc);
                g += 2;
                w += 8;
                at += 4;
            }
            if (left != 0U) {
                at += 4U * *g++;
                acc = eg_dot4(eg_load_le(w), eg_load_le(at), acc);
                w += 4;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel blocks, format block_1x4 */
static FC_BLOCKS_BLOCK_1X4_HOT_SECTION EG_NOINLINE void fc_blocks_block_1x4_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_blocks_block_1x4_fully_connected_s8_blocks_block_1x4_double_down_1_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_blocks_block_1x4_fully_connected_s8_blocks_block_1x4_double_down_1(&p, fc_blocks_block_1x4_n00_fully_connected_counts, fc_blocks_block_1x4_n00_fully_connected_gaps, fc_blocks_block_1x4_n00_fully_connected_blocks, fc_blocks_block_1x4_n00_fully_connected_bias, fc_blocks_block_1x4_n00_fully_connected_multiplier, fc_blocks_block_1x4_n00_fully_connected_shift, x, y);
}

FC_BLOCKS_BLOCK_1X4_HOT_SECTION
