#include "fixtures.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gtest/gtest.h>

#include "ptx/parser.h"
#include "source_dir.h"

namespace assay::ptx {

namespace {

const std::string header = ".version 9.0\n.target sm_90\n.address_size 64\n";

std::string in_body(const std::string& statements) {
    return header + ".func f() {\n" + statements + "\n}\n";
}

} // namespace

std::vector<std::filesystem::path> corpus_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() + "/tests/unit/ptx/corpus")) {
        if (entry.path().extension() == ".ptx") {
            files.push_back(entry.path());
        }
    }
    if (files.empty()) {
        throw std::runtime_error("the PTX corpus is empty");
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Module must_parse(const std::string& text) {
    Result<Module> module = parse(text);
    if (!module) {
        ADD_FAILURE() << module.error().to_string() << "\nin:\n" << text;
        return {};
    }
    return std::move(*module);
}

Module module_of(const std::string& items) {
    return must_parse(header + items);
}

Scope body_of(const std::string& statements) {
    Module module = must_parse(in_body(statements));
    return module.items.empty() ? Scope{} : std::move(*std::get<Function>(module.items.at(0)).body);
}

Instruction instruction_of(const std::string& text) {
    Scope body = body_of(text);
    if (body.statements.size() != 1) {
        ADD_FAILURE() << "not one instruction: " << text;
        return {};
    }
    return std::move(std::get<Instruction>(body.statements[0]));
}

Variable variable_of(const std::string& text) {
    Module module = module_of(text);
    if (module.items.size() != 1) {
        ADD_FAILURE() << "not one variable: " << text;
        return {};
    }
    return std::move(std::get<Variable>(module.items[0]));
}

std::string error_of(const std::string& text) {
    const Result<Module> module = parse(text);
    return module ? "parsed" : module.error().to_string();
}

std::string error_in_module(const std::string& items) {
    return error_of(header + items);
}

std::string error_in_body(const std::string& statements) {
    return error_of(in_body(statements));
}

} // namespace assay::ptx
