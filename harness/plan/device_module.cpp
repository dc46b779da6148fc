// The device's part of a module.
//
// From the roots on, every module-level name that a body, an initial value or an alias mentions is kept, with all its
// declarations; the rest goes, host functions among it. Names of registers and labels cannot be confused with those:
// the worst that a coincidence does is to keep too much. Debug sections describe the code as it was, so only the string
// table stays, to which `.loc` refers.
//
// Variables get external linkage: the plan names them (cudaMemcpyToSymbol), also static ones.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "plan/record.h"
#include "ptx/printer.h"

namespace assay::plan {

namespace {

ptx::Scope clone(const ptx::Scope& scope) {
    ptx::Scope copy;
    copy.position = scope.position;
    for (const ptx::Statement& statement : scope.statements) {
        std::visit(
            [&]<class T>(const T& value) {
                if constexpr (std::is_same_v<T, std::unique_ptr<ptx::Scope>>) {
                    copy.statements.emplace_back(std::make_unique<ptx::Scope>(clone(*value)));
                } else {
                    copy.statements.emplace_back(value);
                }
            },
            statement);
    }
    return copy;
}

ptx::Function clone(const ptx::Function& function) {
    ptx::Function copy{.linkage = function.linkage,
                       .entry = function.entry,
                       .attributes = function.attributes,
                       .name = function.name,
                       .returns = function.returns,
                       .parameters = function.parameters,
                       .directives = function.directives,
                       .body = std::nullopt,
                       .position = function.position};
    if (function.body) {
        copy.body = clone(*function.body);
    }
    return copy;
}

/// `.alias name, aliasee`
struct Alias {
    std::string name, aliasee;
};

std::optional<Alias> read_alias(const ptx::Directive& directive) {
    const std::size_t comma = directive.text.find(',');
    if (directive.name != "alias" || comma == std::string::npos) {
        return std::nullopt;
    }
    const auto trim = [](std::string text) {
        std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == ';'; });
        return text;
    };
    return Alias{trim(directive.text.substr(0, comma)), trim(directive.text.substr(comma + 1))};
}

/// The module-level names that are reached.
class Names {
public:
    explicit Names(const ptx::Module& module) {
        for (const ptx::TopLevel& item : module.items) {
            if (const auto* function = std::get_if<ptx::Function>(&item)) {
                items_[function->name].push_back(&item);
            } else if (const auto* variable = std::get_if<ptx::Variable>(&item)) {
                items_[variable->name].push_back(&item);
            } else if (const auto* directive = std::get_if<ptx::Directive>(&item)) {
                if (const auto alias = read_alias(*directive)) {
                    items_[alias->name].push_back(&item);
                }
            }
        }
    }

    void add(const std::string& name) {
        if (items_.contains(name) && kept_.insert(name).second) {
            open_.push_back(name);
        }
    }

    std::set<std::string> close() {
        while (!open_.empty()) {
            const std::string name = open_.back();
            open_.pop_back();
            for (const ptx::TopLevel* item : items_[name]) {
                scan(*item);
            }
        }
        return std::move(kept_);
    }

private:
    void scan(const ptx::TopLevel& item) {
        if (const auto* function = std::get_if<ptx::Function>(&item); function != nullptr && function->body) {
            scan(*function->body);
        } else if (const auto* variable = std::get_if<ptx::Variable>(&item)) {
            scan(*variable);
        } else if (const auto* directive = std::get_if<ptx::Directive>(&item)) {
            if (const auto alias = read_alias(*directive)) {
                add(alias->aliasee);
            }
        }
    }

    void scan(const ptx::Scope& scope) {
        for (const ptx::Statement& statement : scope.statements) {
            if (const auto* instruction = std::get_if<ptx::Instruction>(&statement)) {
                scan(instruction->operands);
            } else if (const auto* variable = std::get_if<ptx::Variable>(&statement)) {
                scan(*variable);
            } else if (const auto* targets = std::get_if<ptx::Targets>(&statement)) {
                for (const std::string& name : targets->names) {
                    add(name);
                }
            } else if (const auto* inner = std::get_if<std::unique_ptr<ptx::Scope>>(&statement)) {
                scan(**inner);
            }
        }
    }

    void scan(const std::vector<ptx::Operand>& operands) {
        for (const ptx::Operand& operand : operands) {
            if (!operand.name.empty()) {
                add(operand.name);
            }
            scan(operand.elements);
        }
    }

    void scan(const ptx::Variable& variable) {
        if (variable.initializer) {
            scan(*variable.initializer);
        }
    }

    void scan(const ptx::Initializer& initializer) {
        if (const auto* operand = std::get_if<ptx::Operand>(&initializer.value)) {
            scan(std::vector{*operand});
        } else {
            for (const ptx::Initializer& element : std::get<std::vector<ptx::Initializer>>(initializer.value)) {
                scan(element);
            }
        }
    }

    std::map<std::string, std::vector<const ptx::TopLevel*>> items_;
    std::set<std::string> kept_;
    std::vector<std::string> open_;
};

bool is_string_table(const ptx::Section& section) {
    return section.text.find(".debug_str") != std::string::npos;
}

/// What the compiler names itself begins with a dollar: no plan refers to it.
void make_visible(ptx::Variable& variable) {
    const bool device = variable.space == "global" || variable.space == "const";
    if (device && variable.linkage.empty() && !variable.name.starts_with('$')) {
        variable.linkage.emplace_back("visible");
    }
}

} // namespace

std::set<std::string> device_names(const ptx::Module& module, const std::vector<std::string>& roots) {
    Names names(module);
    for (const std::string& root : roots) {
        names.add(root);
    }
    return names.close();
}

std::string device_module(const ptx::Module& module, const std::vector<std::string>& roots) {
    const std::set<std::string> kept = device_names(module, roots);
    ptx::Module result;
    result.version_major = module.version_major;
    result.version_minor = module.version_minor;
    result.targets = module.targets;
    result.address_size = module.address_size;
    for (const ptx::TopLevel& item : module.items) {
        if (const auto* function = std::get_if<ptx::Function>(&item)) {
            if (kept.contains(function->name)) {
                result.items.emplace_back(clone(*function));
            }
        } else if (const auto* variable = std::get_if<ptx::Variable>(&item)) {
            if (kept.contains(variable->name)) {
                make_visible(std::get<ptx::Variable>(result.items.emplace_back(*variable)));
            }
        } else if (const auto* section = std::get_if<ptx::Section>(&item)) {
            if (is_string_table(*section)) {
                result.items.emplace_back(*section);
            }
        } else if (const auto* directive = std::get_if<ptx::Directive>(&item)) {
            const auto alias = read_alias(*directive);
            if (!alias || kept.contains(alias->name)) {
                result.items.emplace_back(*directive);
            }
        } else {
            result.items.emplace_back(std::get<ptx::File>(item));
        }
    }
    return ptx::print(result);
}

} // namespace assay::plan
