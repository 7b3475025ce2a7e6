// Encodes and decodes a journal record field by field.
#include "kiosk/journal/record_codec.h"

#include <concepts>
#include <limits>

namespace cardrig::journal {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint32_t kLongestString = 4096;  // no field of a record comes near it

class Writer {
 public:
  template <std::integral T>
  void number(T value) {
    auto bits = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i, bits >>= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(bits));
    }
  }
  void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
  void text(const std::string& s) {
    number(static_cast<std::uint32_t>(s.size()));
    bytes_.insert(bytes_.end(), s.begin(), s.end());
  }
  void date(const Date& d) {
    number(static_cast<std::int32_t>(d.year));
    number(static_cast<std::uint8_t>(d.month));
    number(static_cast<std::uint8_t>(d.day));
  }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Reads on after the first mistake and gives zeros: look at good() once at the end.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : left_(bytes) {}

  template <std::integral T>
  T number() {
    if (left_.size() < sizeof(T)) return bad<T>();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits |= std::uint64_t{left_[i]} << (8 * i);
    left_ = left_.subspan(sizeof(T));
    return static_cast<T>(bits);
  }
  /// A number in [low, high].
  template <std::integral T>
  int within(int low, int high) {
    const auto n = number<T>();
    if (n < static_cast<T>(low) || n > static_cast<T>(high)) good_ = false;
    return static_cast<int>(n);
  }
  bool flag() { return within<std::uint8_t>(0, 1) == 1; }
  std::string text() {
    const auto size = number<std::uint32_t>();
    if (size > kLongestString || size > left_.size()) return bad<std::string>();
    std::string s(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(size));
    left_ = left_.subspan(size);
    return s;
  }
  Date date() {
    Date d;
    d.year = within<std::int32_t>(0, 9999);
    d.month = within<std::uint8_t>(0, 12);
    d.day = within<std::uint8_t>(0, 31);
    return d;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  template <class T>
  T bad() {
    good_ = false;
    left_ = {};
    return T{};
  }
  std::span<const std::uint8_t> left_;
  bool good_ = true;
};

void put(Writer& w, const certificate::Certificate& c) {
  for (const auto* s : {&c.permit_id, &c.number, &c.name, &c.sex, &c.category_code, &c.category,
                        &c.item_code, &c.item, &c.authority, &c.qr_payload}) {
    w.text(*s);
  }
  for (const auto& d : {c.first_issued, c.valid_from, c.valid_to, c.review_due}) w.date(d);
}

certificate::Certificate get_certificate(Reader& r) {
  certificate::Certificate c;
  for (auto* s : {&c.permit_id, &c.number, &c.name, &c.sex, &c.category_code, &c.category,
                  &c.item_code, &c.item, &c.authority, &c.qr_payload}) {
    *s = r.text();
  }
  for (auto* d : {&c.first_issued, &c.valid_from, &c.valid_to, &c.review_due}) *d = r.date();
  return c;
}

void put(Writer& w, const Baseline& b) {
  for (const auto n : {b.cards_fed_total, b.cards_printed_total, b.cards_rejected_total}) {
    w.number(n);
  }
  for (const auto n : {b.cards_seen_total, b.cards_taken_total}) w.number(n);
}

Baseline get_baseline(Reader& r) {
  Baseline b;
  for (auto* n : {&b.cards_fed_total, &b.cards_printed_total, &b.cards_rejected_total}) {
    *n = r.number<std::uint32_t>();
  }
  for (auto* n : {&b.cards_seen_total, &b.cards_taken_total}) {
    *n = r.number<std::uint16_t>();
  }
  return b;
}

}  // namespace

std::vector<std::uint8_t> encode_record(const Record& record) {
  Writer w;
  w.number(kVersion);
  w.text(record.attempt_id);
  w.text(record.permit_id);
  w.text(record.person.document_type);
  w.text(record.person.id_number);
  w.text(record.person.name);
  w.number(static_cast<std::uint8_t>(record.phase));
  w.number(record.started_at.unix_ms);
  w.flag(record.certificate.has_value());
  if (record.certificate) put(w, *record.certificate);
  w.number(static_cast<std::uint8_t>(record.card_number));
  put(w, record.baseline);
  w.number(static_cast<std::int32_t>(record.job_id));
  w.flag(record.outcome.has_value());
  if (record.outcome) w.number(static_cast<std::uint8_t>(*record.outcome));
  w.number(record.settled_at.unix_ms);
  w.text(record.detail);
  w.flag(record.staff_must_clear);
  w.flag(record.found_by_staff);
  return w.take();
}

Result<Record, JournalReason> decode_record(std::span<const std::uint8_t> bytes) {
  Reader r(bytes);
  if (r.number<std::uint8_t>() != kVersion) {
    return fail(JournalReason::kCorrupt, "a record of another version");
  }
  Record record;
  record.attempt_id = r.text();
  record.permit_id = r.text();
  record.person.document_type = r.text();
  record.person.id_number = r.text();
  record.person.name = r.text();
  record.phase = static_cast<Phase>(r.within<std::uint8_t>(0, static_cast<int>(Phase::kSettled)));
  record.started_at.unix_ms = r.number<std::int64_t>();
  if (r.flag()) record.certificate = get_certificate(r);
  record.card_number = r.within<std::uint8_t>(1, 2);
  record.baseline = get_baseline(r);
  record.job_id = r.number<std::int32_t>();
  if (r.flag()) {
    const int last = static_cast<int>(platform::Outcome::kUnknown);
    record.outcome = static_cast<platform::Outcome>(r.within<std::uint8_t>(0, last));
  }
  record.settled_at.unix_ms = r.number<std::int64_t>();
  record.detail = r.text();
  record.staff_must_clear = r.flag();
  record.found_by_staff = r.flag();
  const bool outcome_where_settled =
      record.outcome.has_value() == (record.phase == Phase::kSettled);
  if (!r.good() || !r.at_end() || !outcome_where_settled) {
    return fail(JournalReason::kCorrupt, "a record that does not decode");
  }
  return record;
}

}  // namespace cardrig::journal
