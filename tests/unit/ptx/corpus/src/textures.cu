// options: -arch=compute_90
extern "C" __global__ void textures(cudaTextureObject_t image, cudaTextureObject_t volume, cudaSurfaceObject_t surface,
                                    float4* out, int n) {
    const float x = threadIdx.x + 0.5f;
    const float y = blockIdx.x + 0.5f;
    float4 sum = tex2D<float4>(image, x, y);
    sum.x += tex1Dfetch<float>(image, n);
    sum.y += tex3D<float>(volume, x, y, 1.0f);
    sum.z += tex2DLod<float>(image, x, y, 2.0f);
    const uchar4 pixel = surf2Dread<uchar4>(surface, threadIdx.x * 4, blockIdx.x);
    surf2Dwrite(make_uchar4(pixel.w, pixel.z, pixel.y, pixel.x), surface, threadIdx.x * 4, n, cudaBoundaryModeClamp);
    sum.w += tex2Dgather<float4>(image, x, y, 1).z + tex2DLayered<float>(image, x, y, 3);
    out[threadIdx.x] = sum;
}
