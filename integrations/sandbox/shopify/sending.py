"""Answers on the wire: whole, or spoilt on their way as a fault asks."""

import gzip
import json
import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from integrations.sandbox.shopify.execution import Answer
from integrations.sandbox.shopify.faults import Fault

PIECE = 64 * 1024


def send(handler: BaseHTTPRequestHandler, answer: Answer, fault: Fault | None) -> None:
    """Send an answer; a fault may hold it back, cut it off, or make nonsense of it."""
    is_page = isinstance(answer.body, str)
    body = (answer.body if is_page else json.dumps(answer.body)).encode()
    kind = fault.kind if fault else ""
    if fault and fault.seconds and kind != "slow":
        time.sleep(fault.seconds)
    if kind in ("hang", "reset"):
        _hang_up(handler)
        return
    if kind == "broken":
        body = body[: len(body) // 2]
    handler.send_response(answer.status)
    handler.send_header("Content-Type", "text/html" if is_page else "application/json")
    handler.send_header("Content-Length", str(len(body)))
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if kind == "cut":
        handler.wfile.write(body[: len(body) // 2])
        _hang_up(handler)
    elif kind == "slow" and fault:
        _drip(handler, body, seconds=fault.seconds)
    else:
        handler.wfile.write(body)


def _drip(handler: BaseHTTPRequestHandler, body: bytes, *, seconds: float) -> None:
    """Send a body in ten pieces over so many seconds."""
    size = max(1, len(body) // 10)
    for start in range(0, len(body), size):
        handler.wfile.write(body[start : start + size])
        handler.wfile.flush()
        time.sleep(seconds / 10)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection off; what was on its way is lost."""
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    os.close(handler.connection.detach())
    handler.close_connection = True


def send_file(handler: BaseHTTPRequestHandler, file: Path, fault: Fault | None) -> None:
    """Send the lines of a bulk operation: packed for whoever takes gzip, else as they are."""
    if "gzip" in handler.headers.get("Accept-Encoding", ""):
        _send_packed(handler, file, fault)
        return
    handler.send_response(200)
    handler.send_header("Content-Type", "application/jsonl")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    left = _half(file) if fault and fault.kind in ("cut", "cut_gzip") else None
    with gzip.open(file) as lines:
        while piece := lines.read(PIECE if left is None else min(PIECE, left)):
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if left is not None:
                left -= len(piece)
    if left is not None:
        _hang_up(handler)
        return
    handler.wfile.write(b"0\r\n\r\n")


def _half(file: Path) -> int:
    with gzip.open(file) as lines:
        return sum(len(line) for line in lines) // 2


def _send_packed(handler: BaseHTTPRequestHandler, file: Path, fault: Fault | None) -> None:
    size = file.stat().st_size
    sent = size // 2 if fault and fault.kind in ("cut", "cut_gzip") else size
    handler.send_response(200)
    handler.send_header("Content-Type", "application/jsonl")
    handler.send_header("Content-Encoding", "gzip")
    # cut_gzip: all bytes arrive that were promised, and still the file is not whole
    promised = sent if fault and fault.kind == "cut_gzip" else size
    handler.send_header("Content-Length", str(promised))
    handler.end_headers()
    with file.open("rb") as packed:
        while piece := packed.read(min(PIECE, sent)):
            handler.wfile.write(piece)
            sent -= len(piece)
    if fault and fault.kind == "cut":
        _hang_up(handler)
