/* What a firmware does with the network: quantise a picture, run, take the largest score. No heap, no libm.
 *
 * The pixels below stand for a camera's: 8 x 8 of 0 (paper) to 16 (ink), an image that training never saw.
 */
#include <stdint.h>
#include <stdio.h>

#include "digits.h"

static const uint8_t picture[DIGITS_INPUT_SIZE] = {
     0,  1, 11, 16, 11,  1,  0,  0,
     0,  6, 11, 16, 16,  7,  0,  0,
     0,  1,  2,  9, 16, 11,  0,  0,
     0,  2, 14, 12, 16, 12,  0,  0,
     0,  0,  3,  8,  4, 13,  4,  0,
     0,  0,  0,  0,  0, 10,  8,  0,
     0,  0,  4, 12, 16, 14,  6,  0,
     0,  0, 14,  8,  4,  0,  0,  0,
};

static struct digits net; /* all the RAM that the network needs */

/* A pixel as the network takes it; scale and zero point come from the model. */
static int8_t quantise(uint8_t pixel)
{
    const float steps = (float)pixel / 16.0f / DIGITS_INPUT_SCALE;
    return (int8_t)((int32_t)(steps + 0.5f) + DIGITS_INPUT_ZERO_POINT);
}

int main(void)
{
    int8_t image[DIGITS_INPUT_SIZE];
    int8_t scores[DIGITS_OUTPUT_SIZE];
    for (unsigned i = 0; i < DIGITS_INPUT_SIZE; i++) {
        image[i] = quantise(picture[i]);
    }

    digits_run(&net, image, scores);

    unsigned best = 0;
    for (unsigned i = 1; i < DIGITS_OUTPUT_SIZE; i++) {
        best = scores[i] > scores[best] ? i : best;
    }
    printf("this is a %u\n", best);
    return 0;
}
