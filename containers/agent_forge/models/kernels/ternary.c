/*
 * Product of a packed ternary matrix with int8 activations, in exact integers.
 *
 * Layout of a row (models/packing.py): blocks of 128 weights in 32 bytes; bits 2k and 2k+1 of byte j hold weight
 * 32k + j of the block as code w + 1 in {0, 1, 2}. The last block of a row is shorter: n weights in s = ceil(n/4)
 * bytes, weight s*k + j in byte j. Codes are unsigned, so a row's sum of code*x is corrected by the sum of x once.
 *
 * 16-bit lanes of the AVX2 path: two products of at most 2*128 make 512, four groups 2048, so 15 blocks stay below
 * 32767 before they have to be widened.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 128
#define BLOCK_BYTES 32
#define BLOCKS_PER_WIDENING 15
#define LEVELS 127.0f
#define SMALLEST 1e-5f
#define ROUNDER 12582912.0f

static int32_t row_blocks_portable(const uint8_t *bytes, const int8_t *x, int64_t blocks) {
    int32_t sum = 0;
    for (int64_t b = 0; b < blocks; b++, bytes += BLOCK_BYTES, x += BLOCK) {
        for (int j = 0; j < BLOCK_BYTES; j++) {
            int byte = bytes[j];
            sum += (byte & 3) * x[j] + ((byte >> 2) & 3) * x[j + 32] + ((byte >> 4) & 3) * x[j + 64] +
                   ((byte >> 6) & 3) * x[j + 96];
        }
    }
    return sum;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

__attribute__((target("avx2"))) static int32_t sum_of_lanes(__m256i lanes) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return _mm_cvtsi128_si32(half);
}

__attribute__((target("avx2"))) static int32_t row_blocks_avx2(const uint8_t *bytes, const int8_t *x,
                                                               int64_t blocks) {
    const __m256i low = _mm256_set1_epi8(3), ones = _mm256_set1_epi16(1);
    __m256i total = _mm256_setzero_si256();
    while (blocks > 0) {
        int64_t group = blocks < BLOCKS_PER_WIDENING ? blocks : BLOCKS_PER_WIDENING;
        __m256i narrow = _mm256_setzero_si256();
        for (int64_t b = 0; b < group; b++, bytes += BLOCK_BYTES, x += BLOCK) {
            __m256i packed = _mm256_loadu_si256((const __m256i *)bytes);
            __m256i x0 = _mm256_loadu_si256((const __m256i *)x), x1 = _mm256_loadu_si256((const __m256i *)(x + 32));
            __m256i x2 = _mm256_loadu_si256((const __m256i *)(x + 64)), x3 = _mm256_loadu_si256((const __m256i *)(x + 96));
            __m256i p0 = _mm256_maddubs_epi16(_mm256_and_si256(packed, low), x0);
            __m256i p1 = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(packed, 2), low), x1);
            __m256i p2 = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(packed, 4), low), x2);
            __m256i p3 = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(packed, 6), low), x3);
            narrow = _mm256_add_epi16(narrow, _mm256_add_epi16(_mm256_add_epi16(p0, p1), _mm256_add_epi16(p2, p3)));
        }
        total = _mm256_add_epi32(total, _mm256_madd_epi16(narrow, ones));
        blocks -= group;
    }
    return sum_of_lanes(total);
}

static int has_avx2(void) { return __builtin_cpu_supports("avx2"); }
#else
#define row_blocks_avx2 row_blocks_portable
static int has_avx2(void) { return 0; }
#endif

/* 1 where the vector path runs on this processor. */
int ternary_vectorised(void) { return has_avx2(); }

/* The last, shorter block of a token as four groups of 32 with zeros behind each, so that it runs like a whole one. */
static void spread_tail(const int8_t *x, int64_t weights, int64_t stride, int8_t *block) {
    memset(block, 0, BLOCK);
    for (int64_t i = 0; i < weights; i++) block[32 * (i / stride) + i % stride] = x[i];
}

static int32_t row_sum(const uint8_t *row, const int8_t *x, int64_t blocks, int vector) {
    return vector ? row_blocks_avx2(row, x, blocks) : row_blocks_portable(row, x, blocks);
}

/*
 * y[t][o] = sum over i of w[o][i] * x[t][i].
 * packed: rows of the layout above; x: tokens * columns; y: tokens * rows. portable != 0 forces the plain path.
 */
void ternary_product(const uint8_t *packed, const int8_t *x, int32_t *y, int64_t rows, int64_t columns,
                     int64_t tokens, int portable) {
    const int64_t blocks = columns / BLOCK, rest = columns % BLOCK, stride = (rest + 3) / 4;
    const int64_t whole = blocks * BLOCK_BYTES, row_bytes = whole + stride;
    const int vector = !portable && has_avx2();
    int8_t tail[BLOCK];
    uint8_t bytes[BLOCK_BYTES] = {0};
    for (int64_t t = 0; t < tokens; t++) {
        const int8_t *token = x + t * columns;
        int32_t total = 0;
        for (int64_t i = 0; i < columns; i++) total += token[i];
        if (rest) spread_tail(token + blocks * BLOCK, rest, stride, tail);
        for (int64_t o = 0; o < rows; o++) {
            const uint8_t *row = packed + o * row_bytes;
            int32_t sum = row_sum(row, token, blocks, vector);
            if (rest) {
                memcpy(bytes, row + whole, (size_t)stride);
                sum += row_sum(bytes, tail, 1, vector);
            }
            y[t * rows + o] = sum - total;
        }
    }
}

/* int8 values of one token and the scale that made them: models/ternary.py's quantise_activations, bit for bit. */
static float quantised(const float *x, int8_t *values, int64_t columns) {
    /* Sizes of floats are ordered as their bits are, and a maximum of whole numbers is taken many at a time. */
    int32_t most_bits = 0;
    for (int64_t i = 0; i < columns; i++) {
        int32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        bits &= 0x7fffffff;
        most_bits = bits > most_bits ? bits : most_bits;
    }
    float most;
    memcpy(&most, &most_bits, sizeof most);
    /* Torch divides a number by a tensor in two steps, each of which rounds. */
    const float scale = 1.0f / (most > SMALLEST ? most : SMALLEST) * LEVELS;
    for (int64_t i = 0; i < columns; i++) {
        /* Adding and taking away 1.5 * 2^23 rounds to the nearest whole number, halves to even, as torch rounds. */
        float value = (x[i] * scale + ROUNDER) - ROUNDER;
        value = value > LEVELS ? LEVELS : value < -LEVELS - 1 ? -LEVELS - 1 : value;
        values[i] = (int8_t)value;
    }
    return scale;
}

/*
 * A whole projection: y[t][o] = (sum over i of w[o][i] * q[t][i]) * (weight_scale / token_scale), q the int8 values.
 * x: tokens * columns; y: tokens * rows. Returns 0, or 1 where there is no memory for one token's values and sums.
 */
int ternary_forward(const uint8_t *packed, const float *x, float *y, float weight_scale, int64_t rows, int64_t columns,
                    int64_t tokens) {
    int32_t *sums = malloc((size_t)rows * sizeof *sums + (size_t)columns);
    if (!sums) return 1;
    int8_t *values = (int8_t *)(sums + rows);
    for (int64_t t = 0; t < tokens; t++) {
        const float scale = weight_scale / quantised(x + t * columns, values, columns);
        ternary_product(packed, values, sums, rows, columns, 1, 0);
        for (int64_t o = 0; o < rows; o++) y[t * rows + o] = (float)sums[o] * scale;
    }
    free(sums);
    return 0;
}
