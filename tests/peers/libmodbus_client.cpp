// libmodbus_client PORT: reads and writes a control board with libmodbus, which nobody here wrote,
// and says in one line of JSON what it got. modbus_client.py says the same with pymodbus.
#include <modbus/modbus.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

/// The number of the exception that came instead of an answer; -1: none came, 0: it went well.
int exception(int result) {
  if (result >= 0) return 0;
  return errno > MODBUS_ENOBASE ? errno - MODBUS_ENOBASE : -1;
}

template <class T>
std::string list(const T* values, int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + std::to_string(int{values[i]});
  return text + "]";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  modbus_t* board = modbus_new_tcp("127.0.0.1", std::atoi(argv[1]));
  if (board == nullptr || modbus_connect(board) != 0) {
    std::fprintf(stderr, "libmodbus_client: %s\n", modbus_strerror(errno));
    return 1;
  }
  modbus_set_response_timeout(board, 10, 0);
  modbus_set_slave(board, 1);
  std::array<std::uint16_t, 7> registers{};
  std::array<std::uint8_t, 3> before{}, after{};
  std::array<std::uint8_t, 1> input{};
  const int failed = exception(modbus_read_input_registers(board, 0, 7, registers.data())) +
                     exception(modbus_read_input_bits(board, 0, 1, input.data())) +
                     exception(modbus_read_bits(board, 0, 3, before.data())) +
                     exception(modbus_write_bit(board, 2, 1)) +
                     exception(modbus_read_bits(board, 0, 3, after.data()));
  const int beyond = exception(modbus_read_input_registers(board, 5, 3, registers.data() + 4));
  const int light_beyond = exception(modbus_write_bit(board, 3, 1));
  std::uint16_t holding = 0;
  const int function = exception(modbus_read_registers(board, 0, 1, &holding));
  modbus_set_slave(board, 5);
  const int unit = exception(modbus_read_input_bits(board, 0, 1, input.data()));
  std::printf(
      "{\"failed\": %d, \"registers\": %s, \"input\": %s, \"lights\": %s, \"lights_after\": %s, "
      "\"beyond\": %d, \"light_beyond\": %d, \"function\": %d, \"unit\": %d}\n",
      failed, list(registers.data(), 7).c_str(), list(input.data(), 1).c_str(),
      list(before.data(), 3).c_str(), list(after.data(), 3).c_str(), beyond, light_beyond, function,
      unit);
  modbus_close(board);
  modbus_free(board);
  return 0;
}
