/* The AdamW update in plain C, the peer of `bench optimizers`: gcc -O3 -march=native vectorises the loop, IEEE arithmetic kept.
   Protocol of torch_peer.py: requests "adamw-COUNT STEPS", one a line, answered with the seconds they took. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const float rate = 1e-7f, beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f, decay = 1e-2f;

__attribute__((noinline)) static void update(
    size_t count, float *restrict w, const float *restrict g, float *restrict m, float *restrict v, float size, float correction)
{
    w = __builtin_assume_aligned(w, 64);
    g = __builtin_assume_aligned(g, 64);
    m = __builtin_assume_aligned(m, 64);
    v = __builtin_assume_aligned(v, 64);
    for (size_t i = 0; i < count; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * (g[i] * g[i]);
        w[i] -= rate * decay * w[i] + size * m[i] / (sqrtf(v[i]) + correction * epsilon);
    }
}

static float *numbers(size_t count, float value)
{
    float *buffer = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++)
        buffer[i] = value * (float)(i % 7 + 1);
    return buffer;
}

int main(void)
{
    puts("C (gcc -O3 -march=native)");
    fflush(stdout);
    size_t count, allocated = 0;
    int steps, step = 0;
    float *w = 0, *g = 0, *m = 0, *v = 0;
    while (scanf(" adamw-%zu %d", &count, &steps) == 2) {
        if (count != allocated) {
            free(w), free(g), free(m), free(v);
            w = numbers(count, 1), g = numbers(count, 0.1f), m = numbers(count, 0), v = numbers(count, 0);
            allocated = count;
            step = 0;
        }
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        for (int i = 0; i < steps; i++) {
            step++;
            float correction = sqrtf(1 - powf(beta2, (float)step));
            update(count, w, g, m, v, rate * correction / (1 - powf(beta1, (float)step)), correction);
        }
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("%.9f\n", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9);
        fflush(stdout);
    }
    return 0;
}
