// A line that carries one byte at a time, in both directions.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/plug.h"

namespace cardrig::test {

class DrippingStream final : public ByteStream {
 public:
  explicit DrippingStream(std::shared_ptr<ByteStream> inner) : inner_(std::move(inner)) {}
  executor_type get_executor() override { return inner_->get_executor(); }
  void close() override { inner_->close(); }
  bool is_open() const override { return inner_->is_open(); }
  void set_baud(unsigned baud) override { inner_->set_baud(baud); }

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    inner_->async_read_some(asio::buffer(buffer, 1), std::move(handler));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    inner_->async_write_some(asio::buffer(buffer, 1), std::move(handler));
  }

 private:
  std::shared_ptr<ByteStream> inner_;
};

/// A plug whose connections drip, if they are to.
class MaybeDripping final : public Plug {
 public:
  MaybeDripping(Plug& plug, bool dripping) : plug_(plug), dripping_(dripping) {}
  void on_accept(Acceptor acceptor) override {
    if (!acceptor) return plug_.on_accept(nullptr);
    plug_.on_accept([this, a = std::move(acceptor)](std::shared_ptr<ByteStream> stream) {
      a(dripping_ ? std::make_shared<DrippingStream>(std::move(stream)) : std::move(stream));
    });
  }
  void set_reach(Reach reach) override { plug_.set_reach(reach); }
  Reach reach() const override { return plug_.reach(); }
  const std::string& name() const override { return plug_.name(); }

 private:
  Plug& plug_;
  bool dripping_;
};

}  // namespace cardrig::test
