#pragma once
#include "apps/world.h"

namespace meterway::apps {

/// The four people of a demonstration, by the same commands that an operator has, each with a token in
/// DIR/people/NAME.token (0600); says how to sign in as one of them. People and tokens that are there stay. For a node
/// of the demonstration alone: whoever reads the folder is any of them. False: not all of them could be made.
bool make_demo_people(const DataFolder& data, const World& world);

}  // namespace meterway::apps
