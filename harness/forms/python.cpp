// The interpreter's functions are looked up by name, so that nothing of Python is needed to build Assay or to run it
// without Python files. Those few that are used are part of the stable C API, but for PyRun_String, which every version
// has. Texts go in as literals of hexadecimal digits, which need no escaping.
#include "forms/python.h"

#include <algorithm>
#include <dlfcn.h>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace assay::embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> python; // generated, see cmake/embed.cmake
}

namespace assay::forms {

namespace {

using Object = void;
constexpr int file_input = 257, eval_input = 258; // of the C API: Py_file_input, Py_eval_input

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::string literal(std::string_view text) {
    return fmt::format("bytes.fromhex('{}').decode()", hex(text));
}

/// Imports from a table of sources; what is embedded comes before what is installed.
constexpr std::string_view importer = R"(
import importlib.abc, importlib.machinery, importlib.util, sys
class Embedded(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        base = name.replace('.', '/')
        for file in (base + '.py', base + '/__init__.py'):
            if file in sources:
                return importlib.machinery.ModuleSpec(name, self, origin=file, is_package=file.endswith('__init__.py'))
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        exec(compile(sources[module.__spec__.origin], module.__spec__.origin, 'exec'), module.__dict__)
sys.meta_path.insert(0, Embedded())
sys.dont_write_bytecode = True
)";

} // namespace

struct Python::Functions {
    void (*initialize)(int) = nullptr;
    Object* (*add_module)(const char*) = nullptr;
    Object* (*module_dictionary)(Object*) = nullptr;
    Object* (*run)(const char*, int, Object*, Object*) = nullptr;
    const char* (*text)(Object*, std::ptrdiff_t*) = nullptr;
    void (*release)(Object*) = nullptr;
    void (*print_error)() = nullptr;
    Object* names = nullptr; ///< of the module __main__
};

Result<Python> Python::start() {
    void* library = nullptr;
    for (int minor = 14; minor >= 9 && library == nullptr; --minor) {
        library = dlopen(fmt::format("libpython3.{}.so.1.0", minor).c_str(), RTLD_NOW | RTLD_GLOBAL);
    }
    if (library == nullptr) {
        return fail("no shared library of Python 3 is installed", "libpython3", "install libpython3-dev");
    }
    static Functions functions;
    bool found = true;
    const auto look_up = [&](auto& function, const char* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        found = found && function != nullptr;
    };
    look_up(functions.initialize, "Py_InitializeEx");
    look_up(functions.add_module, "PyImport_AddModule");
    look_up(functions.module_dictionary, "PyModule_GetDict");
    look_up(functions.run, "PyRun_String");
    look_up(functions.text, "PyUnicode_AsUTF8AndSize");
    look_up(functions.release, "Py_DecRef");
    look_up(functions.print_error, "PyErr_Print");
    if (!found) {
        return fail("the shared library of Python lacks a function", "libpython3");
    }
    // Neither environment nor the user's packages: only the standard library.
    for (const char* flag :
         {"Py_IsolatedFlag", "Py_NoSiteFlag", "Py_IgnoreEnvironmentFlag", "Py_NoUserSiteDirectory"}) {
        if (auto* const value = static_cast<int*>(dlsym(library, flag)); value != nullptr) {
            *value = 1;
        }
    }
    functions.initialize(0);
    functions.names = functions.module_dictionary(functions.add_module("__main__"));
    const Python python(&functions);
    std::string program = "sources = {}\n";
    for (const auto& [name, text] : embedded::python) {
        program += fmt::format("sources['{}'] = {}\n", name, literal(text));
    }
    program += importer;
    Object* const result = functions.run(program.c_str(), file_input, functions.names, functions.names);
    if (result == nullptr) {
        functions.print_error();
        return fail("Python's start-up failed", "libpython3");
    }
    functions.release(result);
    return python;
}

Result<std::string> Python::evaluate(const std::string& expression) const {
    Object* const result = functions_->run(expression.c_str(), eval_input, functions_->names, functions_->names);
    std::ptrdiff_t bytes = 0;
    const char* const text = result == nullptr ? nullptr : functions_->text(result, &bytes);
    if (text == nullptr) {
        functions_->print_error(); // to the worker's log
        return fail("a Python function of Assay's failed", "forms/python");
    }
    std::string copy(text, static_cast<std::size_t>(bytes));
    functions_->release(result);
    return copy;
}

Result<> Python::load(const std::string& module) const {
    const auto name = evaluate(fmt::format("__import__('{}').__name__", module));
    return name ? Result<>() : std::unexpected(name.error());
}

Result<std::string> Python::call(const std::string& module, const std::string& function,
                                 const std::string& text) const {
    return evaluate(fmt::format("__import__('{}').{}({})", module, function, literal(text)));
}

Result<std::vector<std::filesystem::path>> Python::folders() const {
    const auto joined = evaluate("'\\n'.join(path for path in sys.path if path)");
    if (!joined) {
        return std::unexpected(joined.error());
    }
    std::vector<std::filesystem::path> folders;
    for (std::size_t at = 0; at < joined->size();) {
        const std::size_t end = std::min(joined->find('\n', at), joined->size());
        const std::filesystem::path folder = joined->substr(at, end - at);
        if (std::filesystem::exists(folder)) {
            folders.push_back(folder);
        }
        at = end + 1;
    }
    return folders;
}

} // namespace assay::forms
