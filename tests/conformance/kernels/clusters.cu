//! launch places grid=4,6 block=48 cluster=2,3 threads=2
//! buffer u32 480 zero
//! launch places grid=5 block=31
//! buffer u32 100 zero
//! launch exchange grid=12 block=96 cluster=4 threads=2
//! buffer u32 1152 bits
//! buffer u32 1152 zero
//! launch exchange grid=4 block=31
//! buffer u32 124 bits
//! buffer u32 124 zero
//! launch phases grid=8 block=80 cluster=4 threads=2 waits
//! buffer u32 640 zero
//! launch addresses grid=4 block=64 cluster=4
//! buffer u64 1024 zero
//! launch signals grid=6 block=64 cluster=2 threads=2 waits
//! buffer u32 384 zero
//! launch no_rank grid=2 block=32 cluster=2 faults
//! buffer u32 1 zero
//! launch never grid=2 block=64 cluster=2 faults
//! buffer u32 1 zero
//! launch no_barrier grid=2 block=32 cluster=2 faults
//! buffer u32 1 zero
//! launch apart grid=4 block=64 cluster=2 threads=2 waits
//! buffer u32 256 zero

__device__ unsigned at(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }
__device__ unsigned mapped(unsigned address, unsigned rank) {
    unsigned there;
    asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(address), "r"(rank));
    return there;
}
__device__ void* mapped(void* p, unsigned rank) {
    unsigned long long there;
    asm volatile("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(p), "r"(rank));
    return (void*)there;
}
__device__ unsigned rank() {
    unsigned r;
    asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(r));
    return r;
}
__device__ unsigned ranks() {
    unsigned r;
    asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(r));
    return r;
}
__device__ void arrive() { asm volatile("barrier.cluster.arrive.release;" ::: "memory"); }
__device__ void await() { asm volatile("barrier.cluster.wait.acquire;" ::: "memory"); }
__device__ void meet() {
    asm volatile("barrier.cluster.arrive.release.aligned;\nbarrier.cluster.wait.acquire.aligned;" ::: "memory");
}

// What a block reads of its place.
extern "C" __global__ void places(unsigned* out) {
    unsigned v[15];
#define READ(i, name) asm("mov.u32 %0, %%" name ";" : "=r"(v[i]))
    READ(0, "clusterid.x"); READ(1, "clusterid.y"); READ(2, "clusterid.z");
    READ(3, "nclusterid.x"); READ(4, "nclusterid.y"); READ(5, "nclusterid.z");
    READ(6, "cluster_ctaid.x"); READ(7, "cluster_ctaid.y"); READ(8, "cluster_ctaid.z");
    READ(9, "cluster_nctaid.x"); READ(10, "cluster_nctaid.y"); READ(11, "cluster_nctaid.z");
    READ(12, "cluster_ctarank"); READ(13, "cluster_nctarank");
    unsigned explicit_cluster;
    asm("{ .reg .pred p; mov.pred p, %%is_explicit_cluster; selp.u32 %0, 1, 0, p; }" : "=r"(explicit_cluster));
    v[14] = explicit_cluster;
    const unsigned block = blockIdx.y * gridDim.x + blockIdx.x;
    for (unsigned i = threadIdx.x; i < 15; i += blockDim.x) out[block * 20 + i] = v[i];
}

// Neighbours, places that depend on data, atomics and stores in other blocks; generic addresses and those of the window.
extern "C" __global__ void exchange(const unsigned* in, unsigned* out) {
    __shared__ unsigned tile[96], sums[8], given[96];
    const unsigned t = threadIdx.x, n = blockDim.x, me = rank(), all = ranks(), first = blockIdx.x * n;
    const unsigned x = in[first + t];
    tile[t] = x;
    if (t < 8) sums[t] = t;
    meet();
    const unsigned next = (me + 1) % all;
    const unsigned* theirs = (const unsigned*)mapped(tile, next);
    unsigned v = theirs[t] ^ theirs[n - 1 - t];
    unsigned far;
    asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(far) : "r"(mapped(at(tile) + x % n * 4, x / 7 % all)));
    v += far;
    if (x & 1) {
        asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(far) : "r"(mapped(at(&tile[t]), next)));
        v ^= far * 3;
        atomicAdd((unsigned*)mapped(&sums[x >> 1 & 7], x % all), x);
    } else {
        asm volatile("red.shared::cluster.add.u32 [%0], %1;" ::"r"(mapped(at(&sums[x >> 1 & 7]), x % all)), "r"(x) : "memory");
    }
    asm volatile("st.shared::cluster.u32 [%0], %1;" ::"r"(mapped(at(&given[n - 1 - t]), next)), "r"(x + me) : "memory");
    meet();
    out[first + t] = v + sums[t & 7] + given[t];
    meet();
}

// Arrivals long before waits, in branches, and of threads that end; many phases.
extern "C" __global__ void phases(unsigned* out) {
    __shared__ unsigned count;
    const unsigned t = threadIdx.x;
    if (t == 0) count = 0;
    meet();
    if (t >= 64 && (t & 1)) return; // whole phases go on without it
    unsigned seen = 0;
    for (unsigned i = 0; i < 5; ++i) {
        if (t % 3 == i % 3) atomicAdd((unsigned*)mapped(&count, (rank() + i) % ranks()), 1u);
        if (t & 2) {
            arrive();
        } else {
            seen = seen * 5 + 1;
            arrive();
        }
        seen += t * i;
        await();
        seen = seen * 7 + count;
        meet();
    }
    out[blockIdx.x * blockDim.x + t] = seen;
}

// Which block an address is in, as the difference to where the window begins: windows are wherever an engine puts them.
extern "C" __global__ void addresses(unsigned long long* out) {
    __shared__ unsigned tile[64];
    const unsigned t = threadIdx.x, other = t / 3 % ranks();
    unsigned long long* to = out + (blockIdx.x * blockDim.x + t) * 4;
    void* there = mapped(&tile[t], other);
    unsigned named, of_window, in_cluster, in_block, global;
    asm volatile("getctarank.u64 %0, %1;" : "=r"(named) : "l"(there));
    asm volatile("getctarank.shared::cluster.u32 %0, %1;" : "=r"(of_window) : "r"(mapped(at(&tile[t]), other)));
    asm volatile("{ .reg .pred p; isspacep.shared::cluster p, %1; selp.u32 %0, 1, 0, p; }" : "=r"(in_cluster) : "l"(there));
    asm volatile("{ .reg .pred p; isspacep.shared::cta p, %1; selp.u32 %0, 1, 0, p; }" : "=r"(in_block) : "l"(there));
    asm volatile("{ .reg .pred p; isspacep.global p, %1; selp.u32 %0, 1, 0, p; }" : "=r"(global) : "l"(there));
    unsigned long long window, back;
    asm volatile("cvta.to.shared::cluster.u64 %0, %1;" : "=l"(window) : "l"(there));
    asm volatile("cvta.shared::cluster.u64 %0, %1;" : "=l"(back) : "l"(window));
    void* again = mapped(there, (other + 1) % ranks());
    unsigned after;
    asm volatile("getctarank.u64 %0, %1;" : "=r"(after) : "l"(again));
    to[0] = named | of_window << 4 | in_cluster << 8 | in_block << 12 | global << 16;
    to[1] = back - (unsigned long long)there;
    to[2] = window - at(tile);
    to[3] = after;
    meet();
}

// An mbarrier at which the other block arrives.
extern "C" __global__ void signals(unsigned* out) {
    __shared__ unsigned long long ready;
    __shared__ unsigned given[64];
    const unsigned t = threadIdx.x;
    if (t == 0) asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(at(&ready)), "r"(blockDim.x) : "memory");
    meet();
    const unsigned other = rank() ^ 1;
    for (unsigned i = 0; i < 3; ++i) {
        *(volatile unsigned*)mapped(&given[t ^ i], other) = t * 10 + i + rank();
        asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(mapped(at(&ready), other)) : "memory");
        unsigned done;
        do {
            asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                         : "=r"(done) : "r"(at(&ready)), "r"(i & 1) : "memory");
        } while (!done);
        out[blockIdx.x * blockDim.x + t] += *(volatile unsigned*)&given[t];
        meet();
    }
}

extern "C" __global__ void no_rank(unsigned* out) {
    __shared__ unsigned word;
    *(unsigned*)mapped(&word, ranks() + *out) = 1;
}

// The second block waits, the first one's threads wait at a barrier for more than there are.
extern "C" __global__ void never(unsigned* out) {
    if (rank() == 0) asm volatile("bar.sync 1, 96;" ::: "memory");
    meet();
    *out = 1;
}

// There are 16 of a block.
extern "C" __global__ void no_barrier(unsigned* out) {
    arrive();
    asm volatile("bar.sync %0;" ::"r"(16 + *out) : "memory");
    await();
}

// Each half of a warp arrives and waits in a branch of its own.
extern "C" __global__ void apart(unsigned* out) {
    __shared__ unsigned word[64];
    const unsigned t = threadIdx.x;
    word[t] = t * t;
    unsigned v;
    if (t & 16) {
        arrive();
        await();
        v = ((unsigned*)mapped(word, rank() ^ 1))[63 - t];
    } else {
        arrive();
        v = 5;
        await();
        v += ((unsigned*)mapped(word, rank() ^ 1))[t];
    }
    out[blockIdx.x * blockDim.x + t] = v;
    meet();
}
