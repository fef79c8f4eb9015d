static const uint8_t fc_pairs_nm_block_n00_fully_connected_places[10] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    140U, 4U, 136U, 4U, 72U, 12U, 76U, 4U, 136U, 12U,
};

static const int8_t fc_pairs_nm_block_n00_fully_connected_values[40] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    0, 0, 115, 82, 0, 0, 0, 0, 0, 0, -23, -120, 65, 0, 86, 0, 0, 0,
    -96, 0, 0, 0, -76, 0, 0, 0, -112, 0, 0, 0, 0, 0, -53, 0, 108, -45,
    -20, 0, -98, 0,
};

static const int8_t fc_pairs_nm_block_n00_fully_connected_tail[5] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    0, 0, 0, 0, 0,
};

static const int32_t fc_pairs_nm_block_n00_fully_connected_bias[5] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87,
};

static const int32_t fc_pairs_nm_block_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_pairs_nm_block_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PAIRS_NM_BLOCK_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PAIRS_NM_BLOCK_HOT_SECTION
#define FC_PAIRS_NM_BLOCK_HOT_SECTION
#endif

struct fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t units;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

#if EG_HAS_DSP
/* The products of all whole words of places of a row; end: of these words, one and more. values: aligned to 4 bytes. */
static FC_PAIRS_NM_BLOCK_HOT_SECTION EG_NAKED int32_t fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_words(EG_UNUSED const uint8_t *places, EG_UNUSED const int8_t *values,
    EG_UNUSED const uint32_t *pairs, EG_UNUSED const uint8_t *end)
{
    __asm__ volatile(
        "push {r4-r11, lr}\n\t"
        "movs r12, #0\n\t"
        "1:\n\t"
        "ldr r5, [r0], #4\n\t"
        "ldm r1!, {r6-r9}\n\t"
        "lsl r4, r5, #2\n\t"
        "and r4, r4, #0x3c3c3c3c\n\t"
        "lsr r5, r5, #2\n\t"
        "and r5, r5, #0x3c3c3c3c\n\t"
        "uxtab r10, r2, r4\n\t"
        "uxtab r11, r2, r5\n\t"
        "ldr r10, [r10, #-16]\n\t"
        "ldr r11, [r11, #12]\n\t"
        "sxtb16 lr, r6\n\t"
        "smlad r12, lr, r10, r12\n\t"
        "sxtb16 lr, r6, ror #8\n\t"
        "smlad r12, lr, r11, r12\n\t"
        "uxtab r10, r2, r4, ror #8\n\t"
        "uxtab r11, r2, r5, ror #8\n\t"
        "ldr r10, [r10, #40]\n\t"
        "ldr r11, [r11, #68]\n\t"
        "sxtb16 lr, r7\n\t"
        "smlad r12, lr, r10, r12\n\t"
        "sxtb16 lr, r7, ror #8\n\t"
        "smlad r12, lr, r11, r12\n\t"
        "uxtab r10, r2, r4, ror #16\n\t"
        "uxtab r11, r2, r5, ror #16\n\t"
        "uxtab r7, r2, r4, ror #24\n\t"
        "uxtab lr, r2, r5, ror #24\n\t"
        "ldr r10, [r10, #96]\n\t"
        "ldr r11, [r11, #124]\n\t"
        "ldr r7, [r7, #152]\n\t"
        "ldr lr, [lr, #180]\n\t"
        "sxtb16 r6, r8\n\t"
        "smlad r12, r6, r10, r12\n\t"
        "sxtb16 r6, r8, ror #8\n\t"
        "smlad r12, r6, r11, r12\n\t"
        "sxtb16 r6, r9\n\t"
        "smlad r12, r6, r7, r12\n\t"
        "sxtb16 r6, r9, ror #8\n\t"
        "smlad r12, r6, lr, r12\n\t"
        "add r2, r2, #224\n\t"
        "cmp r0, r3\n\t"
        "bne 1b\n\t"
        "mov r0, r12\n\t"
        "pop {r4-r11, pc}\n\t"
    );
}
#endif

/* The words that the fields can name: the six pairs of each four inputs, as halfwords. */
static FC_PAIRS_NM_BLOCK_HOT_SECTION EG_NOINLINE void fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_pairs(const int8_t *x, int32_t units, uint32_t *to)
{
    for (; units > 0; units--) {
        const int32_t x0 = x[0];
        const int32_t x1 = x[1];
        const int32_t x2 = x[2];
        const int32_t x3 = x[3];
        to[0] = eg_pack16(x0, x1);
        to[4] = eg_pack16(x0, x2);
        to[5] = eg_pack16(x1, x2);
        to[8] = eg_pack16(x0, x3);
        to[9] = eg_pack16(x1, x3);
        to[10] = eg_pack16(x2, x3);
        x += 4;
        to += 7;
    }
}

/* fully_connected: y = clamp(requantize(bias + w x)). w as at most 2 non-zeros of every 4 columns, two at a time;
 * work: all pairs of inputs that can meet, 7 words for every 4 inputs, the unused ones of one between those of others. */
static FC_PAIRS_NM_BLOCK_HOT_SECTION EG_NOINLINE void fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t(const struct fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_params *p,
    const uint8_t *places,
    const int8_t *values,
    const int8_t *tail,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    uint32_t *const pairs = (uint32_t *)work;
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *c = places;
        const int8_t *v = values;
        const int8_t *t = tail;
        fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_pairs(x, p->units, pairs);
        for (int32_t row = 0; row < p->rows; row++) {
            const uint32_t *at = pairs;
            int32_t left = p->units;
            int32_t acc = bias[row];
#if EG_HAS_DSP
            if (left >= 8) {
                const int32_t words = left / 8;
                acc += fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_words(c, v, at, c + (4 * words));
                c += 4 * words;
                v += 16 * words;
                at += 56 * words;
                left -= 8 * words;
            }
#endif
            for (; left > 0; left -= 2) {
                const uint32_t four = eg_load_le(v);
                acc = eg_smlad(at[(*c & 15U) - 4U], eg_sxtb16(four), acc);
                if (left > 1) {
                    acc = eg_smlad(at[3U + (*c >> 4)], eg_sxtb16(four >> 8), acc);
                }
                c++;
                v += 4;
                at += 14;
            }
            for (int32_t column = 4 * p->units; column < p->columns; column++) {
                acc += *t++ * x[column];
            }
            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}

/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x13] to int8[1x5]; kernel pairs, format nm_block */
static FC_PAIRS_NM_BLOCK_HOT_SECTION EG_NOINLINE void fc_pairs_nm_block_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t_params p = {
        .batch = 1,
        .rows = 5,
        .columns = 13,
        .units = 3,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_pairs_nm_block_fully_connected_s8_pairs_nm_block_double_down_2of4t(&p, fc_pairs_nm_block_n00_fully_connected_places, fc_pairs_nm_block_n00_fully_connected_values, fc_pairs_nm_block_n00_fully_connected_tail, fc_pairs_nm_block_n00_fully_connected_bias, fc_pairs_nm_block_n00_fully_connected_multiplier, fc_pairs_nm_block_n00_fully_connected_shift, x, y, work);
}

FC_PAIRS_NM_BLOCK_HOT_SECTION
