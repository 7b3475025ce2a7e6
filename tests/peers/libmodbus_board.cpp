// libmodbus_board PORT MODE [RESTARTS]: a control board made of libmodbus' server, which nobody
// here wrote. Port 0: any free one. Its standard output: a line of JSON when it listens, then every
// light that is written. It ends when it is killed.
//
//   plain       the register map of docs/protocols/control-board.md
//   busy        the first three requests get exception 06
//   late        the first request is answered when the second has come
//   wrong_unit  the first answer comes from unit 2
//   small_map   only three input registers: the rest is exception 02
//   other_map   version 2.0 of the map
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int kUnitAt = 6;  // in a request on TCP: behind transaction, protocol and length
constexpr int kFunctionAt = 7;
constexpr int kBusyTimes = 3;

modbus_mapping_t* map_of(const std::string& mode, int restarts) {
  modbus_mapping_t* map = modbus_mapping_new(3, 1, 0, mode == "small_map" ? 3 : 7);
  if (map == nullptr) return nullptr;
  map->tab_input_bits[0] = 1;
  const std::array<std::uint16_t, 7> registers{
      static_cast<std::uint16_t>(mode == "other_map" ? 0x0200 : 0x0100),
      0x0010,
      3605,
      static_cast<std::uint16_t>(restarts),
      41,
      39,
      1};
  for (int i = 0; i < map->nb_input_registers; ++i) {
    map->tab_input_registers[i] = registers.at(static_cast<std::size_t>(i));
  }
  return map;
}

int port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

class Board {
 public:
  Board(modbus_t* modbus, modbus_mapping_t* map, std::string mode)
      : modbus_(modbus), map_(map), mode_(std::move(mode)) {}

  void serve_one_connection() {
    std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> request{};
    for (;;) {
      const int size = modbus_receive(modbus_, request.data());
      if (size < 0) return;
      if (size > 0) answer(request.data(), size);
    }
  }

 private:
  void answer(std::uint8_t* request, int size) {
    ++requests_;
    if (mode_ == "busy" && requests_ <= kBusyTimes) {
      modbus_reply_exception(modbus_, request, MODBUS_EXCEPTION_SLAVE_OR_SERVER_BUSY);
      return;
    }
    if (mode_ == "late" && requests_ == 1) {
      first_.assign(request, request + size);
      return;
    }
    if (mode_ == "late" && requests_ == 2) {
      modbus_reply(modbus_, first_.data(), static_cast<int>(first_.size()), map_);
    }
    if (mode_ == "wrong_unit" && requests_ == 1) request[kUnitAt] = 2;
    modbus_reply(modbus_, request, size, map_);
    if (request[kFunctionAt] != MODBUS_FC_WRITE_SINGLE_COIL) return;
    std::printf("light %d %s\n", request[kFunctionAt + 2],
                request[kFunctionAt + 3] != 0 ? "on" : "off");
    std::fflush(stdout);
  }

  modbus_t* modbus_;
  modbus_mapping_t* map_;
  std::string mode_;
  int requests_ = 0;
  std::vector<std::uint8_t> first_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("libmodbus_board PORT MODE [RESTARTS]\n", stderr);
    return 2;
  }
  modbus_t* modbus = modbus_new_tcp("127.0.0.1", std::atoi(argv[1]));
  modbus_mapping_t* map = map_of(argv[2], argc > 3 ? std::atoi(argv[3]) : 1);
  int listener = modbus == nullptr ? -1 : modbus_tcp_listen(modbus, 1);
  if (map == nullptr || listener < 0) {
    std::fprintf(stderr, "libmodbus_board: %s\n", modbus_strerror(errno));
    return 1;
  }
  std::printf("{\"ready\": true, \"port\": %d}\n", port_of(listener));
  std::fflush(stdout);
  Board board(modbus, map, argv[2]);
  while (modbus_tcp_accept(modbus, &listener) >= 0) {
    board.serve_one_connection();
    modbus_close(modbus);
  }
  std::fprintf(stderr, "libmodbus_board: %s\n", modbus_strerror(errno));
  return 1;
}
