#pragma once

namespace CLI {
class App;
}

namespace meterway::apps {

/// `meterway person certificate` and `meterway person trust`: client certificates that stand for persons.
void add_person_certificate(CLI::App& person, int& status);

}  // namespace meterway::apps
