static const int16_t fc_groups_cer_n00_fully_connected_omega[103] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    65, -177, -163, -161, -144, -126, -123, -118, -113, -85, -84, -77, -76, -72, -62, -54, -28, -9,
    -1, 17, 21, 22, 30, 58, -191, -187, -185, -184, -182, -179, -175, -172, -171, -169, -158, -156,
    -155, -152, -141, -138, -136, -129, -128, -127, -122, -121, -115, -110, -108, -105, -101, -100, -99, -95,
    -90, -88, -75, -70, -69, -65, -64, -63, -61, -58, -55, -52, -51, -44, -41, -36, -35, -34,
    -29, -22, -21, -18, -8, -7, 1, 4, 5, 6, 8, 9, 12, 13, 16, 19, 25, 26,
    27, 28, 29, 31, 38, 41, 42, 43, 49, 50, 53, 55, 57,
};

static const uint8_t fc_groups_cer_n00_fully_connected_columns[125] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    12U, 9U, 11U, 0U, 1U, 6U, 4U, 5U, 8U, 14U, 15U, 13U, 10U, 7U, 3U, 12U, 14U, 10U, 15U, 0U, 6U, 3U,
    2U, 13U, 9U, 7U, 1U, 11U, 8U, 4U, 10U, 14U, 7U, 9U, 15U, 8U, 1U, 5U, 11U, 2U, 3U, 13U, 12U, 6U,
    4U, 0U, 15U, 4U, 14U, 12U, 5U, 0U, 2U, 9U, 7U, 10U, 13U, 3U, 8U, 6U, 1U, 11U, 15U, 0U, 8U, 2U,
    10U, 12U, 9U, 4U, 14U, 13U, 11U, 5U, 1U, 6U, 3U, 7U, 7U, 0U, 13U, 9U, 14U, 4U, 8U, 11U, 10U, 5U,
    1U, 12U, 2U, 6U, 3U, 9U, 13U, 2U, 3U, 8U, 0U, 4U, 15U, 1U, 12U, 14U, 10U, 5U, 6U, 7U, 11U, 9U,
    6U, 7U, 13U, 15U, 12U, 4U, 11U, 0U, 14U, 8U, 2U, 1U, 3U, 5U, 10U,
};

static const uint8_t fc_groups_cer_n00_fully_connected_segments[757] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    0U, 0U, 0U, 0U, 0U, 0U, 1U, 1U, 2U, 3U, 3U, 3U, 3U, 4U, 5U, 5U, 5U, 5U,
    5U, 6U, 6U, 6U, 6U, 6U, 6U, 6U, 6U, 7U, 7U, 7U, 7U, 7U, 7U, 7U, 7U, 8U,
    8U, 8U, 8U, 8U, 8U, 9U, 9U, 10U, 10U, 10U, 10U, 10U, 10U, 10U, 10U, 10U, 10U, 10U,
    10U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U,
    11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 11U, 12U, 12U, 12U,
    12U, 12U, 13U, 13U, 13U, 13U, 13U, 13U, 14U, 15U, 15U, 15U, 17U, 17U, 17U, 17U, 17U, 17U,
    17U, 17U, 19U, 19U, 19U, 19U, 19U, 20U, 20U, 20U, 20U, 21U, 21U, 21U, 21U, 21U, 21U, 22U,
    22U, 22U, 22U, 22U, 22U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U, 23U,
    23U, 24U, 24U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U, 25U,
    25U, 26U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U, 27U,
    27U, 27U, 28U, 28U, 28U, 29U, 29U, 29U, 29U, 29U, 30U, 31U, 32U, 32U, 32U, 33U, 33U, 33U,
    33U, 33U, 33U, 33U, 33U, 33U, 33U, 33U, 33U, 33U, 34U, 34U, 34U, 34U, 34U, 35U, 35U, 36U,
    36U, 36U, 36U, 36U, 36U, 36U, 36U, 36U, 37U, 37U, 37U, 37U, 38U, 38U, 38U, 38U, 38U, 38U,
    38U, 39U, 39U, 39U, 39U, 39U, 39U, 39U, 39U, 40U, 41U, 41U, 41U, 41U, 42U, 43U, 44U, 44U,
    44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U,
    44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 44U, 45U, 45U, 45U, 45U,
    45U, 45U, 45U, 45U, 46U, 46U, 47U, 47U, 47U, 47U, 47U, 49U, 49U, 50U, 50U, 50U, 50U, 50U,
    50U, 51U, 51U, 51U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U, 52U,
    52U, 53U, 53U, 53U, 53U, 54U, 54U, 54U, 54U, 54U, 54U, 54U, 55U, 55U, 55U, 56U, 56U, 56U,
    56U, 56U, 56U, 56U, 56U, 56U, 56U, 56U, 56U, 56U, 56U, 56U, 57U, 57U, 57U, 57U, 57U, 57U,
    57U, 57U, 57U, 57U, 57U, 57U, 57U, 57U, 58U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U,
    59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 59U, 60U, 60U, 60U, 61U, 62U, 63U, 63U,
    63U, 63U, 63U, 63U, 63U, 63U, 63U, 65U, 65U, 66U, 66U, 66U, 66U, 66U, 67U, 67U, 67U, 67U,
    67U, 68U, 68U, 68U, 68U, 68U, 68U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U,
    69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 69U, 70U, 71U, 71U, 71U, 71U, 72U,
    72U, 72U, 72U, 72U, 72U, 72U, 73U, 73U, 73U, 73U, 73U, 73U, 74U, 74U, 75U, 75U, 75U, 75U,
    75U, 75U, 75U, 75U, 75U, 76U, 77U, 77U, 77U, 77U, 77U, 77U, 77U, 77U, 77U, 77U, 77U, 77U,
    77U, 77U, 78U, 78U, 78U, 78U, 78U, 79U, 79U, 79U, 79U, 79U, 79U, 79U, 80U, 80U, 81U, 81U,
    81U, 81U, 81U, 81U, 81U, 82U, 82U, 83U, 83U, 83U, 83U, 83U, 83U, 83U, 83U, 83U, 83U, 83U,
    83U, 83U, 83U, 83U, 83U, 84U, 84U, 84U, 84U, 84U, 84U, 84U, 84U, 84U, 84U, 85U, 85U, 85U,
    85U, 85U, 85U, 85U, 85U, 85U, 85U, 85U, 85U, 86U, 86U, 86U, 86U, 86U, 86U, 87U, 88U, 88U,
    88U, 88U, 89U, 89U, 90U, 90U, 90U, 90U, 90U, 91U, 91U, 91U, 91U, 91U, 91U, 92U, 92U, 92U,
    93U, 93U, 93U, 93U, 95U, 95U, 95U, 95U, 95U, 95U, 95U, 95U, 95U, 95U, 95U, 96U, 96U, 96U,
    96U, 97U, 97U, 97U, 98U, 98U, 98U, 98U, 98U, 98U, 98U, 99U, 100U, 101U, 101U, 101U, 101U, 101U,
    102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 102U, 103U, 103U, 103U, 103U,
    103U, 103U, 103U, 104U, 104U, 104U, 104U, 104U, 104U, 104U, 104U, 104U, 105U, 105U, 105U, 105U, 105U, 105U,
    105U, 105U, 105U, 106U, 106U, 106U, 107U, 107U, 107U, 107U, 108U, 108U, 109U, 109U, 109U, 109U, 109U, 109U,
    110U, 110U, 111U, 111U, 111U, 111U, 111U, 112U, 112U, 112U, 113U, 114U, 114U, 114U, 115U, 116U, 116U, 116U,
    117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 117U, 118U, 118U,
    119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U,
    119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 119U, 120U, 120U, 120U, 121U, 121U, 121U, 121U, 121U,
    121U, 121U, 121U, 121U, 121U, 121U, 121U, 121U, 121U, 121U, 121U, 122U, 123U, 123U, 123U, 124U, 124U, 124U,
    125U,
};

static const uint16_t fc_groups_cer_n00_fully_connected_rows[9] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    0U, 99U, 190U, 292U, 393U, 488U, 576U, 660U, 756U,
};

static const int32_t fc_groups_cer_n00_fully_connected_bias[8] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_groups_cer_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_groups_cer_n00_fully_connected_shift[1] EG_ALIGN(8) FC_GROUPS_CER_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_GROUPS_CER_HOT_SECTION
#define FC_GROUPS_CER_HOT_SECTION
#endif

struct fc_groups_cer_fully_connected_s8_groups_cer_double_down_2112m_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as columns grouped by value, the mode left out. */
static FC_GROUPS_CER_HOT_SECTION EG_NOINLINE void fc_groups_cer_fully_connected_s8_groups_cer_double_down_2112m(const struct fc_groups_cer_fully_connected_s8_groups_cer_double_down_2112m_params *p,
    const int16_t *omega,
    const uint8_t *columns,
    const uint8_t *segments,
    const uint16_t *rows,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        int32_t all = 0;
        for (int32_t i = 0; i < p->columns; i++) {
            all += x[i];
        }
        all *= omega[0];
        const uint8_t *c = columns;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            acc += all;
            const int16_t *o = omega;
            for (uint32_t s = rows[row]; s < (uint32_t)rows[row + 1]; s++) {
                const int32_t value = *++o;
                uint32_t n = (uint32_t)segments[s + 1U] - segments[s];
                if (n != 0U) {
                    int32_t sum = 0;
                    #if EG_HAS_DSP
                    {
                        uint32_t t0, t1, t2, t3;
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
                            "add %[sum], %[sum], %[t0]\n\t"
                            "add %[sum], %[sum], %[t1]\n\t"
                            "add %[sum], %[sum], %[t2]\n\t"
                            "add %[sum], %[sum], %[t3]\n\t"
                            "bcs 1b\n"
                            "2:\n\t"
                            "lsls %[n], %[n], #31\n\t"
                            "bcc 3f\n\t"
                            "ldrb %[t0], [%[c], #0]\n\t"
                            "ldrb %[t1], [%[c], #1]\n\t"
                            "add %[c], %[c], #2\n\t"
                            "ldrsb %[t0], [%[x], %[t0]]\n\t"
                            "ldrsb %[t1], [%[x], %[t1]]\n\t"
                            "add %[sum], %[sum], %[t0]\n\t"
                            "add %[sum], %[sum], %[t1]\n"
                            "3:\n\t"
                            "bpl 4f\n\t"
                            "ldrb %[t0], [%[c], #0]\n\t"
                            "add %[c], %[c], #1\n\t"
                            "ldrsb %[t0], [%[x], %[t0]]\n\t"
                            "add %[sum], %[sum], %[t0]\n"
                            "4:"
                            : [c] "+r"(c), [n] "+r"(n), [sum] "+r"(sum), [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3)
                            : [x] "r"(x)
                            : "cc", "memory");
                    }
                    #else
                    for (; n != 0U; n--) {
                        sum += x[*c++];
                    }
                    #endif

                    acc += sum * value;
                }
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel groups, format cer */
static FC_GROUPS_CER_HOT_SECTION EG_NOINLINE void fc_groups_cer_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_groups_cer_fully_connected_s8_groups_cer_double_down_2112m_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_groups_cer_fully_connected_s8_groups_cer_double_down_2112m(&p, fc_groups_cer_n00_fully_connected_omega, fc_groups_cer_n00_fully_connected_columns, fc_groups_cer_n00_fully_connected_segments, fc_groups_cer_n00_fully_connected_rows, fc_groups_cer_n00_fully_connected_bias, fc_groups_cer_n00_fully_connected_multiplier, fc_groups_cer_n00_fully_connected_shift, x, y);
}

FC_GROUPS_CER_HOT_SECTION
