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

namespace {

/// BGRA in memory, for surface and textures alike: what SDL copies and blends fastest.
constexpr Uint32 kPixels = SDL_PIXELFORMAT_ARGB8888;

std::vector<std::uint8_t> with_alpha(const Picture& bgr) {
  std::vector<std::uint8_t> bgra;
  bgra.reserve(bgr.pixels.size() / 3 * 4);
  for (std::size_t i = 0; i < bgr.pixels.size(); i += 3) {
    bgra.insert(bgra.end(), &bgr.pixels[i], &bgr.pixels[i] + 3);
    bgra.push_back(255);
  }
  return bgra;
}

}  // namespace

CanvasTexture::CanvasTexture(SDL_Renderer* renderer, const Picture& picture)
    : width_px_(picture.width_px), height_px_(picture.height_px) {
  CARDRIG_CHECK(picture.channels == 3 || picture.channels == 4);
  texture_ = SDL_CreateTexture(renderer, kPixels, SDL_TEXTUREACCESS_STATIC, width_px_, height_px_);
  CARDRIG_CHECK(texture_ != nullptr);
  if (picture.channels == 4) {
    SDL_UpdateTexture(texture_, nullptr, picture.pixels.data(), width_px_ * 4);
  } else {
    const auto bgra = with_alpha(picture);
    SDL_UpdateTexture(texture_, nullptr, bgra.data(), width_px_ * 4);
  }
  SDL_SetTextureBlendMode(texture_, SDL_BLENDMODE_BLEND);
  SDL_SetTextureScaleMode(texture_, SDL_ScaleModeLinear);
}

void CanvasTexture::replace_opaque(const Picture& picture) {
  CARDRIG_CHECK(texture_ != nullptr && picture.channels == 4 && picture.width_px == width_px_ &&
                picture.height_px == height_px_);
  SDL_UpdateTexture(texture_, nullptr, picture.pixels.data(), width_px_ * 4);
  SDL_SetTextureBlendMode(texture_, SDL_BLENDMODE_NONE);
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

enum class Kind { kTextured, kBlended, kOpaque };

// ImGui gives untextured shapes the atlas' white pixel. SDL's software renderer fills plain
// triangles much faster than textured ones, and opaque ones, if it is told, without reading what
// lies below: the kinds are sent apart, in order.
Kind kind_of(const ImDrawVert* vertices, const ImDrawIdx* indices, ImVec2 white) {
  bool opaque = true;
  for (int i = 0; i < 3; ++i) {
    const ImDrawVert& vertex = vertices[indices[i]];
    if (vertex.uv.x != white.x || vertex.uv.y != white.y) return Kind::kTextured;
    opaque = opaque && (vertex.col >> IM_COL32_A_SHIFT) == 0xFFU;
  }
  return opaque ? Kind::kOpaque : Kind::kBlended;
}

/// Two triangles that are one upright rectangle of one opaque colour. SDL finds those too, and then
/// blends every pixel of it.
bool fill_opaque_rectangle(SDL_Renderer* renderer, const ImDrawVert* vertices,
                           const ImDrawIdx* indices, int count) {
  const ImDrawIdx first = indices[0];
  if (count < 6 || indices[3] != first || indices[4] != indices[2]) return false;
  const ImDrawVert& corner = vertices[first];
  const ImDrawVert& right = vertices[indices[1]];
  const ImDrawVert& opposite = vertices[indices[2]];
  const ImDrawVert& below = vertices[indices[5]];
  const bool upright = corner.pos.y == right.pos.y && right.pos.x == opposite.pos.x &&
                       opposite.pos.y == below.pos.y && below.pos.x == corner.pos.x;
  const bool even =
      corner.col == right.col && corner.col == opposite.col && corner.col == below.col;
  if (!upright || !even || corner.uv.x != opposite.uv.x) return false;
  const auto part = [&](int shift) { return static_cast<Uint8>(corner.col >> shift); };
  SDL_SetRenderDrawColor(renderer, part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT),
                         part(IM_COL32_B_SHIFT), 255);
  const SDL_FRect rect{corner.pos.x, corner.pos.y, opposite.pos.x - corner.pos.x,
                       opposite.pos.y - corner.pos.y};
  SDL_RenderFillRectF(renderer, &rect);
  return true;
}

void submit_split(SDL_Renderer* renderer, SDL_Texture* texture, const ImDrawVert* vertices,
                  int vertex_count, const ImDrawIdx* indices, int count, ImVec2 white) {
  int begin = 0;
  while (begin < count) {
    const Kind kind = kind_of(vertices, indices + begin, white);
    const bool opaque = kind == Kind::kOpaque;
    SDL_SetRenderDrawBlendMode(renderer, opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND);
    if (opaque && fill_opaque_rectangle(renderer, vertices, indices + begin, count - begin)) {
      begin += 6;
      continue;
    }
    // A rectangle is looked for at each opaque triangle.
    int end = begin + 3;
    while (!opaque && end < count && kind_of(vertices, indices + end, white) == kind) end += 3;
    submit(renderer, kind == Kind::kTextured ? texture : nullptr, vertices, vertex_count,
           indices + begin, end - begin);
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
  surface_ = SDL_CreateRGBSurfaceWithFormat(0, width_px, height_px, 32, kPixels);
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

void Canvas::lock_to_display() {
  CARDRIG_CHECK(window_ != nullptr);
  SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
  if (SDL_SetWindowFullscreen(window_, SDL_WINDOW_FULLSCREEN_DESKTOP) != 0) {
    throw std::runtime_error(SDL_GetError());
  }
  SDL_ShowCursor(SDL_DISABLE);
  // Keys that a window manager would take for itself (Alt-F4, Alt-Tab) come to us, and end here.
  SDL_SetWindowKeyboardGrab(window_, SDL_TRUE);
  SDL_GetWindowSize(window_, &width_px_, &height_px_);
  locked_ = true;
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
  atlas.GetTexDataAsRGBA32(&pixels, &width,
                           &height);  // white, so that any order of colours is right
  if (font_texture_ != nullptr) SDL_DestroyTexture(font_texture_);
  font_texture_ = SDL_CreateTexture(renderer_, kPixels, SDL_TEXTUREACCESS_STATIC, width, height);
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

void Canvas::show_in(CanvasTexture& texture, const Picture& picture) const {
  if (texture.width_px() != picture.width_px || texture.height_px() != picture.height_px) {
    texture = CanvasTexture(renderer_, picture);
  }
  texture.replace_opaque(picture);
}

// ---- input -------------------------------------------------------------------------------------

void Canvas::feed(const SDL_Event& event) { events_.push_back(std::make_unique<SDL_Event>(event)); }

namespace {

// On a kiosk's screens nothing is typed: whoever brings a keyboard wants out. The same goes for
// what a finger does not do.
bool leads_out(const SDL_Event& event) {
  switch (event.type) {
    case SDL_QUIT:
    case SDL_KEYDOWN:
    case SDL_KEYUP:
    case SDL_TEXTINPUT:
    case SDL_TEXTEDITING:
    case SDL_MOUSEWHEEL:
      return true;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
      return event.button.button != SDL_BUTTON_LEFT;
    case SDL_WINDOWEVENT:
      return event.window.event == SDL_WINDOWEVENT_CLOSE;
    default:
      return false;
  }
}

bool puts_window_away(const SDL_Event& event) {
  if (event.type != SDL_WINDOWEVENT) return false;
  return event.window.event == SDL_WINDOWEVENT_MINIMIZED ||
         event.window.event == SDL_WINDOWEVENT_HIDDEN ||
         event.window.event == SDL_WINDOWEVENT_FOCUS_LOST;
}

}  // namespace

void Canvas::stay_in_front() {
  SDL_ShowWindow(window_);
  SDL_RestoreWindow(window_);
  SDL_SetWindowFullscreen(window_, SDL_WINDOW_FULLSCREEN_DESKTOP);
  SDL_RaiseWindow(window_);
}

bool Canvas::poll_window() {
  SDL_Event event;
  bool open = true;
  while (SDL_PollEvent(&event) != 0) {
    if (locked_ && leads_out(event)) continue;
    if (locked_ && puts_window_away(event)) stay_in_front();
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
