static const uint8_t fc_bits_bitmap_n00_fully_connected_bitmap[16] EG_ALIGN(8) FC_BITS_BITMAP_WEIGHTS_SECTION = {
    255U, 255U, 255U, 255U, 255U, 247U, 255U, 255U, 255U, 255U, 255U, 255U, 255U, 255U, 255U, 255U,
};

static const int8_t fc_bits_bitmap_n00_fully_connected_values[127] EG_ALIGN(8) FC_BITS_BITMAP_WEIGHTS_SECTION = {
    -7, 3, 65, 115, -119, -91, 82, 114, -64, -48, 94, -20, -58, 84, -62, -23, 37, 13,
    -106, -120, 93, 65, 86, 10, 81, -43, -12, 74, -96, -50, -96, -12, 122, -93, -30, -25,
    103, -76, 1, -61, -122, 64, -112, -56, -4, -98, 123, 64, 118, -104, 57, -53, 11, 108,
    -57, 58, -87, -45, 120, -20, 4, -53, -98, -19, 31, -11, 71, -35, 29, 70, 106, -19,
    -117, 56, 7, 95, -10, -34, -112, -11, 36, 69, 90, -73, 24, 78, -61, -40, 87, 21,
    2, 44, 3, 123, 65, -114, -90, 11, 82, -110, 47, 66, 73, 95, -79, 14, 77, -36,
    -79, -5, -107, -71, 91, 43, 92, 87, 96, -48, -7, 30, -58, 107, -126, 86, 37, -63,
    56,
};

static const int32_t fc_bits_bitmap_n00_fully_connected_bias[8] EG_ALIGN(8) FC_BITS_BITMAP_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_bits_bitmap_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_BITS_BITMAP_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_bits_bitmap_n00_fully_connected_shift[1] EG_ALIGN(8) FC_BITS_BITMAP_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_BITS_BITMAP_HOT_SECTION
#define FC_BITS_BITMAP_HOT_SECTION
#endif

struct fc_bits_bitmap_fully_connected_s8_bits_bitmap_double_down_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as a bit per weight and the non-zeros. */
static FC_BITS_BITMAP_HOT_SECTION EG_NOINLINE void fc_bits_bitmap_fully_connected_s8_bits_bitmap_double_down(const struct fc_bits_bitmap_fully_connected_s8_bits_bitmap_double_down_params *p,
    const uint8_t *bitmap,
    const int8_t *values,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *b = bitmap;
        const int8_t *v = values;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            const int8_t *const words = x + (p->columns & ~31);
            #if EG_HAS_DSP
            if (at < words) {
                uint32_t word, c, s, t;
                __asm__ volatile(
                    "1:\n\t"
                    "ldr %[word], [%[b]], #4\n\t"
                    "rev %[word], %[word]\n\t"
                    "cmp %[word], #0\n\t"
                    "beq 3f\n\t"
                    "2:\n\t"
                    "clz %[c], %[word]\n\t"
                    "ldrsb %[s], [%[at], %[c]]\n\t"
                    "ldrsb %[t], [%[v]], #1\n\t"
                    "lsr %[c], %[top], %[c]\n\t"
                    "bics %[word], %[word], %[c]\n\t"
                    "smlabb %[acc], %[s], %[t], %[acc]\n\t"
                    "beq 3f\n\t"
                    "clz %[c], %[word]\n\t"
                    "ldrsb %[s], [%[at], %[c]]\n\t"
                    "ldrsb %[t], [%[v]], #1\n\t"
                    "lsr %[c], %[top], %[c]\n\t"
                    "bics %[word], %[word], %[c]\n\t"
                    "smlabb %[acc], %[s], %[t], %[acc]\n\t"
                    "bne 2b\n\t"
                    "3:\n\t"
                    "add %[at], %[at], #32\n\t"
                    "cmp %[at], %[words]\n\t"
                    "bcc 1b"
                    : [b] "+r"(b), [v] "+r"(v), [at] "+r"(at), [acc] "+r"(acc), [word] "=&r"(word), [c] "=&r"(c), [s] "=&r"(s),
                      [t] "=&r"(t)
                    : [words] "r"(words), [top] "r"(0x80000000U)
                    : "cc", "memory");
            }
            #endif
            while (at < words) {
                uint32_t word = eg_load_be(b);
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    acc += *v++ * at[column];
                    word &= ~(0x80000000U >> column);
                }
                b += 4;
                at += 32;
            }
            for (int32_t left = p->columns & 31; left > 0; left -= 8) {
                uint32_t word = (uint32_t)*b++ << 24;
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    acc += *v++ * at[column];
                    word &= ~(0x80000000U >> column);
                }
                at += 8;
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel bits, format bitmap */
static FC_BITS_BITMAP_HOT_SECTION EG_NOINLINE void fc_bits_bitmap_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_bits_bitmap_fully_connected_s8_bits_bitmap_double_down_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_bits_bitmap_fully_connected_s8_bits_bitmap_double_down(&p, fc_bits_bitmap_n00_fully_connected_bitmap, fc_bits_bitmap_n00_fully_connected_values, fc_bits_bitmap_n00_fully_connected_bias, fc_bits_bitmap_n00_fully_connected_multiplier, fc_bits_bitmap_n00_fully_connected_shift, x, y);
}

FC_BITS_BITMAP_HOT_SECTION
