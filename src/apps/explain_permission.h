#pragma once

namespace CLI {
class App;
}

namespace meterway::apps {

/// `meterway explain permission FUNCTION --as PERSON`.
CLI::App* add_explain_permission(CLI::App& explain, int& status);

}  // namespace meterway::apps
