#include "scenarios/engine/pending.h"

namespace cardrig::scenario {

void Pending::see(const Event& e) {
  if (e.kind == "journal.committed") {
    const std::string row = e.text("attempt") + "/" + e.text("card");
    if (e.text("phase") == "settled") {
      open_.erase(row);
      due_[row] = e.text("key");
    } else {
      open_.insert(row);
    }
  }
  // The power may fail after a commit and before its event: the platform's word counts too.
  const bool reported = e.kind == "issuance.report" && e.text("result") == "ok";
  if (reported || e.kind == "journal.acknowledged") settle(e.text("key"));
}

nlohmann::json Pending::to_json() const {
  return {{"reports", due_.size()}, {"open", open_.size()}};
}

/// The key of a later report of the same row (attempt/card/found) settles the earlier one; an
/// earlier key does not settle the later report.
void Pending::settle(const std::string& key) {
  std::erase_if(due_, [&](const auto& due) {
    return key == due.second || key.starts_with(due.second + "/");
  });
  open_.erase(key);
}

}  // namespace cardrig::scenario
