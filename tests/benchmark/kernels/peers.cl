// The twins of peers.cu in OpenCL C, word for word.
#define TILE 16

kernel void sgemm_naive(global const float* a, global const float* b, global float* c, int n) {
    int row = get_group_id(1) * get_local_size(1) + get_local_id(1);
    int column = get_group_id(0) * get_local_size(0) + get_local_id(0);
    if (row >= n || column >= n) {
        return;
    }
    float sum = 0.0f;
    for (int k = 0; k < n; ++k) {
        sum += a[row * n + k] * b[k * n + column];
    }
    c[row * n + column] = sum;
}

kernel void sgemm_tiled(global const float* a, global const float* b, global float* c, int n) {
    local float of_a[TILE][TILE];
    local float of_b[TILE][TILE];
    int x = get_local_id(0), y = get_local_id(1);
    int row = get_group_id(1) * TILE + y, column = get_group_id(0) * TILE + x;
    float sum = 0.0f;
    for (int k = 0; k < n; k += TILE) {
        of_a[y][x] = a[row * n + k + x];
        of_b[y][x] = b[(k + y) * n + column];
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int i = 0; i < TILE; ++i) {
            sum += of_a[y][i] * of_b[i][x];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    c[row * n + column] = sum;
}

kernel void sgemm_register(global const float* a, global const float* b, global float* c, int n) {
    local float of_a[16][64];
    local float of_b[16][64];
    int t = get_local_id(0);
    int x = t % 16, y = t / 16;
    int row = get_group_id(1) * 64, column = get_group_id(0) * 64;
    float sum[4][4] = {{0.0f}};
    for (int k = 0; k < n; k += 16) {
        for (int i = t; i < 64 * 16; i += 256) {
            of_a[i % 16][i / 16] = a[(row + i / 16) * n + k + i % 16];
            of_b[i / 64][i % 64] = b[(k + i / 64) * n + column + i % 64];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int i = 0; i < 16; ++i) {
            float left[4], right[4];
            for (int j = 0; j < 4; ++j) {
                left[j] = of_a[i][y * 4 + j];
                right[j] = of_b[i][x * 4 + j];
            }
            for (int j = 0; j < 4; ++j) {
                for (int l = 0; l < 4; ++l) {
                    sum[j][l] += left[j] * right[l];
                }
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (int j = 0; j < 4; ++j) {
        for (int l = 0; l < 4; ++l) {
            c[(row + y * 4 + j) * n + column + x * 4 + l] = sum[j][l];
        }
    }
}

kernel void reduce_sum(global const float* x, global float* partial, int n) {
    local float sums[256];
    int t = get_local_id(0);
    float sum = 0.0f;
    for (int i = get_group_id(0) * get_local_size(0) + t; i < n; i += get_num_groups(0) * get_local_size(0)) {
        sum += x[i];
    }
    sums[t] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            sums[t] += sums[t + step];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (t == 0) {
        partial[get_group_id(0)] = sums[0];
    }
}

kernel void softmax_block(global const float* x, global float* y, int n) {
    local float shared[256];
    int t = get_local_id(0);
    global const float* row = x + get_group_id(0) * n;
    float highest = -3.0e38f;
    for (int i = t; i < n; i += get_local_size(0)) {
        highest = fmax(highest, row[i]);
    }
    shared[t] = highest;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            shared[t] = fmax(shared[t], shared[t + step]);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    highest = shared[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    float sum = 0.0f;
    for (int i = t; i < n; i += get_local_size(0)) {
        sum += exp(row[i] - highest);
    }
    shared[t] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            shared[t] += shared[t + step];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    float scale = 1.0f / shared[0];
    for (int i = t; i < n; i += get_local_size(0)) {
        y[get_group_id(0) * n + i] = exp(row[i] - highest) * scale;
    }
}

kernel void layer_norm(global const float* x, global const float* weight, global const float* bias, global float* y,
                       int n) {
    local float sums[256];
    local float squares[256];
    int t = get_local_id(0);
    global const float* row = x + get_group_id(0) * n;
    float sum = 0.0f, square = 0.0f;
    for (int i = t; i < n; i += get_local_size(0)) {
        float value = row[i];
        sum += value;
        square += value * value;
    }
    sums[t] = sum;
    squares[t] = square;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 128; step > 0; step /= 2) {
        if (t < step) {
            sums[t] += sums[t + step];
            squares[t] += squares[t + step];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    float mean = sums[0] / n;
    float scale = rsqrt(squares[0] / n - mean * mean + 1e-5f);
    for (int i = t; i < n; i += get_local_size(0)) {
        y[get_group_id(0) * n + i] = (row[i] - mean) * scale * weight[i] + bias[i];
    }
}

kernel void transpose(global const float* x, global float* y, int n) {
    local float part[32][33];
    int at_x = get_local_id(0), at_y = get_local_id(1);
    int column = get_group_id(0) * 32 + at_x, row = get_group_id(1) * 32 + at_y;
    for (int i = 0; i < 32; i += 8) {
        part[at_y + i][at_x] = x[(row + i) * n + column];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    column = get_group_id(1) * 32 + at_x;
    row = get_group_id(0) * 32 + at_y;
    for (int i = 0; i < 32; i += 8) {
        y[(row + i) * n + column] = part[at_x][at_y + i];
    }
}

kernel void vector_add(global const float* a, global const float* b, global float* c, int n) {
    int i = get_group_id(0) * get_local_size(0) + get_local_id(0);
    if (i < n) {
        c[i] = a[i] + b[i];
    }
}
