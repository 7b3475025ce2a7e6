// The platform's own store, in SQLite: in memory or in a file. It knows no rules.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mock-platform/types.h"

struct sqlite3;

namespace cardrig::mock_platform {

struct ClaimRow {
  std::string attempt_id;
  std::string permit_id;  ///< "": released before the platform heard of it
  std::string terminal;
  ClaimState state = ClaimState::kNone;
  std::int64_t granted_at_ms = 0;
  int spoilt = 0;
};

struct ReportRow {
  std::string key;
  std::string attempt_id;
  std::string permit_id;
  int card_number = 1;
  Outcome outcome = Outcome::kUnknown;
  bool may_print_again = false;
  ClaimState state = ClaimState::kNone;  ///< of the claim, after this report
  bool current = true;  ///< false: replaced by what staff found later
};

/// A look-up by number that failed. The same number counts once in a session.
struct LookupRow {
  std::string terminal;
  std::string session;
  std::string number;
  std::string permit_id;  ///< whose number it is, if of another person; "": nobody's
  std::int64_t at_ms = 0;
};

/// Errors of the database itself are thrown: std::runtime_error.
class Store {
 public:
  /// ":memory:" or a path.
  explicit Store(const std::string& path);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Rolls back unless committed.
  class Transaction {
   public:
    explicit Transaction(Store& store);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    Store& store_;
    bool open_ = true;
  };

  /// The certificate's photo is not in the Permit: it is kept as it is sent.
  void put_permit(const Permit& permit, const std::vector<std::uint8_t>& photo_jpeg);
  void set_permit_state(const std::string& permit_id, PermitState state);
  [[nodiscard]] std::optional<Permit> permit(const std::string& permit_id);
  [[nodiscard]] std::vector<std::uint8_t> photo_jpeg(const std::string& permit_id);
  [[nodiscard]] std::vector<std::string> permit_ids();  ///< sorted
  [[nodiscard]] std::vector<std::string> permits_of(const std::string& id_number);  ///< sorted

  /// The permit whose record has this number; "": none.
  [[nodiscard]] std::string permit_of_number(const std::string& record_number);

  void put_lookup(const LookupRow& lookup);
  [[nodiscard]] std::optional<LookupRow> lookup(const std::string& terminal,
                                                const std::string& session,
                                                const std::string& number);
  /// Failed ones.
  [[nodiscard]] int lookups_of(const std::string& terminal, const std::string& session);
  [[nodiscard]] int foreign_lookups(const std::string& permit_id);

  void put_claim(const ClaimRow& claim);
  [[nodiscard]] std::optional<ClaimRow> claim(const std::string& attempt_id);
  [[nodiscard]] std::vector<ClaimRow> claims_of(const std::string& permit_id);  ///< oldest first

  void put_report(const ReportRow& report);
  [[nodiscard]] std::optional<ReportRow> report(const std::string& key);
  [[nodiscard]] std::vector<ReportRow> reports_of(const std::string& attempt_id);  ///< current ones
  /// Cards reported on a permit with this outcome, replaced reports not counted.
  [[nodiscard]] int count(const std::string& permit_id, Outcome outcome);

  /// False: seen before. Forgets those that ended before `now_ms`.
  bool remember_nonce(const std::string& nonce, std::int64_t ends_ms, std::int64_t now_ms);

 private:
  void run(const char* sql);
  /// What a file of an older version does not have.
  void add_columns();
  sqlite3* db_ = nullptr;
};

}  // namespace cardrig::mock_platform
