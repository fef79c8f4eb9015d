static const uint8_t fc_places_nm_block_n00_fully_connected_places[16] EG_ALIGN(8) FC_PLACES_NM_BLOCK_WEIGHTS_SECTION = {
    96U, 48U, 117U, 83U, 16U, 115U, 48U, 96U, 16U, 116U, 80U, 66U, 16U, 16U, 16U, 16U,
};

static const int8_t fc_places_nm_block_n00_fully_connected_values[32] EG_ALIGN(8) FC_PLACES_NM_BLOCK_WEIGHTS_SECTION = {
    0, 0, 82, -20, 65, 74, 10, -50, 122, -56, 0, 123, 0, 0, 57, -53, 0, 95,
    0, -112, 0, 21, 24, 44, 0, 0, 0, 0, -71, 30, 0, 0,
};

static const int32_t fc_places_nm_block_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PLACES_NM_BLOCK_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_places_nm_block_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PLACES_NM_BLOCK_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_places_nm_block_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PLACES_NM_BLOCK_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PLACES_NM_BLOCK_HOT_SECTION
#define FC_PLACES_NM_BLOCK_HOT_SECTION
#endif

struct fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t stored;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

#if EG_HAS_DSP
/* The products of all whole words of places of a row; end: of these words, one and more. */
static FC_PLACES_NM_BLOCK_HOT_SECTION EG_NAKED int32_t fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8_words(EG_UNUSED const uint8_t *places, EG_UNUSED const int8_t *values,
    EG_UNUSED const int8_t *x, EG_UNUSED const uint8_t *end)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "movs r12, #0\n\t"
        "1:\n\t"
        "ldr r4, [r0], #4\n\t"
        "lsr r5, r4, #4\n\t"
        "and r4, r4, #0x0f0f0f0f\n\t"
        "and r5, r5, #0x0f0f0f0f\n\t"
        "ldr r8, [r1], #4\n\t"
        "sxtb16 r9, r8\n\t"
        "uxtab r10, r2, r4\n\t"
        "uxtab r11, r2, r5\n\t"
        "ldrsb r10, [r10, #0]\n\t"
        "ldrsb r11, [r11, #0]\n\t"
        "smlabb r12, r9, r10, r12\n\t"
        "smlatb r12, r9, r11, r12\n\t"
        "sxtb16 r9, r8, ror #8\n\t"
        "uxtab r10, r2, r4, ror #8\n\t"
        "uxtab r11, r2, r5, ror #8\n\t"
        "ldrsb r10, [r10, #8]\n\t"
        "ldrsb r11, [r11, #8]\n\t"
        "smlabb r12, r9, r10, r12\n\t"
        "smlatb r12, r9, r11, r12\n\t"
        "ldr r8, [r1], #4\n\t"
        "sxtb16 r9, r8\n\t"
        "uxtab r10, r2, r4, ror #16\n\t"
        "uxtab r11, r2, r5, ror #16\n\t"
        "ldrsb r10, [r10, #16]\n\t"
        "ldrsb r11, [r11, #16]\n\t"
        "smlabb r12, r9, r10, r12\n\t"
        "smlatb r12, r9, r11, r12\n\t"
        "sxtb16 r9, r8, ror #8\n\t"
        "uxtab r10, r2, r4, ror #24\n\t"
        "uxtab r11, r2, r5, ror #24\n\t"
        "ldrsb r10, [r10, #24]\n\t"
        "ldrsb r11, [r11, #24]\n\t"
        "smlabb r12, r9, r10, r12\n\t"
        "smlatb r12, r9, r11, r12\n\t"
        "add r2, r2, #32\n\t"
        "cmp r0, r3\n\t"
        "bne 1b\n\t"
        "mov r0, r12\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#endif

/* fully_connected: y = clamp(requantize(bias + w x)). w as at most 2 non-zeros of every 8 columns. */
static FC_PLACES_NM_BLOCK_HOT_SECTION EG_NOINLINE void fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8(const struct fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8_params *p,
    const uint8_t *places,
    const int8_t *values,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *c = places;
        const int8_t *v = values;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            int32_t left = p->stored;
            #if EG_HAS_DSP
            if (left >= 8) {
                const int32_t words = left / 8;
                acc += fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8_words(c, v, at, c + (4 * words));
                c += 4 * words;
                v += 8 * words;
                at += 32 * words;
                left -= 8 * words;
            }
            #endif
            for (; left >= 4; left -= 4) {
                acc += v[0] * at[0U + ((uint32_t)c[0] >> 0 & 15U)];
                acc += v[2] * at[0U + ((uint32_t)c[0] >> 4 & 15U)];
                acc += v[1] * at[8U + ((uint32_t)c[1] >> 0 & 15U)];
                acc += v[3] * at[8U + ((uint32_t)c[1] >> 4 & 15U)];
                c += 2;
                v += 4;
                at += 16;
            }
            if (left > 0) {
                acc += v[0] * at[0U + ((uint32_t)c[0] >> 0 & 15U)];
                acc += v[2] * at[0U + ((uint32_t)c[0] >> 4 & 15U)];
                c += (left + 1) / 2;
                v += 4;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel places, format nm_block */
static FC_PLACES_NM_BLOCK_HOT_SECTION EG_NOINLINE void fc_places_nm_block_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .stored = 4,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_places_nm_block_fully_connected_s8_places_nm_block_double_down_2of8(&p, fc_places_nm_block_n00_fully_connected_places, fc_places_nm_block_n00_fully_connected_values, fc_places_nm_block_n00_fully_connected_bias, fc_places_nm_block_n00_fully_connected_multiplier, fc_places_nm_block_n00_fully_connected_shift, x, y);
}

FC_PLACES_NM_BLOCK_HOT_SECTION
