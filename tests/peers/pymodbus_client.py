#!/usr/bin/python3
"""pymodbus_client.py PORT: reads and writes a control board with pymodbus, which nobody here wrote,
and says in one line of JSON what it got. libmodbus_client says the same with libmodbus."""
import json
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.pdu import ExceptionResponse

board = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=10)
if not board.connect():
    sys.exit("pymodbus_client: no connection")


def exception(answer):
    """The number of the exception that came instead of an answer; -1: none came, 0: it went well."""
    if isinstance(answer, ExceptionResponse):
        return answer.exception_code
    return -1 if answer.isError() else 0


def bits(answer, count):
    return [] if answer.isError() else [int(bit) for bit in answer.bits[:count]]


registers = board.read_input_registers(0, 7, slave=1)
contact = board.read_discrete_inputs(0, 1, slave=1)
before = board.read_coils(0, 3, slave=1)
written = board.write_coil(2, True, slave=1)
after = board.read_coils(0, 3, slave=1)
print(json.dumps({
    "failed": sum(exception(a) for a in (registers, contact, before, written, after)),
    "registers": [] if registers.isError() else registers.registers,
    "input": bits(contact, 1),
    "lights": bits(before, 3),
    "lights_after": bits(after, 3),
    "beyond": exception(board.read_input_registers(5, 3, slave=1)),
    "light_beyond": exception(board.write_coil(3, True, slave=1)),
    "function": exception(board.read_holding_registers(0, 1, slave=1)),
    "unit": exception(board.read_discrete_inputs(0, 1, slave=5)),
}))
