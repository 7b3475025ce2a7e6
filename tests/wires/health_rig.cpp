// The health page, which anybody may ask for.
#include <optional>
#include <string>

#include "kiosk/runtime/health_port.h"
#include "tests/wires/rigs.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;

class HealthRig final : public WireRig {
 public:
  /// A page cannot drip: it listens itself.
  void serve(bool) override {
    port_.emplace(loop, "127.0.0.1:0", [] { return nlohmann::json{{"ok", true}}; });
  }
  std::string start_driver() override {
    RawHost client(*this);
    Bytes got;
    const bool asked = client.write(request()) == request().size();
    const auto is_answered = [&] {
      const Bytes more = client.read();
      got.insert(got.end(), more.begin(), more.end());
      return is_answer(got);
    };
    return asked && run_until(is_answered, 2s) ? "" : "no answer";
  }
  void drop_driver() override {}

  std::string address() const override { return port_->address(); }
  Bytes request() const override { return to_bytes("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"); }
  bool is_answer(const Bytes& got) const override {
    const std::string text(got.begin(), got.end());
    return text.starts_with("HTTP/1.1 200 ") && text.ends_with("{\"ok\":true}\n");
  }
  // Nobody of ours asks, and nobody plays the page.
  Bytes answer() const override { return {}; }
  Bytes unasked() const override { return {}; }

 private:
  std::optional<HealthPort> port_;
};

}  // namespace

std::unique_ptr<WireRig> make_health_rig() { return std::make_unique<HealthRig>(); }

}  // namespace cardrig::test
