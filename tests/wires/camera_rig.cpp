// The camera's wire: MJPEG over HTTP, a stream without end.
#include <string>

#include "kiosk/devices/camera/mjpeg_driver.h"
#include "simulators/camera/mjpeg_camera.h"
#include "simulators/camera/simulated_camera.h"
#include "tests/wires/dripping.h"
#include "tests/wires/rigs.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;

class CameraRig final : public WireRig {
 public:
  CameraRig() {
    sim::SimulatedCamera::declare_faults(faults_);
    sim::WireOptions options{"camera"};
    options.send_buffer_bytes = 16 << 10;
    plug_ = sim::tcp_plug(loop, device_tracer, options, "127.0.0.1");
  }
  ~CameraRig() override {
    // Pictures may be on their way from the worker.
    loop.drop_everything();
  }
  void serve(bool dripping) override {
    line_ = std::make_unique<MaybeDripping>(*plug_, dripping);
    sim::MjpegOptions options;
    options.jpeg_quality = 10;
    options.request_limit = options.picture_limit = 1500ms;
    camera_ = std::make_unique<sim::MjpegCamera>(
        loop, device_tracer, faults_, *line_, painter_, [] { return sim::CameraScene(); }, options);
  }

  /// Until there is a picture.
  std::string start_driver() override {
    if (!driver_) {
      camera::MjpegConfig config;
      config.host = "camera";
      config.target = sim::MjpegCamera::kPath;
      if (impatient_) config.connect = config.silence = config.stale = 300ms;
      driver_ = std::make_unique<camera::MjpegCamera>(
          loop, kiosk_tracer, tcp_source(loop, kiosk_tracer, "camera", endpoint()),
          std::move(config));
    }
    const auto started = wait(driver_->start());
    if (!started) return outcome(started);
    const auto frame = wait(driver_->next_frame(last_frame_, impatient_ ? 300ms : 20s));
    if (frame) last_frame_ = frame->sequence;
    return outcome(frame);
  }
  void drop_driver() override {
    driver_.reset();
    last_frame_ = 0;
  }

  Bytes request() const override {
    return to_bytes("GET /stream HTTP/1.1\r\nHost: camera\r\n\r\n");
  }
  bool is_answer(const Bytes& got) const override {
    camera::MjpegReader reader;
    reader.feed(got);
    return reader.next().has_value();
  }
  Bytes answer() const override {
    return to_bytes(head() + "--x\r\nContent-Type: image/jpeg\r\nContent-Length: 4000\r\n\r\n" +
                    std::string(4000, ' '));
  }
  Bytes preface() const override { return to_bytes(head()); }
  Bytes unasked() const override {
    return to_bytes("--x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nwait\r\n");
  }

 private:
  static std::string head() {
    return "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n";
  }
  static sim::PainterConfig small_pictures() {
    sim::PainterConfig config;
    config.width_px = 320;
    config.height_px = 180;
    return config;
  }

  sim::FaultCatalogue faults_{world_tracer};
  std::shared_ptr<const sim::ScenePainter> painter_ = std::make_shared<sim::ScenePainter>(
      small_pictures(), [](const std::string&, sim::Portraits) -> PicturePtr { return nullptr; });
  std::unique_ptr<MaybeDripping> line_;
  std::unique_ptr<sim::MjpegCamera> camera_;
  std::unique_ptr<camera::MjpegCamera> driver_;
  std::uint64_t last_frame_ = 0;
};

}  // namespace

std::unique_ptr<WireRig> make_camera_rig() { return std::make_unique<CameraRig>(); }

}  // namespace cardrig::test
