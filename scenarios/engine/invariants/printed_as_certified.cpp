// 4. What is printed is what the platform certified, for the person who matched.
//
// The certificate is taken from the bytes of the platform's own answers on the wire, drawn anew,
// and compared with the picture that the printer put on the card: whatever the kiosk mixed up on
// the way between them shows. Its number and name must be those of the document of this session.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "kiosk/certificate/card_face.h"
#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/pictures.h"

namespace cardrig::scenario {
namespace {

using nlohmann::json;

/// Cuts the answers out of one direction of an HTTP connection.
class HttpAnswers {
 public:
  void add(const std::vector<std::uint8_t>& bytes) { buffer_.append(bytes.begin(), bytes.end()); }

  /// The body of the next whole answer with status 200, skipping others; nothing: not there yet.
  std::optional<std::string> next() {
    static constexpr std::string_view kStart = "HTTP/1.1 ";
    while (buffer_.size() >= kStart.size()) {
      if (!buffer_.starts_with(kStart)) {  // no HTTP: another protocol, or damaged
        buffer_.clear();
        return std::nullopt;
      }
      const auto head_end = buffer_.find("\r\n\r\n");
      if (head_end == std::string::npos) return std::nullopt;
      const std::size_t length = content_length(buffer_.substr(0, head_end));
      const std::size_t whole = head_end + 4 + length;
      if (buffer_.size() < whole) return std::nullopt;
      const bool good = buffer_.compare(kStart.size(), 3, "200") == 0;
      std::string body = buffer_.substr(head_end + 4, length);
      buffer_.erase(0, whole);
      if (good) return body;
    }
    return std::nullopt;
  }

 private:
  static std::size_t content_length(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static constexpr std::string_view kName = "content-length:";
    const auto at = head.find(kName);
    if (at == std::string::npos) return 0;
    return static_cast<std::size_t>(std::strtoul(head.c_str() + at + kName.size(), nullptr, 10));
  }

  std::string buffer_;
};

std::vector<std::uint8_t> decode_base64(const std::string& text) {
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3 + 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (size < 0) return {};
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

Date read_date(const std::string& text) {
  Date date;
  if (std::sscanf(text.c_str(), "%d-%d-%d", &date.year, &date.month, &date.day) != 3) return {};
  return date;
}

/// The certificate as the platform's answer words it (docs/protocols/platform.md).
std::optional<certificate::Certificate> read_certificate(const json& c) {
  certificate::Certificate made;
  try {
    c.at("permit_id").get_to(made.permit_id);
    c.at("number").get_to(made.number);
    c.at("name").get_to(made.name);
    c.at("sex").get_to(made.sex);
    c.at("category_code").get_to(made.category_code);
    c.at("category").get_to(made.category);
    c.at("item_code").get_to(made.item_code);
    c.at("item").get_to(made.item);
    c.at("authority").get_to(made.authority);
    c.at("qr_payload").get_to(made.qr_payload);
    made.first_issued = read_date(c.at("first_issued"));
    made.valid_from = read_date(c.at("valid_from"));
    made.valid_to = read_date(c.at("valid_to"));
    made.review_due = read_date(c.at("review_due"));
    const auto photo = decode_picture(decode_base64(c.at("photo").at("base64")));
    if (photo) made.photo = std::make_shared<const Picture>(*photo);
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return made;
}

/// Largest difference of a colour value; 255 where the sizes differ.
int largest_difference(const Picture& a, const Picture& b) {
  if (a.width_px != b.width_px || a.height_px != b.height_px || a.channels != b.channels)
    return 255;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(int{a.pixels[i]} - int{b.pixels[i]}));
  }
  return largest;
}

class PrintedAsCertified final : public Invariant {
 public:
  PrintedAsCertified()
      : Invariant(4, "what is printed is what the platform certified, for the person who matched") {
  }

  void on_event(const Event& event) override {
    if (event.kind == "wire.sent" && event.text("dir") == "to_host") wire(event);
    if (event.kind == "kiosk.session_started") number_ = name_ = "";
    if (event.kind == "kiosk.step" && event.text("result") == "genuine") {
      number_ = raw(event, "number");
      name_ = raw(event, "name");
    }
    if (event.kind == "journal.committed" && event.text("phase") == "intent") {
      person(event.text("attempt"));
    }
    if (event.kind == "card.printed") printed(event);
  }

 private:
  static std::string raw(const Event& event, const char* key) {
    const Value* value = event.find(key);
    const auto* personal = value == nullptr ? nullptr : std::get_if<Personal>(value);
    return personal == nullptr ? std::string() : personal->raw;
  }

  void wire(const Event& event) {
    HttpAnswers& answers = answers_[{event.text("line"), event.text("conn")}];
    for (const Blob& blob : event.blobs) {
      if (blob.data) answers.add(*blob.data);
    }
    while (const auto body = answers.next()) {
      if (body->find("\"certificate\"") == std::string::npos) continue;
      const json answer = json::parse(*body, nullptr, /*allow_exceptions=*/false);
      if (!answer.is_object() || !answer.contains("attempt_id")) continue;
      const auto certificate = read_certificate(answer.value("certificate", json::object()));
      if (certificate) certified_[answer.value("attempt_id", std::string())] = *certificate;
    }
  }

  void person(const std::string& attempt) {
    const auto it = certified_.find(attempt);
    if (it == certified_.end()) return;  // invariant 1 speaks of missing claims
    checked();
    if (it->second.number != "T" + number_ || it->second.name != name_) {
      violated(fmt::format("attempt {} is for somebody else than the document of this session.",
                           attempt));
    }
  }

  void printed(const Event& event) {
    const std::string attempt = event.text("attempt");
    const auto it = certified_.find(attempt);
    if (it == certified_.end()) return;
    checked();
    for (const Blob& blob : event.blobs) {
      if (blob.name != "card" || !blob.data) continue;
      const auto card = decode_picture(*blob.data);
      const int difference =
          card ? largest_difference(*card, certificate::draw_card_front(it->second)) : 255;
      if (difference == 0) continue;
      violated(
          fmt::format("the card of attempt {} differs from what the platform certified (by up "
                      "to {} of 255).",
                      attempt, difference));
    }
  }

  std::map<std::pair<std::string, std::string>, HttpAnswers> answers_;
  std::map<std::string, certificate::Certificate> certified_;
  std::string number_, name_;
};

}  // namespace

std::unique_ptr<Invariant> make_printed_as_certified() {
  return std::make_unique<PrintedAsCertified>();
}

}  // namespace cardrig::scenario
