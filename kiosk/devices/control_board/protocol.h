// Numbers of the control board's Modbus interface, for driver and simulator alike.
// Sources: Modbus Application Protocol V1.1b3 (functions, exceptions, limits), Modbus Messaging on
// TCP/IP (MBAP header), docs/protocols/control-board.md (register map, house-defined).
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardrig::control_board::protocol {

// --- MBAP header ---
inline constexpr std::size_t kMbapSize = 7;  // transaction, protocol, length, unit
inline constexpr std::size_t kMbapLengthAt = 4;  // the length counts unit and PDU
inline constexpr std::uint16_t kMbapProtocol = 0;
inline constexpr std::size_t kPduMax = 253;
inline constexpr std::uint16_t kTcpPort = 502;
inline constexpr std::uint8_t kUnit = 1;
inline constexpr std::uint8_t kUnitAny = 0xFF;

// --- functions and exceptions ---
inline constexpr std::uint8_t kReadCoils = 0x01;
inline constexpr std::uint8_t kReadDiscreteInputs = 0x02;
inline constexpr std::uint8_t kReadInputRegisters = 0x04;
inline constexpr std::uint8_t kWriteSingleCoil = 0x05;
inline constexpr std::uint8_t kExceptionBit = 0x80;
inline constexpr std::uint8_t kIllegalFunction = 0x01;
inline constexpr std::uint8_t kIllegalAddress = 0x02;
inline constexpr std::uint8_t kIllegalValue = 0x03;
inline constexpr std::uint8_t kDeviceBusy = 0x06;
inline constexpr std::uint8_t kGatewayTargetSilent = 0x0B;
inline constexpr std::uint16_t kCoilOn = 0xFF00;
inline constexpr std::uint16_t kCoilOff = 0x0000;
inline constexpr unsigned kBitsReadMax = 2000;
inline constexpr unsigned kRegistersReadMax = 125;

// --- register map ---
inline constexpr std::uint16_t kCoilReader = 0;
inline constexpr std::uint16_t kCoilCamera = 1;
inline constexpr std::uint16_t kCoilOutlet = 2;
inline constexpr unsigned kCoils = 3;

inline constexpr std::uint16_t kInputOutlet = 0;
inline constexpr std::uint16_t kInputServiceKey = 1;
inline constexpr unsigned kInputs = 2;

inline constexpr std::uint16_t kRegMapVersion = 0;
inline constexpr std::uint16_t kRegFirmware = 1;
inline constexpr std::uint16_t kRegUptime_s = 2;
inline constexpr std::uint16_t kRegRestarts = 3;
inline constexpr std::uint16_t kRegCardsSeen = 4;
inline constexpr std::uint16_t kRegCardsTaken = 5;
inline constexpr std::uint16_t kRegInputBits = 6;
inline constexpr unsigned kRegisters = 7;
inline constexpr std::uint16_t kMapVersion = 0x0100;
inline constexpr std::uint16_t kUptimeMax_s = 0xFFFF;
inline constexpr int kOutletDebounce_ms = 50;

}  // namespace cardrig::control_board::protocol
