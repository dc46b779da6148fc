#include "plan/torch_table.h"

#include <algorithm>

namespace assay::plan {

namespace {

struct Row {
    std::string_view name;
    Torch::Answer answer;
};

constexpr Row rows[] = {
    {"dim", &Torch::dim},
    {"numel", &Torch::numel},
    {"size", &Torch::size},
    {"stride", &Torch::stride},
    {"sizes", &Torch::sizes},
    {"strides", &Torch::strides},
    {"storage_offset", &Torch::storage_offset},
    {"scalar_type", &Torch::scalar_type},
    {"device", &Torch::device},
    {"is_contiguous", &Torch::is_contiguous},
    {"is_dense", &Torch::is_dense},
    {"data_ptr", &Torch::data_ptr},
    {"check_dim", &Torch::check_dim},
    {"fail", &Torch::fail},
    {"str", &Torch::str},
    {"view", &Torch::view},
    {"view_dtype", &Torch::view_dtype},
    {"reshape", &Torch::reshape},
    {"flatten", &Torch::flatten},
    {"unflatten", &Torch::unflatten},
    {"squeeze", &Torch::squeeze},
    {"unsqueeze", &Torch::unsqueeze},
    {"transpose", &Torch::transpose},
    {"t", &Torch::t},
    {"permute", &Torch::permute},
    {"movedim", &Torch::movedim},
    {"expand", &Torch::expand},
    {"select", &Torch::select},
    {"narrow", &Torch::narrow},
    {"slice", &Torch::slice},
    {"diagonal", &Torch::diagonal},
    {"as_strided", &Torch::as_strided},
    {"index", &Torch::index},
    {"make", &Torch::make},
    {"make_strided", &Torch::make_strided},
    {"new", &Torch::make_new},
    {"new_options", &Torch::make_new_options},
    {"arange", &Torch::arange},
    {"tensor", &Torch::tensor_of_list},
    {"from_blob", &Torch::from_blob},
    {"resize_", &Torch::resize},
    {"contiguous", &Torch::contiguous},
    {"clone", &Torch::clone},
    {"to", &Torch::to},
    {"to_options", &Torch::to_options},
    {"copy_", &Torch::copy},
    {"fill_", &Torch::fill},
    {"item", &Torch::item},
    {"repeat", &Torch::repeat},
    {"cat", &Torch::cat},
    {"stack", &Torch::stack},
    {"exp", &Torch::unary},
    {"log", &Torch::unary},
    {"sqrt", &Torch::unary},
    {"rsqrt", &Torch::unary},
    {"abs", &Torch::unary},
    {"neg", &Torch::unary},
    {"square", &Torch::unary},
    {"reciprocal", &Torch::unary},
    {"erf", &Torch::unary},
    {"sin", &Torch::unary},
    {"cos", &Torch::unary},
    {"relu", &Torch::unary},
    {"sigmoid", &Torch::unary},
    {"tanh", &Torch::unary},
    {"silu", &Torch::unary},
    {"softplus", &Torch::unary},
    {"mish", &Torch::unary},
    {"gelu", &Torch::unary},
    {"gelu_tanh", &Torch::unary},
    {"leaky_relu", &Torch::unary},
    {"elu", &Torch::unary},
    {"hardswish", &Torch::unary},
    {"hardsigmoid", &Torch::unary},
    {"clamp", &Torch::unary},
    {"softsign", &Torch::unary},
    {"add", &Torch::binary},
    {"sub", &Torch::binary},
    {"mul", &Torch::binary},
    {"div", &Torch::binary},
    {"maximum", &Torch::binary},
    {"minimum", &Torch::binary},
    {"pow", &Torch::binary},
    {"gt", &Torch::comparison},
    {"ge", &Torch::comparison},
    {"lt", &Torch::comparison},
    {"le", &Torch::comparison},
    {"eq", &Torch::comparison},
    {"ne", &Torch::comparison},
    {"where", &Torch::where},
    {"selu", &Torch::unary},
    {"flip", &Torch::flip},
    {"index_select", &Torch::index_select},
    {"gather", &Torch::gather},
    {"topk_places", &Torch::topk_places},
    {"sum", &Torch::reduction},
    {"mean", &Torch::reduction},
    {"prod", &Torch::reduction},
    {"amax", &Torch::reduction},
    {"amin", &Torch::reduction},
    {"logsumexp", &Torch::reduction},
    {"argmax", &Torch::extreme_index},
    {"argmin", &Torch::extreme_index},
    {"cumsum", &Torch::along},
    {"cumprod", &Torch::along},
    {"softmax", &Torch::along},
    {"log_softmax", &Torch::along},
    {"matmul", &Torch::matmul},
    {"linear", &Torch::linear},
    {"conv1d", &Torch::convolution},
    {"conv2d", &Torch::convolution},
    {"conv3d", &Torch::convolution},
    {"conv_transpose1d", &Torch::convolution},
    {"conv_transpose2d", &Torch::convolution},
    {"conv_transpose3d", &Torch::convolution},
    {"batch_norm", &Torch::normalization},
    {"instance_norm", &Torch::normalization},
    {"group_norm", &Torch::normalization},
    {"layer_norm", &Torch::normalization},
    {"max_pool", &Torch::pooling},
    {"avg_pool", &Torch::pooling},
    {"adaptive_avg_pool", &Torch::adaptive_pooling},
    {"attention", &Torch::attention},
    {"define", &Torch::define},
    {"define.argument", &Torch::define_argument},
    {"schema", &Torch::schema},
    {"argument", &Torch::argument},
    {"argument.is_none", &Torch::argument_is_none},
    {"argument.count", &Torch::argument_count},
    {"argument.element", &Torch::argument_element},
    {"result", &Torch::result},
};

} // namespace

Torch::Answer find_torch_operation(std::string_view name) {
    const auto row = std::ranges::find(rows, name, &Row::name);
    return row == std::end(rows) ? nullptr : row->answer;
}

std::vector<std::string_view> torch_operations() {
    std::vector<std::string_view> names;
    for (const Row& row : rows) {
        names.push_back(row.name);
    }
    return names;
}

} // namespace assay::plan
