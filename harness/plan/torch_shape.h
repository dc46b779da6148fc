// Shapes and strides, as PyTorch has them (its documentation: Tensor Views; torch.Tensor.view).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace assay::plan {

using Extents = std::vector<std::int64_t>;

/// PyTorch's number of an element type (c10::ScalarType), and back.
[[nodiscard]] int scalar_type_of(tasks::DType dtype);
[[nodiscard]] std::optional<tasks::DType> dtype_of(std::int64_t scalar_type);
/// "Float", as in PyTorch's messages.
[[nodiscard]] std::string_view torch_name(tasks::DType dtype);

struct View {
    Extents sizes, strides;  ///< strides in elements
    std::int64_t offset = 0; ///< in elements, from the start of the storage

    [[nodiscard]] std::size_t dim() const { return sizes.size(); }
    [[nodiscard]] std::int64_t numel() const;
    [[nodiscard]] bool is_contiguous() const;
    /// Whether the elements fill one piece of memory, in whatever order.
    [[nodiscard]] bool is_dense() const;
    /// Whether dimension 1 is the innermost: channels last, of 4 or 5 dimensions.
    [[nodiscard]] bool is_channels_last() const;
};

/// The product, or none where it does not fit or an extent is negative.
[[nodiscard]] std::optional<std::int64_t> product(const Extents& sizes);
[[nodiscard]] Extents contiguous_strides(const Extents& sizes);
[[nodiscard]] Extents channels_last_strides(const Extents& sizes);
/// Strides under which the same elements have other sizes; none: they have to be copied.
[[nodiscard]] std::optional<Extents> strides_for(const View& view, const Extents& sizes);
/// Replaces a -1 by what is left; none: the sizes do not fit.
[[nodiscard]] std::optional<Extents> infer_sizes(Extents sizes, std::int64_t numel);
/// Sizes that both broadcast to.
[[nodiscard]] std::optional<Extents> broadcast(const Extents& a, const Extents& b);
/// The view repeated along new or 1-wide dimensions; none: it cannot be.
[[nodiscard]] std::optional<View> expanded(const View& view, const Extents& sizes);

/// "[2, 3]"
[[nodiscard]] std::string to_text(const Extents& sizes);

} // namespace assay::plan
