"""A venue's market data for a test: REST and WebSocket on one port of 127.0.0.1, plain, saying what it is given."""

import base64
import hashlib
import http.server
import json
import threading

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def _frame(payload, opcode=1):
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, size])
    elif size < 65536:
        head = bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big")
    return head + payload


class MarketServer:
    """`replies` answers a REST path (query cut off) with JSON; `messages` are said, in order, on each WebSocket whose path
    begins with their key. `paths` collects what was asked for."""

    def __init__(self, replies, messages):
        self.paths = []
        self.said = threading.Event()  # all messages of a WebSocket
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.paths.append(self.path)
                if self.headers.get("Upgrade", "").lower() == "websocket":
                    self._serve_socket()
                    return
                reply = replies.get(self.path.split("?")[0])
                body = json.dumps(reply if reply is not None else {"code": -1, "msg": "no"}).encode()
                self.send_response(200 if reply is not None else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _serve_socket(self):
                key = self.headers["Sec-WebSocket-Key"] + _GUID
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
                self.end_headers()
                for path, texts in messages.items():
                    if self.path.startswith(path):
                        for text in texts:
                            self.wfile.write(_frame(text.encode()))
                self.wfile.flush()
                outer.said.set()
                self.close_connection = True
                self.connection.recv(1 << 16)  # until the client says goodbye
                self.wfile.write(_frame(b"\x03\xe8", opcode=8))

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self):
        return self._server.server_address[1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
