// What a process that was taken over would try: each attack is a few system calls, and says whether it got through.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

/// {"through": bool, "errno": why not} of the attack {"attack": name, ...its arguments}.
nlohmann::json attack(const nlohmann::json& request);
