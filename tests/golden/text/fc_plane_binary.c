static const uint8_t fc_plane_binary_n00_fully_connected_plane[16] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    115U, 36U, 207U, 144U, 138U, 65U, 214U, 148U, 87U, 56U, 118U, 127U, 55U, 176U, 124U, 173U,
};

static const int32_t fc_plane_binary_n00_fully_connected_bias[8] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_plane_binary_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_plane_binary_n00_fully_connected_shift[1] EG_ALIGN(8) FC_PLANE_BINARY_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_PLANE_BINARY_HOT_SECTION
#define FC_PLANE_BINARY_HOT_SECTION
#endif

struct fc_plane_binary_fully_connected_s8_plane_binary_double_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t zero;
    int32_t difference;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as one bit plane. */
static FC_PLANE_BINARY_HOT_SECTION EG_NOINLINE void fc_plane_binary_fully_connected_s8_plane_binary_double(const struct fc_plane_binary_fully_connected_s8_plane_binary_double_params *p,
    const uint8_t *plane,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        int32_t all = 0;
        for (int32_t i = 0; i < p->columns; i++) {
            all += x[i];
        }
        all *= p->zero;
        const uint8_t *b = plane;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            const int8_t *at = x;
            int32_t sum = 0;
            int32_t left = p->columns;
            for (; left >= 8; left -= 8) {
                const int32_t bits = *b++;
                sum += at[0] & -((bits >> 7) & 1);
                sum += at[1] & -((bits >> 6) & 1);
                sum += at[2] & -((bits >> 5) & 1);
                sum += at[3] & -((bits >> 4) & 1);
                sum += at[4] & -((bits >> 3) & 1);
                sum += at[5] & -((bits >> 2) & 1);
                sum += at[6] & -((bits >> 1) & 1);
                sum += at[7] & -((bits >> 0) & 1);
                at += 8;
            }
            if (left > 0) {
                const int32_t bits = *b++;
                for (int32_t i = 0; i < left; i++) {
                    sum += at[i] & -((bits >> (7 - i)) & 1);
                }
            }
            acc += all + (sum * p->difference);

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel plane, format binary */
static FC_PLANE_BINARY_HOT_SECTION EG_NOINLINE void fc_plane_binary_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_plane_binary_fully_connected_s8_plane_binary_double_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero = -1,
        .difference = 2,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_plane_binary_fully_connected_s8_plane_binary_double(&p, fc_plane_binary_n00_fully_connected_plane, fc_plane_binary_n00_fully_connected_bias, fc_plane_binary_n00_fully_connected_multiplier, fc_plane_binary_n00_fully_connected_shift, x, y);
}

FC_PLANE_BINARY_HOT_SECTION
