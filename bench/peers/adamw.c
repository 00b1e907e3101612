/* The AdamW update in plain C, the peer of `bench optimizers`, which loads it into its own process: gcc -O3 -march=native vectorises the loop, IEEE arithmetic kept. */
#include <math.h>
#include <stddef.h>

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

/* One step, the step-th from 1, over arrays that begin at multiples of 64. */
void adamw_step(size_t count, float *w, const float *g, float *m, float *v, int step)
{
    float correction = sqrtf(1 - powf(beta2, (float)step));
    update(count, w, g, m, v, rate * correction / (1 - powf(beta1, (float)step)), correction);
}
