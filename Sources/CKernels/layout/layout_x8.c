#include "ckernels.h"

void ck_transpose_x8(size_t rows, size_t columns, const uint8_t *input, uint8_t *output) {
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++) output[column * rows + row] = input[row * columns + column];
}

void ck_flip_sign_x8(size_t count, const uint8_t *input, uint8_t *output) {
    for (size_t index = 0; index < count; index++) output[index] = input[index] ^ 0x80;
}

void ck_block_x8(size_t channels, size_t pixels, const uint8_t *input, uint8_t *output) {
    for (size_t block = 0; block < channels; block += CK_BLOCK_CHANNELS)
        for (size_t pixel = 0; pixel < pixels; pixel++)
            for (size_t channel = block; channel < block + CK_BLOCK_CHANNELS; channel++)
                *output++ = channel < channels ? input[channel * pixels + pixel] : 0;
}

void ck_unblock_x8(size_t channels, size_t pixels, const uint8_t *input, uint8_t *output) {
    for (size_t channel = 0; channel < channels; channel++) {
        const uint8_t *from = input + channel / CK_BLOCK_CHANNELS * pixels * CK_BLOCK_CHANNELS;
        from += channel % CK_BLOCK_CHANNELS;
        for (size_t pixel = 0; pixel < pixels; pixel++) *output++ = from[pixel * CK_BLOCK_CHANNELS];
    }
}
