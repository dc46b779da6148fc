#include "plan/torch_shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace assay::plan {

namespace {

using tasks::DType;

struct TypeRow {
    DType dtype;
    int number;
    std::string_view name;
};

constexpr std::array<TypeRow, 10> types{{{DType::UInt8, 0, "Byte"},
                                         {DType::Int8, 1, "Char"},
                                         {DType::Int16, 2, "Short"},
                                         {DType::Int32, 3, "Int"},
                                         {DType::Int64, 4, "Long"},
                                         {DType::Float16, 5, "Half"},
                                         {DType::Float32, 6, "Float"},
                                         {DType::Float64, 7, "Double"},
                                         {DType::Bool, 11, "Bool"},
                                         {DType::BFloat16, 15, "BFloat16"}}};

const TypeRow& row_of(DType dtype) {
    return *std::ranges::find(types, dtype, &TypeRow::dtype);
}

} // namespace

int scalar_type_of(DType dtype) {
    return row_of(dtype).number;
}

std::optional<DType> dtype_of(std::int64_t scalar_type) {
    const auto row = std::ranges::find(types, scalar_type, &TypeRow::number);
    return row == types.end() ? std::nullopt : std::optional(row->dtype);
}

std::string_view torch_name(DType dtype) {
    return row_of(dtype).name;
}

std::int64_t View::numel() const {
    return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

bool View::is_contiguous() const {
    std::int64_t dense = 1;
    for (std::size_t i = dim(); i-- > 0;) {
        if (sizes[i] != 1 && strides[i] != dense) {
            return numel() == 0;
        }
        dense *= sizes[i];
    }
    return true;
}

bool View::is_dense() const {
    std::vector<std::size_t> order(dim());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return strides[i]; });
    std::int64_t dense = 1;
    for (const std::size_t i : order) {
        if (sizes[i] != 1 && strides[i] != dense) {
            return numel() == 0;
        }
        dense *= sizes[i];
    }
    return true;
}

bool View::is_channels_last() const {
    if (dim() != 4 && dim() != 5) {
        return false;
    }
    const Extents wanted = channels_last_strides(sizes);
    for (std::size_t i = 0; i < dim(); ++i) {
        if (sizes[i] != 1 && strides[i] != wanted[i]) {
            return false;
        }
    }
    return true;
}

std::optional<std::int64_t> product(const Extents& sizes) {
    std::int64_t result = 1;
    for (const std::int64_t size : sizes) {
        if (size < 0 || __builtin_mul_overflow(result, size, &result)) {
            return std::nullopt;
        }
    }
    return result;
}

Extents contiguous_strides(const Extents& sizes) {
    Extents strides(sizes.size());
    std::int64_t dense = 1;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        strides[i] = dense;
        dense *= std::max<std::int64_t>(sizes[i], 1);
    }
    return strides;
}

Extents channels_last_strides(const Extents& sizes) {
    Extents strides(sizes.size());
    std::int64_t dense = 1;
    const auto place = [&](std::size_t i) {
        strides[i] = dense;
        dense *= std::max<std::int64_t>(sizes[i], 1);
    };
    place(1);
    for (std::size_t i = sizes.size(); i-- > 2;) {
        place(i);
    }
    place(0);
    return strides;
}

std::optional<Extents> strides_for(const View& view, const Extents& sizes) {
    if (view.numel() == 0 || view.is_contiguous()) {
        return contiguous_strides(sizes);
    }
    // Groups of old dimensions that are dense among themselves are split or joined at will; each new dimension must lie
    // within one group.
    Extents strides(sizes.size());
    std::size_t next = sizes.size();
    std::int64_t group = 1, used = 1;
    std::int64_t base = view.strides.back();
    for (std::size_t i = view.dim(); i-- > 0;) {
        group *= view.sizes[i];
        const bool ends = i == 0 || (view.sizes[i - 1] != 1 && view.strides[i - 1] != group * base);
        if (!ends) {
            continue;
        }
        while (next > 0 && (used < group || sizes[next - 1] == 1)) {
            strides[--next] = used * base;
            used *= sizes[next];
        }
        if (used != group) {
            return std::nullopt;
        }
        if (i > 0) {
            base = view.strides[i - 1];
            group = used = 1;
        }
    }
    return next == 0 ? std::optional(strides) : std::nullopt;
}

std::optional<Extents> infer_sizes(Extents sizes, std::int64_t numel) {
    std::int64_t known = 1;
    auto open = sizes.end();
    for (auto size = sizes.begin(); size != sizes.end(); ++size) {
        if (*size == -1 && open == sizes.end()) {
            open = size;
        } else if (*size < 0 || __builtin_mul_overflow(known, *size, &known)) {
            return std::nullopt;
        }
    }
    if (open != sizes.end()) {
        if (known == 0 || numel % known != 0) {
            return std::nullopt;
        }
        *open = numel / known;
        known = numel;
    }
    return known == numel ? std::optional(std::move(sizes)) : std::nullopt;
}

std::optional<Extents> broadcast(const Extents& a, const Extents& b) {
    Extents result(std::max(a.size(), b.size()));
    for (std::size_t i = 1; i <= result.size(); ++i) {
        const std::int64_t of_a = i <= a.size() ? a[a.size() - i] : 1;
        const std::int64_t of_b = i <= b.size() ? b[b.size() - i] : 1;
        if (of_a != of_b && of_a != 1 && of_b != 1) {
            return std::nullopt;
        }
        result[result.size() - i] = of_a == 1 ? of_b : of_a;
    }
    return result;
}

std::optional<View> expanded(const View& view, const Extents& sizes) {
    if (sizes.size() < view.dim()) {
        return std::nullopt;
    }
    View result{sizes, Extents(sizes.size(), 0), view.offset};
    const std::size_t added = sizes.size() - view.dim();
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const std::int64_t size = i < added ? 1 : view.sizes[i - added];
        if (result.sizes[i] == -1 && i >= added) {
            result.sizes[i] = size;
        }
        if (result.sizes[i] == size && i >= added) {
            result.strides[i] = view.strides[i - added];
        } else if (size != 1 || result.sizes[i] < 0) {
            return std::nullopt;
        }
    }
    return result;
}

std::string to_text(const Extents& sizes) {
    return fmt::format("[{}]", fmt::join(sizes, ", "));
}

} // namespace assay::plan
