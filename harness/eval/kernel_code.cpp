#include "eval/kernel_code.h"

#include <algorithm>
#include <map>

#include "base/hash.h"

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

using nlohmann::json;

std::vector<KernelShape> shapes_of(const plan::LaunchPlan& plan) {
    std::vector<KernelShape> shapes;
    for (const plan::Step& step : plan.steps) {
        if (const auto* launch = std::get_if<plan::Launch>(&step)) {
            shapes.push_back({launch->kernel, launch->block, launch->shared_bytes});
        }
    }
    std::ranges::sort(shapes);
    const auto repeated = std::ranges::unique(shapes);
    shapes.erase(repeated.begin(), repeated.end());
    return shapes;
}

json to_json(const std::vector<KernelShape>& shapes) {
    json result = json::array();
    for (const KernelShape& shape : shapes) {
        result.push_back({{"kernel", shape.kernel}, {"block", shape.block}, {"shared", shape.shared_bytes}});
    }
    return result;
}

std::vector<KernelShape> shapes_from_json(const json& list) {
    std::vector<KernelShape> shapes;
    for (const json& shape : list) {
        shapes.push_back({shape.at("kernel"), shape.at("block"), shape.at("shared")});
    }
    return shapes;
}

std::filesystem::path CodeCache::folder_of(const std::filesystem::path& compile_cache) {
    return compile_cache / "code";
}

std::shared_ptr<CodeCache> CodeCache::of(const std::filesystem::path& compile_cache) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::shared_ptr<CodeCache>> open;
    if (compile_cache.empty()) {
        return nullptr;
    }
    const std::scoped_lock lock(mutex);
    auto& cache = open[compile_cache];
    if (!cache) {
        cache = std::make_shared<CodeCache>(folder_of(compile_cache));
    }
    return cache;
}

std::vector<Bytes> CodeCache::get(const std::string& identity, const std::string& ptx,
                                  const std::vector<KernelShape>& shapes, const Make& make) {
    std::vector<Bytes> codes(shapes.size());
    std::vector<KernelShape> missing;
    std::vector<std::string> missing_keys;
    std::vector<std::size_t> places;
    const std::string ptx_hash = hash_hex(ptx);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const json all{1, // the version of what an entry holds
                       identity, ptx_hash, to_json({shapes[i]})};
        std::string key = hash_hex(all.dump(-1, ' ', false, json::error_handler_t::replace));
        const std::scoped_lock lock(mutex_);
        if (const auto found = cache_.find_bytes(key)) {
            const auto* data = reinterpret_cast<const std::byte*>(found->data());
            codes[i].assign(data, data + found->size());
        } else {
            missing.push_back(shapes[i]);
            missing_keys.push_back(std::move(key));
            places.push_back(i);
        }
    }
    if (missing.empty()) {
        return codes;
    }
    std::vector<Bytes> made = make(missing);
    made.resize(std::min(made.size(), missing.size()));
    for (std::size_t i = 0; i < made.size(); ++i) {
        const std::scoped_lock lock(mutex_);
        cache_.store_bytes(missing_keys[i], {reinterpret_cast<const char*>(made[i].data()), made[i].size()});
        codes[places[i]] = std::move(made[i]);
    }
    return codes;
}

std::vector<std::string> CodeCache::warnings() {
    const std::scoped_lock lock(mutex_);
    return cache_.warnings();
}

#if ASSAY_VGPU
namespace {

CUfunction find_function(const Session& session, const Module& module, const std::string& kernel) {
    CUfunction function = nullptr;
    return session.table().cuModuleGetFunction(&function, module.handle(), kernel.c_str()) == CUDA_SUCCESS ? function
                                                                                                           : nullptr;
}

} // namespace
#endif

std::vector<Bytes> make_code([[maybe_unused]] const Session& session, [[maybe_unused]] const Module& module,
                             const std::vector<KernelShape>& shapes) {
    std::vector<Bytes> codes(shapes.size());
#if ASSAY_VGPU
    for (std::size_t i = 0; i < shapes.size() && !session.is_gpu(); ++i) {
        if (CUfunction function = find_function(session, module, shapes[i].kernel)) {
            codes[i] = vgpu::make_code(function, shapes[i].block, shapes[i].shared_bytes);
        }
    }
#endif
    return codes;
}

void adopt_code([[maybe_unused]] const Session& session, [[maybe_unused]] const Module& module,
                [[maybe_unused]] const std::vector<KernelShape>& shapes,
                [[maybe_unused]] std::span<const Bytes> codes) {
#if ASSAY_VGPU
    for (std::size_t i = 0; i < std::min(shapes.size(), codes.size()) && !session.is_gpu(); ++i) {
        CUfunction function = codes[i].empty() ? nullptr : find_function(session, module, shapes[i].kernel);
        if (function != nullptr) {
            (void)vgpu::adopt_code(function, shapes[i].block, shapes[i].shared_bytes, codes[i]);
        }
    }
#endif
}

} // namespace assay::eval
