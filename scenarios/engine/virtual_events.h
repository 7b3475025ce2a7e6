// Every kind of event of a virtual run: who says it, which fields it has, and what they can hold.
#pragma once

#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

/// Adds events, states and codes to a vocabulary that has its faults, people, documents, screens
/// and buttons already: some fields hold these.
void add_events(Vocabulary& vocabulary);

}  // namespace cardrig::scenario
