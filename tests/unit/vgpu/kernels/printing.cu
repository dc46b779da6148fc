// Device printf.
extern "C" __global__ void hello() {
    if (threadIdx.x == 1) {
        printf("block %d thread %u: %s, %5.2f|%-6d|%06x|%c%%\n", blockIdx.x, threadIdx.x, "text", 3.14159, 42, 255, 'z');
        printf("%lld %llu %ld %hd %hhu %e %g %p\n", -5ll, 18446744073709551615ull, 7l, (short)-3, (unsigned char)200, 1.5e10,
               0.0001, (void*)0x1234);
        printf("%*d|%-*d|%.*f|%+d|% d|%#x|%o|%10s|%.2s\n", 6, 1, 4, 2, 3, 2.0, 5, 6, 255, 8, "right", "cut");
        printf("no arguments\n");
    }
}
