static const uint8_t fc_groups_cser_mcu_n00_fully_connected_counts[8] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    2U, 4U, 3U, 2U, 2U, 3U, 0U, 2U,
};

static const uint16_t fc_groups_cser_mcu_n00_fully_connected_groups[18] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    492U, 338U, 462U, 266U, 321U, 330U, 456U, 378U, 379U, 459U, 313U, 400U, 351U, 277U, 280U, 300U, 441U, 286U,
};

static const uint8_t fc_groups_cser_mcu_n00_fully_connected_columns[18] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    11U, 6U, 13U, 7U, 5U, 11U, 11U, 0U, 15U, 14U, 3U, 15U, 12U, 10U, 5U, 12U, 0U, 8U,
};

static const int32_t fc_groups_cser_mcu_n00_fully_connected_bias[8] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    337, -239, -391, -202, -87, 314, -49, -409,
};

static const int32_t fc_groups_cser_mcu_n00_fully_connected_multiplier[1] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    1099511628,
};

static const int8_t fc_groups_cser_mcu_n00_fully_connected_shift[1] EG_ALIGN(8) FC_GROUPS_CSER_MCU_WEIGHTS_SECTION = {
    -7,
};

/* Where code goes, e.g. __attribute__((section(".itcm"))); empty: the linker's default for code. */
#ifndef FC_GROUPS_CSER_MCU_HOT_SECTION
#define FC_GROUPS_CSER_MCU_HOT_SECTION
#endif

struct fc_groups_cser_mcu_fully_connected_s8_groups_cser_mcu_double_down_11_params {
    int32_t batch;
    int32_t rows;
    int32_t columns;
    int32_t mode;
    int16_t zero_point;
    int16_t lo;
    int16_t hi;
    int16_t requant_step;
};

/* fully_connected: y = clamp(requantize(bias + w x)). w as groups of columns that share a value. */
static FC_GROUPS_CSER_MCU_HOT_SECTION EG_NOINLINE void fc_groups_cser_mcu_fully_connected_s8_groups_cser_mcu_double_down_11(const struct fc_groups_cser_mcu_fully_connected_s8_groups_cser_mcu_double_down_11_params *p,
    const uint8_t *counts,
    const uint16_t *groups,
    const uint8_t *columns,
    const int32_t *bias, const int32_t *multiplier, const int8_t *shift, const int8_t *x, int8_t *y)
{
    for (int32_t item = 0; item < p->batch; item++) {
        const uint16_t *g = groups;
        const uint8_t *c = columns;

        for (int32_t row = 0; row < p->rows; row++) {
            int32_t acc = bias[row];
            for (uint32_t left = counts[row]; left != 0U; left--) {
                const uint32_t group = *g++;
                uint32_t n = group >> 8;
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

                acc += sum * eg_signed_byte(group);
            }

            const int32_t q = row * p->requant_step;
            acc = eg_requantize_double_down(acc, multiplier[q], shift[q]) + p->zero_point;
            *y++ = (int8_t)eg_clamp(acc, p->lo, p->hi);
        }
        x += p->columns;
    }
}


/* 0: fully_connected from FULLY_CONNECTED #1 'dense' in tiny.tflite
 * int8[1x16] to int8[1x8]; kernel groups, format cser_mcu */
static FC_GROUPS_CSER_MCU_HOT_SECTION EG_NOINLINE void fc_groups_cser_mcu_n00_fully_connected(const int8_t *x, int8_t *y)
{
    static const struct fc_groups_cser_mcu_fully_connected_s8_groups_cser_mcu_double_down_11_params p = {
        .batch = 1,
        .rows = 8,
        .columns = 16,
        .mode = 0,
        .zero_point = 3,
        .lo = -128,
        .hi = 127,
        .requant_step = 0,
    };
    fc_groups_cser_mcu_fully_connected_s8_groups_cser_mcu_double_down_11(&p, fc_groups_cser_mcu_n00_fully_connected_counts, fc_groups_cser_mcu_n00_fully_connected_groups, fc_groups_cser_mcu_n00_fully_connected_columns, fc_groups_cser_mcu_n00_fully_connected_bias, fc_groups_cser_mcu_n00_fully_connected_multiplier, fc_groups_cser_mcu_n00_fully_connected_shift, x, y);
}

FC_GROUPS_CSER_MCU_HOT_SECTION
