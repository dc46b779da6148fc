// How the table of the real driver is filled; apart from load_libcuda, so that it can be tested without a driver.
#pragma once

#include <functional>

#include "base/error.h"
#include "driver/functions.h"

namespace assay::driver {

/// Sets every member by `find`, which gives the address of an exported symbol or null. The Error names what is missing.
[[nodiscard]] Result<> fill_table(Table& table, const std::function<void*(const char*)>& find);

/// True for the table that load_libcuda gives out.
[[nodiscard]] bool is_libcuda(const Table& table);

} // namespace assay::driver
