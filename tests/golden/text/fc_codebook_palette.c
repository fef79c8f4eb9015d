static const int8_t fc_codebook_palette_n00_fully_connected_codebook[103] EG_ALIGN(8) FC_CODEBOOK_PALETTE_WEIGHTS_SECTION = {
    -126, -122, -120, -119, -117, -114, -112, -110, -107, -106, -104, -98, -96, -93, -91, -90, -87, -79,
    -76, -73, -71, -64, -63, -62, -61, -58, -57, -56, -53, -50, -48, -45, -43, -40, -36, -35,
    -34, -30, -25, -23, -20, -19, -12, -11, -10, -7, -5, -4, 0, 1, 2, 3, 4, 7,
    10, 11, 13, 14, 21, 24, 29, 30, 31, 36, 37, 43, 44, 47, 56, 57, 58, 64,
    65, 66, 69, 70, 71, 73, 74, 77, 78, 81, 82, 84, 86, 87, 90, 91, 92, 93,
    94, 95, 96, 103, 106, 107, 108, 114, 115, 118, 120, 122, 123,
};

static const uint8_t fc_codebook_palette_n00_fully_connected_indices[120] EG_ALIGN(8) FC_CODEBOOK_PALETTE_WEIGHTS_SECTION = {
    90U, 206U, 70U, 32U, 99U, 169U, 97U, 42U, 122U, 210U, 131U, 52U, 203U, 167U, 128U, 224U, 72U, 43U,
    50U, 42U, 54U, 162U, 129U, 84U, 225U, 135U, 70U, 42U, 202U, 53U, 42U, 107U, 164U, 152U, 152U, 3U,
    28U, 49U, 182U, 11U, 197U, 230U, 143U, 140U, 84U, 83U, 141U, 240U, 26U, 140U, 64U, 254U, 69U, 13U,
    14U, 11U, 82U, 249U, 92U, 196U, 111U, 37U, 222U, 82U, 18U, 35U, 91U, 107U, 18U, 6U, 86U, 254U,
    85U, 98U, 110U, 232U, 24U, 67U, 85U, 211U, 40U, 76U, 243U, 72U, 10U, 61U, 189U, 32U, 240U, 228U,
    205U, 182U, 69U, 204U, 244U, 68U, 87U, 8U, 41U, 94U, 13U, 138U, 183U, 15U, 45U, 122U, 102U, 248U,
    10U, 144U, 11U, 68U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U,
};

static const int32_t fc_codebook_palette_n00_fully_connected_bias[8] EG_ALIGN(8) FC_CODEBOOK_PALETTE_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_codebook_palette_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_CODEBOOK_PALETTE_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_codebook_palette_n00_fully_connected_shift[1] EG_ALIGN(8) FC_CODEBOOK_PALETTE_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_CODEBOOK_PALETTE_HOT_SECTION
#define FC_CODEBOOK_PALETTE_HOT_SECTION
#endif

struct fc_codebook_palette_fully_connected_s8_codebook_palette_double_down_7_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t stride;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as indices of 7 bits into a codebook. */
static FC_CODEBOOK_PALETTE_HOT_SECTION EG_NOINLINE void fc_codebook_palette_fully_connected_s8_codebook_palette_double_down_7(const struct fc_codebook_palette_fully_connected_s8_codebook_palette_double_down_7_params *p,
    const int8_t *codebook,
    const uint8_t *indices,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        
        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            uint32_t position = (uint32_t)(row * p->stride) * 8U;
            const int8_t *at = x;
            int32_t left = p->columns;
            for (; left >= 3; left -= 3) {
                const uint32_t window = eg_peek(indices, position);
                acc += codebook[(window >> 25) & 127U] * at[0];
                acc += codebook[(window >> 18) & 127U] * at[1];
                acc += codebook[(window >> 11) & 127U] * at[2];
                position += 21U;
                at += 3;
            }
            for (; left > 0; left--) {
                acc += codebook[eg_peek(indices, position) >> 25] * *at++;
                position += 7U;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel codebook, format palette */
static FC_CODEBOOK_PALETTE_HOT_SECTION EG_NOINLINE void fc_codebook_palette_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_codebook_palette_fully_connected_s8_codebook_palette_double_down_7_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .stride = 14,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_codebook_palette_fully_connected_s8_codebook_palette_double_down_7(&p, fc_codebook_palette_n00_fully_connected_codebook, fc_codebook_palette_n00_fully_connected_indices, fc_codebook_palette_n00_fully_connected_bias, fc_codebook_palette_n00_fully_connected_multiplier, fc_codebook_palette_n00_fully_connected_shift, x, y);
}

FC_CODEBOOK_PALETTE_HOT_SECTION
