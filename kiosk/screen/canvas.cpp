// The canvas: SDL renderer, draw data, input queue.
#include "kiosk/screen/canvas.h"

#include <SDL2/SDL.h>
#include <imgui.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::screen {

ContextScope::ContextScope(ImGuiContext* context) : before_(ImGui::GetCurrentContext()) {
  ImGui::SetCurrentContext(context);
}
ContextScope::~ContextScope() { ImGui::SetCurrentContext(before_); }

// ---- textures ----------------------------------------------------------------------------------

CanvasTexture::CanvasTexture(SDL_Renderer* renderer, const Picture& picture)
    : width_px_(picture.width_px), height_px_(picture.height_px) {
  CARDRIG_CHECK(picture.channels == 3 || picture.channels == 4);
  const auto count = static_cast<std::size_t>(width_px_) * static_cast<std::size_t>(height_px_);
  std::vector<std::uint8_t> rgba(count * 4);
  const std::uint8_t* from = picture.pixels.data();
  for (std::size_t i = 0; i < count; ++i, from += picture.channels) {
    rgba[i * 4] = from[2];
    rgba[i * 4 + 1] = from[1];
    rgba[i * 4 + 2] = from[0];
    rgba[i * 4 + 3] = picture.channels == 4 ? from[3] : 255;
  }
  texture_ = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ABGR8888, SDL_TEXTUREACCESS_STATIC,
                               width_px_, height_px_);
  CARDRIG_CHECK(texture_ != nullptr);
  SDL_UpdateTexture(texture_, nullptr, rgba.data(), width_px_ * 4);
  SDL_SetTextureBlendMode(texture_, SDL_BLENDMODE_BLEND);
  SDL_SetTextureScaleMode(texture_, SDL_ScaleModeLinear);
}

CanvasTexture::~CanvasTexture() {
  if (texture_ != nullptr) SDL_DestroyTexture(texture_);
}
CanvasTexture::CanvasTexture(CanvasTexture&& other) noexcept { *this = std::move(other); }
CanvasTexture& CanvasTexture::operator=(CanvasTexture&& other) noexcept {
  std::swap(texture_, other.texture_);
  std::swap(width_px_, other.width_px_);
  std::swap(height_px_, other.height_px_);
  return *this;
}

// ---- drawing -----------------------------------------------------------------------------------

namespace {

void submit(SDL_Renderer* renderer, SDL_Texture* texture, const ImDrawVert* vertices,
            int vertex_count, const ImDrawIdx* indices, int count) {
  if (count == 0) return;
  const auto* bytes = reinterpret_cast<const char*>(vertices);
  const auto at = [&](std::size_t offset) { return static_cast<const void*>(bytes + offset); };
  constexpr int kStride = sizeof(ImDrawVert);
  SDL_RenderGeometryRaw(renderer, texture, static_cast<const float*>(at(offsetof(ImDrawVert, pos))),
                        kStride, static_cast<const SDL_Color*>(at(offsetof(ImDrawVert, col))),
                        kStride, static_cast<const float*>(at(offsetof(ImDrawVert, uv))), kStride,
                        vertex_count, indices, count, sizeof(ImDrawIdx));
}

// ImGui gives untextured shapes the atlas' white pixel. SDL's software renderer fills plain
// triangles much faster than textured ones, so the two kinds are sent apart, in order.
void submit_split(SDL_Renderer* renderer, SDL_Texture* texture, const ImDrawVert* vertices,
                  int vertex_count, const ImDrawIdx* indices, int count, ImVec2 white) {
  const auto is_plain = [&](int first) {
    for (int i = first; i < first + 3; ++i) {
      const ImVec2 uv = vertices[indices[i]].uv;
      if (uv.x != white.x || uv.y != white.y) return false;
    }
    return true;
  };
  int begin = 0;
  while (begin < count) {
    const bool plain = is_plain(begin);
    int end = begin + 3;
    while (end < count && is_plain(end) == plain) end += 3;
    submit(renderer, plain ? nullptr : texture, vertices, vertex_count, indices + begin,
           end - begin);
    begin = end;
  }
}

void render_list(SDL_Renderer* renderer, const ImDrawList& list, ImVec2 white) {
  for (const ImDrawCmd& command : list.CmdBuffer) {
    const SDL_Rect clip{static_cast<int>(command.ClipRect.x), static_cast<int>(command.ClipRect.y),
                        static_cast<int>(command.ClipRect.z - command.ClipRect.x),
                        static_cast<int>(command.ClipRect.w - command.ClipRect.y)};
    if (clip.w <= 0 || clip.h <= 0) continue;
    SDL_RenderSetClipRect(renderer, &clip);
    submit_split(renderer, static_cast<SDL_Texture*>(command.GetTexID()),
                 list.VtxBuffer.Data + command.VtxOffset,
                 list.VtxBuffer.Size - static_cast<int>(command.VtxOffset),
                 list.IdxBuffer.Data + command.IdxOffset, static_cast<int>(command.ElemCount),
                 white);
  }
  SDL_RenderSetClipRect(renderer, nullptr);
}

}  // namespace

Canvas::Canvas(int width_px, int height_px) : width_px_(width_px), height_px_(height_px) {
  surface_ = SDL_CreateRGBSurfaceWithFormat(0, width_px, height_px, 32, SDL_PIXELFORMAT_ABGR8888);
  CARDRIG_CHECK(surface_ != nullptr);
  renderer_ = SDL_CreateSoftwareRenderer(surface_);
  CARDRIG_CHECK(renderer_ != nullptr);
  start();
}

Canvas::Canvas(const std::string& title, int width_px, int height_px, bool resizable)
    : width_px_(width_px), height_px_(height_px) {
  // Without a display SDL falls back to drivers that show nothing, for ever.
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr &&
      std::getenv("SDL_VIDEODRIVER") == nullptr) {
    throw std::runtime_error("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)");
  }
  if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) throw std::runtime_error(SDL_GetError());
  const auto flags =
      static_cast<Uint32>(resizable ? SDL_WINDOW_SHOWN | SDL_WINDOW_RESIZABLE : SDL_WINDOW_SHOWN);
  window_ = SDL_CreateWindow(title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             width_px, height_px, flags);
  if (window_ != nullptr) {
    renderer_ = SDL_CreateRenderer(window_, -1, SDL_RENDERER_ACCELERATED);
    if (renderer_ == nullptr) renderer_ = SDL_CreateRenderer(window_, -1, SDL_RENDERER_SOFTWARE);
  }
  if (renderer_ == nullptr) throw std::runtime_error(SDL_GetError());
  start();
}

void Canvas::cover_display() {
  CARDRIG_CHECK(window_ != nullptr);
  if (SDL_SetWindowFullscreen(window_, SDL_WINDOW_FULLSCREEN_DESKTOP) != 0) {
    throw std::runtime_error(SDL_GetError());
  }
  SDL_ShowCursor(SDL_DISABLE);
}

void Canvas::start() {
  SDL_SetRenderDrawBlendMode(renderer_, SDL_BLENDMODE_BLEND);
  ImGuiContext* const before = ImGui::GetCurrentContext();
  context_ = ImGui::CreateContext();
  const ContextScope scope(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  io.DisplaySize = ImVec2(static_cast<float>(width_px_), static_cast<float>(height_px_));
  const std::pair<ImGuiKey, SDL_Scancode> keys[] = {{ImGuiKey_Tab, SDL_SCANCODE_TAB},
                                                    {ImGuiKey_LeftArrow, SDL_SCANCODE_LEFT},
                                                    {ImGuiKey_RightArrow, SDL_SCANCODE_RIGHT},
                                                    {ImGuiKey_UpArrow, SDL_SCANCODE_UP},
                                                    {ImGuiKey_DownArrow, SDL_SCANCODE_DOWN},
                                                    {ImGuiKey_Home, SDL_SCANCODE_HOME},
                                                    {ImGuiKey_End, SDL_SCANCODE_END},
                                                    {ImGuiKey_Delete, SDL_SCANCODE_DELETE},
                                                    {ImGuiKey_Backspace, SDL_SCANCODE_BACKSPACE},
                                                    {ImGuiKey_Space, SDL_SCANCODE_SPACE},
                                                    {ImGuiKey_Enter, SDL_SCANCODE_RETURN},
                                                    {ImGuiKey_Escape, SDL_SCANCODE_ESCAPE}};
  for (const auto& [key, code] : keys) io.KeyMap[key] = code;
  // The software renderer samples textures without smoothing: lines drawn as geometry look better.
  ImGui::GetStyle().AntiAliasedLinesUseTex = false;
  ImGui::SetCurrentContext(before);
}

Canvas::~Canvas() {
  if (font_texture_ != nullptr) SDL_DestroyTexture(font_texture_);
  ImGuiContext* const before = ImGui::GetCurrentContext();
  ImGui::DestroyContext(context_);
  ImGui::SetCurrentContext(before == context_ ? nullptr : before);
  SDL_DestroyRenderer(renderer_);
  if (window_ != nullptr) {
    SDL_DestroyWindow(window_);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
  }
  if (surface_ != nullptr) SDL_FreeSurface(surface_);
}

void Canvas::upload_fonts() {
  const ContextScope scope(context_);
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
  if (font_texture_ != nullptr) SDL_DestroyTexture(font_texture_);
  font_texture_ = SDL_CreateTexture(renderer_, SDL_PIXELFORMAT_ABGR8888, SDL_TEXTUREACCESS_STATIC,
                                    width, height);
  CARDRIG_CHECK(font_texture_ != nullptr);
  SDL_UpdateTexture(font_texture_, nullptr, pixels, 4 * width);
  SDL_SetTextureBlendMode(font_texture_, SDL_BLENDMODE_BLEND);
  SDL_SetTextureScaleMode(font_texture_, SDL_ScaleModeLinear);
  atlas.SetTexID(font_texture_);
  atlas.ClearTexData();
}

void Canvas::begin_frame(Nanos now) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(width_px_), static_cast<float>(height_px_));
  const double passed_s = static_cast<double>((now - last_frame_).count()) / 1e9;
  io.DeltaTime = static_cast<float>(std::clamp(passed_s, 1e-4, 0.5));
  last_frame_ = now;
  take_events();
  ImGui::NewFrame();
}

void Canvas::end_frame(std::uint32_t ground) {
  ImGui::Render();
  SDL_SetRenderDrawColor(renderer_, static_cast<Uint8>(ground >> 16U),
                         static_cast<Uint8>(ground >> 8U), static_cast<Uint8>(ground), 255);
  SDL_RenderClear(renderer_);
  const ImDrawData& data = *ImGui::GetDrawData();
  const ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel;
  for (int i = 0; i < data.CmdListsCount; ++i) render_list(renderer_, *data.CmdLists[i], white);
  SDL_RenderPresent(renderer_);
}

Picture Canvas::picture() const {
  Picture picture{width_px_, height_px_, 3, {}};
  picture.pixels.resize(static_cast<std::size_t>(width_px_) * static_cast<std::size_t>(height_px_) *
                        3);
  SDL_RenderReadPixels(renderer_, nullptr, SDL_PIXELFORMAT_BGR24, picture.pixels.data(),
                       width_px_ * 3);
  return picture;
}

CanvasTexture Canvas::texture(const Picture& picture) const {
  return CanvasTexture(renderer_, picture);
}

// ---- input -------------------------------------------------------------------------------------

void Canvas::feed(const SDL_Event& event) { events_.push_back(std::make_unique<SDL_Event>(event)); }

bool Canvas::poll_window() {
  SDL_Event event;
  bool open = true;
  while (SDL_PollEvent(&event) != 0) {
    if (event.type == SDL_QUIT) open = false;
    if (event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) {
      width_px_ = event.window.data1;
      height_px_ = event.window.data2;
    }
    feed(event);
  }
  return open;
}

namespace {

bool is_edge(const SDL_Event& event) {
  switch (event.type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
    case SDL_KEYDOWN:
    case SDL_KEYUP:
      return true;
    default:
      return false;
  }
}

void apply(const SDL_Event& event) {
  ImGuiIO& io = ImGui::GetIO();
  switch (event.type) {
    case SDL_MOUSEMOTION:
      io.MousePos = ImVec2(static_cast<float>(event.motion.x), static_cast<float>(event.motion.y));
      break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: {
      io.MousePos = ImVec2(static_cast<float>(event.button.x), static_cast<float>(event.button.y));
      const int button = event.button.button == SDL_BUTTON_RIGHT ? 1 : 0;
      io.MouseDown[button] = event.type == SDL_MOUSEBUTTONDOWN;
      break;
    }
    case SDL_MOUSEWHEEL:
      io.MouseWheel += static_cast<float>(event.wheel.y);
      break;
    case SDL_TEXTINPUT:
      io.AddInputCharactersUTF8(event.text.text);
      break;
    case SDL_KEYDOWN:
    case SDL_KEYUP: {
      const int code = event.key.keysym.scancode;
      if (code >= 0 && code < 512) io.KeysDown[code] = event.type == SDL_KEYDOWN;
      io.KeyCtrl = (event.key.keysym.mod & KMOD_CTRL) != 0;
      io.KeyShift = (event.key.keysym.mod & KMOD_SHIFT) != 0;
      io.KeyAlt = (event.key.keysym.mod & KMOD_ALT) != 0;
      break;
    }
    default:
      break;
  }
}

}  // namespace

void Canvas::take_events() {
  bool edge_taken = false;
  while (!events_.empty()) {
    const SDL_Event& next = *events_.front();
    // A movement after an edge waits too: the edge belongs to the place where it happened.
    if (edge_taken && (is_edge(next) || next.type == SDL_MOUSEMOTION)) return;
    edge_taken = edge_taken || is_edge(next);
    apply(next);
    events_.pop_front();
  }
}

}  // namespace cardrig::screen
