#include "isa/types.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay::isa {

namespace {

/// What there is to know about a type, in the order of the enum.
struct TypeRow {
    std::string_view name;
    std::uint8_t bits;
    bool floating;
    bool is_signed;
    Type element; ///< of a packed type; None for a scalar
};

constexpr std::array<TypeRow, 32> kTypes{{
    {"none", 0, false, false, Type::None},   {"pred", 1, false, false, Type::None},
    {"b1", 1, false, false, Type::None},     {"u4", 4, false, false, Type::None},
    {"s4", 4, false, true, Type::None},      {"b8", 8, false, false, Type::None},
    {"u8", 8, false, false, Type::None},     {"s8", 8, false, true, Type::None},
    {"b16", 16, false, false, Type::None},   {"u16", 16, false, false, Type::None},
    {"s16", 16, false, true, Type::None},    {"f16", 16, true, false, Type::None},
    {"bf16", 16, true, false, Type::None},   {"b32", 32, false, false, Type::None},
    {"u32", 32, false, false, Type::None},   {"s32", 32, false, true, Type::None},
    {"f32", 32, true, false, Type::None},    {"tf32", 32, true, false, Type::None},
    {"f16x2", 32, true, false, Type::F16},   {"bf16x2", 32, true, false, Type::BF16},
    {"u16x2", 32, false, false, Type::U16},  {"s16x2", 32, false, true, Type::S16},
    {"e4m3", 8, true, false, Type::None},    {"e5m2", 8, true, false, Type::None},
    {"e4m3x2", 16, true, false, Type::E4M3}, {"e5m2x2", 16, true, false, Type::E5M2},
    {"b64", 64, false, false, Type::None},   {"u64", 64, false, false, Type::None},
    {"s64", 64, false, true, Type::None},    {"f64", 64, true, false, Type::None},
    {"f32x2", 64, true, false, Type::F32},   {"b128", 128, false, false, Type::None},
}};
static_assert(kTypes[static_cast<std::size_t>(Type::B128)].name == "b128");
static_assert(kTypes[static_cast<std::size_t>(Type::E5M2x2)].name == "e5m2x2");

const TypeRow& row(Type type) {
    return kTypes[static_cast<std::size_t>(type)];
}

/// In the order of the enum.
constexpr std::array<std::string_view, 49> kSpecials{
    "%tid.x",
    "%tid.y",
    "%tid.z",
    "%ntid.x",
    "%ntid.y",
    "%ntid.z",
    "%ctaid.x",
    "%ctaid.y",
    "%ctaid.z",
    "%nctaid.x",
    "%nctaid.y",
    "%nctaid.z",
    "%laneid",
    "%warpid",
    "%nwarpid",
    "%smid",
    "%nsmid",
    "%gridid",
    "WARP_SZ",
    "%lanemask_eq",
    "%lanemask_le",
    "%lanemask_lt",
    "%lanemask_ge",
    "%lanemask_gt",
    "%clock",
    "%clock_hi",
    "%clock64",
    "%globaltimer",
    "%globaltimer_lo",
    "%globaltimer_hi",
    "%dynamic_smem_size",
    "%total_smem_size",
    "%aggr_smem_size",
    "%envreg",
    "%clusterid.x",
    "%clusterid.y",
    "%clusterid.z",
    "%nclusterid.x",
    "%nclusterid.y",
    "%nclusterid.z",
    "%cluster_ctaid.x",
    "%cluster_ctaid.y",
    "%cluster_ctaid.z",
    "%cluster_nctaid.x",
    "%cluster_nctaid.y",
    "%cluster_nctaid.z",
    "%cluster_ctarank",
    "%cluster_nctarank",
    "%is_explicit_cluster",
};
static_assert(kSpecials[static_cast<std::size_t>(Special::Envreg)] == "%envreg");
static_assert(kSpecials[static_cast<std::size_t>(Special::IsExplicitCluster)] == "%is_explicit_cluster");

} // namespace

unsigned bits_of(Type type) {
    return row(type).bits;
}

bool is_float(Type type) {
    return row(type).floating;
}

bool is_signed(Type type) {
    return row(type).is_signed;
}

bool is_packed(Type type) {
    return row(type).element != Type::None;
}

Type element_of(Type packed) {
    return is_packed(packed) ? row(packed).element : packed;
}

std::string_view to_string(Type type) {
    return row(type).name;
}

std::optional<Type> type_from(std::string_view name) {
    for (std::size_t i = 1; i < kTypes.size(); ++i) {
        if (kTypes[i].name == name) {
            return static_cast<Type>(i);
        }
    }
    return std::nullopt;
}

std::string_view to_string(Space space) {
    constexpr std::array<std::string_view, 7> names{"generic", "global", "shared",         "local",
                                                    "const",   "param",  "shared::cluster"};
    return names[static_cast<std::size_t>(space)];
}

std::string_view to_string(Special special) {
    return kSpecials[static_cast<std::size_t>(special)];
}

std::optional<Special> special_from(std::string_view name) {
    const auto* found = std::ranges::find(kSpecials, name);
    if (found == kSpecials.end() || *found == "%envreg") {
        return std::nullopt;
    }
    return static_cast<Special>(found - kSpecials.begin());
}

} // namespace assay::isa
