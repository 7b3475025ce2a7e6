// Canvas: where Dear ImGui draws. A bare SDL surface in memory (no display, no video driver, no
// thread) or a window, through our own renderer over SDL_RenderGeometryRaw: the stock one is not in
// Debian's library, and the stock platform code polls the real mouse, so that synthetic touches are
// lost.
//
// One canvas holds one ImGui context. Several canvases may live side by side (kiosk and panel):
// each makes its context current for the time of its own calls.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/picture.h"

struct ImGuiContext;
struct SDL_Renderer;
struct SDL_Surface;
struct SDL_Texture;
struct SDL_Window;
union SDL_Event;

namespace cardrig::screen {

/// Makes an ImGui context current, and the one before again when it goes.
class ContextScope {
 public:
  explicit ContextScope(ImGuiContext* context);
  ~ContextScope();
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  ImGuiContext* before_;
};

/// A picture on the canvas' renderer. It must not outlive the canvas.
class CanvasTexture {
 public:
  CanvasTexture() = default;
  /// 3 channels BGR or 4 channels BGRA (straight alpha).
  CanvasTexture(SDL_Renderer* renderer, const Picture& picture);
  /// Shows another picture of the same size and channels from now on. Not blended: it is opaque.
  void replace_opaque(const Picture& picture);
  ~CanvasTexture();
  CanvasTexture(CanvasTexture&& other) noexcept;
  CanvasTexture& operator=(CanvasTexture&& other) noexcept;

  [[nodiscard]] void* id() const { return texture_; }
  [[nodiscard]] int width_px() const { return width_px_; }
  [[nodiscard]] int height_px() const { return height_px_; }
  explicit operator bool() const { return texture_ != nullptr; }

 private:
  SDL_Texture* texture_ = nullptr;
  int width_px_ = 0, height_px_ = 0;
};

class Canvas {
 public:
  /// Off-screen.
  Canvas(int width_px, int height_px);
  /// In a window, which the canvas owns. Throws std::runtime_error if there is no display.
  Canvas(const std::string& title, int width_px, int height_px, bool resizable);
  ~Canvas();
  /// A window only, kiosk mode: from now on it covers the whole display, without a mouse pointer,
  /// and nobody who stands before it gets out: no key counts, and it can be neither closed nor put
  /// away. What a window manager or the X server does with keys of its own is theirs to be told
  /// (docs/programs.md).
  void lock_to_display();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  [[nodiscard]] ImGuiContext* context() const { return context_; }
  [[nodiscard]] int width_px() const { return width_px_; }
  [[nodiscard]] int height_px() const { return height_px_; }
  [[nodiscard]] bool is_window() const { return window_ != nullptr; }

  /// An input event, from SDL's queue or from a script: both take this way. Events wait in a queue;
  /// a frame takes at most one edge of a button or key, because ImGui 1.86 keeps no queue and loses
  /// a press and release that fall into one frame.
  void feed(const SDL_Event& event);
  [[nodiscard]] bool has_input() const { return !events_.empty(); }
  /// Takes what SDL's queue holds for the window. False: the window was closed.
  bool poll_window();

  /// Frame: begin, draw with ImGui, end. Call between these with `context()` current.
  void begin_frame(Nanos now);
  /// `ground`: 0xRRGGBB behind everything.
  void end_frame(std::uint32_t ground);
  /// What the last frame showed, BGR.
  [[nodiscard]] Picture picture() const;

  [[nodiscard]] CanvasTexture texture(const Picture& picture) const;
  /// Makes `texture` show an opaque picture in BGRA; one that has the size already is kept.
  void show_in(CanvasTexture& texture, const Picture& picture) const;
  /// Uploads the context's font atlas; call again whenever it was rebuilt.
  void upload_fonts();

 private:
  void start();
  void take_events();
  void stay_in_front();

  SDL_Surface* surface_ = nullptr;
  SDL_Window* window_ = nullptr;
  SDL_Renderer* renderer_ = nullptr;
  SDL_Texture* font_texture_ = nullptr;
  ImGuiContext* context_ = nullptr;
  int width_px_, height_px_;
  bool locked_ = false;
  std::deque<std::unique_ptr<SDL_Event>> events_;
  Nanos last_frame_{0};
};

}  // namespace cardrig::screen
