// Decoding over a socket to the decoder's process.
#include "kiosk/devices/id_reader/vendor/vendor_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "kiosk/devices/id_reader/vendor/decoder_process.h"
#include "kiosk/devices/id_reader/vendor/decoder_protocol.h"
#include "kiosk/devices/id_reader/vendor/photo_library.h"
#include "kiosk/devices/id_reader/wipe.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/async_mutex.h"

namespace cardrig::id_reader {

namespace {

using vendor::Answer;
using vendor::DecoderProcess;
using Decoded = Result<Picture, PhotoReason>;

PhotoReason reason_of(std::int32_t result) {
  switch (result) {
    case CARDRIG_PHOTO_BAD_FORMAT:
      return PhotoReason::kNotThisCoding;
    case CARDRIG_PHOTO_NOT_LICENSED:
    case CARDRIG_PHOTO_NO_DEVICE:
      return PhotoReason::kNotLicensed;
    default:
      return PhotoReason::kDamaged;
  }
}

bool ends_the_process(PhotoReason reason) {
  return reason == PhotoReason::kTooSlow || reason == PhotoReason::kCrashed ||
         reason == PhotoReason::kNonsense || reason == PhotoReason::kCannotStart;
}

class VendorPhotos final : public PhotoDecoder {
 public:
  VendorPhotos(RealLoop& loop, const Tracer& tracer, VendorPhotosConfig config)
      : loop_(loop), tracer_(tracer), config_(std::move(config)), mutex_(loop) {}
  ~VendorPhotos() override { end_process("the decoder is not needed any more"); }
  VendorPhotos(const VendorPhotos&) = delete;
  VendorPhotos& operator=(const VendorPhotos&) = delete;

  bool is_stand_in() const override { return false; }

  Async<Decoded> decode(std::span<const std::uint8_t, 1024> coded) override {
    const auto turn = co_await mutex_.lock();
    // Whoever cancels this leaves a process that may still answer: it must not answer the next one.
    Unfinished unfinished(*this);
    if (!process_) {
      auto started = co_await start_process();
      if (!started) co_return tl::unexpected(started.error());
    }
    auto work = exchange(coded);
    auto decoded = co_await with_timeout(loop_, config_.limit, std::move(work));
    auto outcome = decoded ? std::move(*decoded)
                           : Decoded(fail(PhotoReason::kTooSlow, "no picture within the limit"));
    if (outcome || !ends_the_process(outcome.error().reason)) unfinished.finish();
    co_return outcome;
  }

 private:
  class Unfinished {
   public:
    explicit Unfinished(VendorPhotos& photos) : photos_(&photos) {}
    ~Unfinished() {
      if (photos_ != nullptr) photos_->end_process("it failed, or nobody waits for its answer");
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    void finish() { photos_ = nullptr; }

   private:
    VendorPhotos* photos_;
  };

  Async<Result<Unit, PhotoReason>> start_process() {
    auto made = DecoderProcess::start(
        loop_, {config_.program, std::to_string(config_.memory_mb), config_.library});
    if (!made) co_return fail(PhotoReason::kCannotStart, made.error());
    process_ = std::move(*made);
    tracer_.emit("photo_decoder.started", {{"pid", process_->pid()}});
    auto work = read_answer();
    const auto hello = co_await with_timeout(loop_, config_.start_limit, std::move(work));
    if (!hello) co_return fail(PhotoReason::kCannotStart, "the library does not come up in time");
    if (!*hello) co_return fail(PhotoReason::kCannotStart, "the decoder ended while it started");
    if ((*hello)->magic != vendor::kAnswerMagic) {
      co_return fail(PhotoReason::kCannotStart, config_.program + " is no photo-decoder");
    }
    if ((*hello)->result == CARDRIG_PHOTO_OK) co_return ok();
    auto why = read_trouble((*hello)->size);
    const auto trouble = co_await with_timeout(loop_, config_.start_limit, std::move(why));
    co_return fail(PhotoReason::kCannotStart,
                   config_.library + " cannot be used: " + trouble.value_or("it does not say why"));
  }

  Async<std::string> read_trouble(std::size_t size) {
    std::string text(std::min(size, vendor::kMostTrouble_bytes), ' ');
    ErrorCode error;
    const auto into = asio::buffer(text);
    co_await asio::async_read(process_->socket(), into, catch_error(error));
    co_return text;
  }

  Async<Decoded> exchange(std::span<const std::uint8_t, 1024> coded) {
    ErrorCode error;
    const auto request = asio::buffer(coded.data(), coded.size());
    co_await asio::async_write(process_->socket(), request, catch_error(error));
    if (error) co_return fail(PhotoReason::kCrashed, "the decoder takes no photo");
    const auto answer = co_await read_answer();
    if (!answer) co_return fail(PhotoReason::kCrashed, "the decoder ended over this photo");
    if (answer->magic != vendor::kAnswerMagic) co_return fail(PhotoReason::kNonsense, "no answer");
    if (answer->result != CARDRIG_PHOTO_OK) {
      co_return fail(reason_of(answer->result), fmt::format("result {}", answer->result));
    }
    if (answer->size != vendor::kPicture_bytes) {
      co_return fail(PhotoReason::kNonsense, "a picture of another size");
    }
    Picture picture{kPhotoWidth_px, kPhotoHeight_px, 3, {}};
    picture.pixels.resize(vendor::kPicture_bytes);
    const auto pixels = asio::buffer(picture.pixels);
    co_await asio::async_read(process_->socket(), pixels, catch_error(error));
    if (error) co_return fail(PhotoReason::kCrashed, "the picture breaks off");
    co_return picture;
  }

  /// Nothing: the other end is gone.
  Async<std::optional<Answer>> read_answer() {
    Answer answer;
    ErrorCode error;
    const auto into = asio::buffer(&answer, sizeof answer);
    co_await asio::async_read(process_->socket(), into, catch_error(error));
    if (error) co_return std::nullopt;
    co_return answer;
  }

  void end_process(const char* why) {
    if (!process_) return;
    tracer_.emit("photo_decoder.ended", {{"pid", process_->pid()}, {"why", why}});
    process_.reset();
  }

  RealLoop& loop_;
  const Tracer& tracer_;
  VendorPhotosConfig config_;
  AsyncMutex mutex_;
  std::unique_ptr<DecoderProcess> process_;
};

}  // namespace

std::unique_ptr<PhotoDecoder> make_vendor_photos(RealLoop& loop, const Tracer& tracer,
                                                 VendorPhotosConfig config) {
  return std::make_unique<VendorPhotos>(loop, tracer, std::move(config));
}

}  // namespace cardrig::id_reader
