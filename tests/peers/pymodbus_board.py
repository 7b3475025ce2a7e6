#!/usr/bin/python3
"""pymodbus_board.py PORT UNIT [RESTARTS]: a control board made of pymodbus' server, which nobody
here wrote, with the register map of docs/protocols/control-board.md. Port 0: any free one. It says
in a line of JSON when it listens, then every light that is written, and ends when it is killed."""
import asyncio
import json
import sys

from pymodbus.datastore import (ModbusSequentialDataBlock, ModbusServerContext,
                                ModbusSlaveContext)
from pymodbus.server import StartAsyncTcpServer


class Lights(ModbusSequentialDataBlock):
    def setValues(self, address, values):
        super().setValues(address, values)
        first = values[0] if isinstance(values, list) else values
        print("light", address, "on" if first else "off", flush=True)


def board(restarts):
    return ModbusSlaveContext(
        co=Lights(0, [False] * 3),
        di=ModbusSequentialDataBlock(0, [True]),
        hr=ModbusSequentialDataBlock(0, [0]),
        ir=ModbusSequentialDataBlock(0, [0x0100, 0x0010, 3605, restarts, 41, 39, 1]),
        zero_mode=True)


async def main():
    port, unit = int(sys.argv[1]), int(sys.argv[2])
    restarts = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    context = ModbusServerContext(slaves={unit: board(restarts)}, single=False)
    server = await StartAsyncTcpServer(context=context, address=("127.0.0.1", port),
                                       allow_reuse_address=True, defer_start=True)
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    listening = server.server.sockets[0].getsockname()[1]
    print(json.dumps({"ready": True, "port": listening}), flush=True)
    await serving


asyncio.run(main())
