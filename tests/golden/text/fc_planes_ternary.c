static const uint8_t fc_planes_ternary_n00_fully_connected_plus[16] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    51U, 36U, 14U, 144U, 136U, 65U, 210U, 144U, 19U, 40U, 50U, 75U, 23U, 144U, 124U, 41U,
};

static const uint8_t fc_planes_ternary_n00_fully_connected_minus[16] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    12U, 202U, 48U, 78U, 69U, 178U, 41U, 99U, 0U, 65U, 9U, 0U, 200U, 69U, 130U, 82U,
};

static const int32_t fc_planes_ternary_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_planes_ternary_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_planes_ternary_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PLANES_TERNARY_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PLANES_TERNARY_HOT_SECTION
#define FC_PLANES_TERNARY_HOT_SECTION
#endif

struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t magnitude;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as planes of +a and -a. */
static FC_PLANES_TERNARY_HOT_SECTION EG_NOINLINE void fc_planes_ternary_fully_connected_s8_planes_ternary_double(const struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_params *p,
    const uint8_t *plus,
    const uint8_t *minus,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const uint8_t *b = plus;
        const uint8_t *c = minus;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            int32_t sum = 0;
            const int8_t *at = x;
            int32_t left = p->columns;
            for (; left >= 32; left -= 32) {
                uint32_t word = eg_load_be(b);
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    sum += at[column];
                    word &= ~(0x80000000U >> column);
                }
                b += 4;
                at += 32;
            }
            for (; left > 0; left -= 8) {
                uint32_t word = (uint32_t)*b++ << 24;
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    sum += at[column];
                    word &= ~(0x80000000U >> column);
                }
                at += 8;
            }
            at = x;
            left = p->columns;
            for (; left >= 32; left -= 32) {
                uint32_t word = eg_load_be(c);
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    sum -= at[column];
                    word &= ~(0x80000000U >> column);
                }
                c += 4;
                at += 32;
            }
            for (; left > 0; left -= 8) {
                uint32_t word = (uint32_t)*c++ << 24;
                while (word != 0U) {
                    const uint32_t column = eg_zeros_above(word);
                    sum -= at[column];
                    word &= ~(0x80000000U >> column);
                }
                at += 8;
            }
            acc += sum * p->magnitude;

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel planes, format ternary */
static FC_PLANES_TERNARY_HOT_SECTION EG_NOINLINE void fc_planes_ternary_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_planes_ternary_fully_connected_s8_planes_ternary_double_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .magnitude = 1,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_planes_ternary_fully_connected_s8_planes_ternary_double(&p, fc_planes_ternary_n00_fully_connected_plus, fc_planes_ternary_n00_fully_connected_minus, fc_planes_ternary_n00_fully_connected_bias, fc_planes_ternary_n00_fully_connected_multiplier, fc_planes_ternary_n00_fully_connected_shift, x, y);
}

FC_PLANES_TERNARY_HOT_SECTION
