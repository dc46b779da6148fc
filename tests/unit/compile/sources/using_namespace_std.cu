#include <bits/stdc++.h>
#include <cuda_runtime.h>
using namespace std;

__global__ void clip(const float* a, float* b, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) b[i] = min(max(a[i], -1.0f), 1.0f) + abs(a[i]) + pow(a[i], 2) + sqrt(a[i]) + floor(a[i]);
}
extern "C" void solve(const float* a, float* b, int n) {
    vector<int> sizes = {n, max(1, n / 2), min(n, 100)};
    sort(sizes.begin(), sizes.end(), greater<int>());
    string text = "sizes";
    for (auto s : sizes) text += " " + to_string(s);
    cout << text << endl;
    int threads = 1 << (int)floor(log2(min(n, 1024)));
    swap(sizes[0], sizes[1]);
    clip<<<ceil((float)n / threads), threads>>>(a, b, n);
    pair<int, double> p = make_pair(1, 2.0);
    if (p.first > 5 || isnan(p.second) || numeric_limits<float>::max() < 0 || n == INT_MAX) exit(1);
}
