static const int32_t fc_straight_code_n00_fully_connected_bias[8] EG_ALIGN(8) FC_STRAIGHT_CODE_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_straight_code_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_STRAIGHT_CODE_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_straight_code_n00_fully_connected_shift[1] EG_ALIGN(8) FC_STRAIGHT_CODE_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_STRAIGHT_CODE_HOT_SECTION
#define FC_STRAIGHT_CODE_HOT_SECTION
#endif

struct fc_straight_code_fully_connected_s8_straight_code_double_down_d8f976f05fcf_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w is the code below. */
static FC_STRAIGHT_CODE_HOT_SECTION void fc_straight_code_fully_connected_s8_straight_code_double_down_d8f976f05fcf(const struct fc_straight_code_fully_connected_s8_straight_code_double_down_d8f976f05fcf_params *p,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y, void *work)
{
    int32_t *const acc = (int32_t *)work;
    for (int32_t item = 0; item < p->batch; item++) {
        int32_t a, t, u0, u1, u2, u3;
        a = bias[0];
        u0 = x[1]; u1 = x[0]; u2 = x[11]; u3 = x[15]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 3; t = -u1; a += t * 7; t = -u2; a += t * 20; t = -u3; a += t * 23;
        u0 = x[9]; u1 = x[12]; u2 = x[14]; u3 = x[8]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 48; t = -u1; a += t * 58; t = -u2; a += t * 62; t = -u3; a += t * 64;
        u0 = x[2]; u1 = x[6]; u2 = x[13]; u3 = x[5]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 65; t = u1; a += t * 82; t = u2; a += t * 84; t = -u3; a += t * 91;
        u0 = x[10]; u1 = x[7]; u2 = x[3]; u3 = x[4]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 94; t = u1; a += t * 114; t = u2; a += t * 115; t = -u3; a += t * 119;
        acc[0] = a;
        a = bias[1];
        u0 = x[7]; u1 = x[10]; u2 = x[15]; u3 = x[1]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 10; t = -u1; t -= u2; a += t * 12; t = u3; a += t * 13;
        u0 = x[0]; u1 = x[9]; u2 = x[13]; u3 = x[5]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 37; t = -u1; a += t * 43; t = -u2; a += t * 50; t = u3; a += t * 65;
        u0 = x[11]; u1 = x[8]; u2 = x[6]; u3 = x[4]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 74; t = u1; a += t * 81; t = u2; a += t * 86; t = u3; a += t * 93;
        u0 = x[12]; u1 = x[14]; u2 = x[2]; u3 = x[3]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; t -= u1; a += t * 96; t = -u2; a += t * 106; t = -u3; a += t * 120;
        acc[1] = a;
        a = bias[2];
        u0 = x[6]; u1 = x[13]; u2 = x[3]; u3 = x[2]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t; t = -u1; a += t * 4; t = -u2; a += t * 25; t = -u3; a += t * 30;
        u0 = x[11]; u1 = x[7]; u2 = x[9]; u3 = x[5]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 56; t = -u1; a += t * 61; t = u2; a += t * 64; t = -u3; a += t * 76;
        u0 = x[1]; u1 = x[14]; u2 = x[4]; u3 = x[10]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 93; t = -u1; a += t * 98; t = u2; a += t * 103; t = -u3; a += t * 112;
        u0 = x[0]; u1 = x[8]; u2 = x[15]; t = u0; t -= u1; a += t * 122; t = u2; a += t * 123;
        acc[2] = a;
        a = bias[3];
        u0 = x[13]; u1 = x[5]; u2 = x[12]; u3 = x[10]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 4; t = u1; a += t * 11; t = -u2; a += t * 20; t = -u3; a += t * 45;
        u0 = x[4]; u1 = x[14]; u2 = x[3]; u3 = x[7]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; t -= u1; a += t * 53; t = u2; t -= u3; a += t * 57;
        u0 = x[8]; u1 = x[0]; u2 = x[9]; u3 = x[15]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 58; t = u1; a += t * 64; t = -u2; a += t * 87; t = -u3; a += t * 98;
        u0 = x[2]; u1 = x[6]; u2 = x[1]; u3 = x[11]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 104; t = u1; a += t * 108; t = u2; a += t * 118; t = u3; a += t * 120;
        acc[3] = a;
        a = bias[4];
        u0 = x[11]; u1 = x[13]; u2 = x[2]; u3 = x[0]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 7; t = -u1; a += t * 10; t = -u2; a += t * 11; t = -u3;
        u0 = x[8]; u1 = x[5]; u2 = x[1]; u3 = x[14]; EG_TOGETHER(u0, u1, u2, u3); t -= u0; a += t * 19; t = u1; a += t * 29; t = u2; a += t * 31; t = -u3; a += t * 34;
        u0 = x[4]; u1 = x[10]; u2 = x[6]; u3 = x[3]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 35; t = u1; a += t * 56; t = u2; a += t * 70; t = u3; a += t * 71;
        u0 = x[12]; u1 = x[7]; u2 = x[15]; u3 = x[9]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 95; t = u1; a += t * 106; t = -u2; a += t * 112; t = -u3; a += t * 117;
        acc[4] = a;
        a = bias[5];
        u0 = x[11]; u1 = x[13]; u2 = x[0]; u3 = x[10]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 2; t = u1; a += t * 3; t = -u2; a += t * 11; t = u3; a += t * 21;
        u0 = x[5]; u1 = x[1]; u2 = x[8]; u3 = x[12]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 24; t = u1; a += t * 36; t = -u2; a += t * 40; t = u3; a += t * 44;
        u0 = x[7]; u1 = x[15]; u2 = x[2]; u3 = x[4]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 61; t = u1; a += t * 65; t = u2; a += t * 69; t = -u3; a += t * 73;
        u0 = x[6]; u1 = x[9]; u2 = x[3]; u3 = x[14]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 78; t = u1; a += t * 87; t = u2; a += t * 90; t = u3; a += t * 123;
        acc[5] = a;
        a = bias[6];
        u0 = x[14]; u1 = x[2]; u2 = x[10]; u3 = x[12]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 5; t = u1; a += t * 11; t = u2; a += t * 14; t = -u3; a += t * 36;
        u0 = x[5]; u1 = x[6]; u2 = x[7]; u3 = x[11]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 47; t = u1; a += t * 66; t = u2; a += t * 73; t = u3; a += t * 77;
        u0 = x[9]; u1 = x[13]; u2 = x[3]; u3 = x[1]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; t -= u1; a += t * 79; t = u2; a += t * 82; t = -u3; a += t * 90;
        u0 = x[8]; u1 = x[15]; u2 = x[4]; u3 = x[0]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 95; t = -u1; a += t * 107; t = -u2; a += t * 110; t = -u3; a += t * 114;
        acc[6] = a;
        a = bias[7];
        u0 = x[7]; u1 = x[8]; u2 = x[13]; u3 = x[2]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 7; t = u1; a += t * 30; t = u2; a += t * 37; t = u3; a += t * 43;
        u0 = x[6]; u1 = x[15]; u2 = x[9]; u3 = x[14]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 48; t = u1; a += t * 56; t = -u2; a += t * 58; t = -u3; a += t * 63;
        u0 = x[0]; u1 = x[12]; u2 = x[4]; u3 = x[1]; EG_TOGETHER(u0, u1, u2, u3); t = -u0; a += t * 71; t = u1; a += t * 86; t = u2; a += t * 87; t = u3; a += t * 91;
        u0 = x[3]; u1 = x[5]; u2 = x[10]; u3 = x[11]; EG_TOGETHER(u0, u1, u2, u3); t = u0; a += t * 92; t = u1; a += t * 96; t = u2; a += t * 107; t = -u3; a += t * 126;
        acc[7] = a;
        for (int32_t row = 0; row < p->rows; row++) {
            const int32_t q = row * p->requant_step;
            a = eg_requantize_double_down(acc[row], multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(a, p->lo, p->hi);
        }
        x += p->columns;
    }
}

/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel straight, format code */
static FC_STRAIGHT_CODE_HOT_SECTION EG_NOINLINE void fc_straight_code_n00_fully_connected(const int8_t *x, int8_t *y, void *work)
{
    static const struct fc_straight_code_fully_connected_s8_straight_code_double_down_d8f976f05fcf_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_straight_code_fully_connected_s8_straight_code_double_down_d8f976f05fcf(&p, fc_straight_code_n00_fully_connected_bias, fc_straight_code_n00_fully_connected_multiplier, fc_straight_code_n00_fully_connected_shift, x, y, work);
}

FC_STRAIGHT_CODE_HOT_SECTION
