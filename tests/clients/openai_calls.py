"""Calls through the gateway by a client library as it is published: `python openai_calls.py ADDRESS`.

The library of OpenAI is given another base URL and another key, and nothing else. The service that it calls is a stand-in, which
speaks as much of the API as is called here, and knows one key.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import openai

ADDRESS = sys.argv[1]
SELLERS_KEY = "sk-sellers-own-0123456789"
PASSWORD = "a long secret"
WORDS = ["Rain", " in", " the", " morning", "."]


class Service(BaseHTTPRequestHandler):
    """`GET /v1/models` and `POST /v1/chat/completions`, whole and streamed."""

    protocol_version = "HTTP/1.1"
    calls = []

    def do_GET(self):
        if self.begin() and self.path == "/v1/models":
            model = {"id": "stand-in", "object": "model", "created": 1, "owned_by": "seller"}
            self.answer(200, {"object": "list", "data": [model]})
        else:
            self.answer(404, {"error": {"message": "there is no such address"}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.begin():
            return
        assert body["messages"][-1] == {"role": "user", "content": "The weather?"}, body
        if body.get("stream"):
            self.stream()
        else:
            message = {"role": "assistant", "content": "".join(WORDS)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
            self.answer(200, self.completion("chat.completion", choice) | {"usage": usage})

    def begin(self):
        """Whether the request has the seller's key; it is refused otherwise."""
        self.calls.append(self.path)
        if self.headers["Authorization"] == f"Bearer {SELLERS_KEY}":
            return True
        self.answer(401, {"error": {"message": "this is not the seller's key"}})
        return False

    def completion(self, kind, choice):
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "stand-in", "choices": [choice]}

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for word in WORDS:
            choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
            self.chunk(json.dumps(self.completion("chat.completion.chunk", choice)))
        self.chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, data):
        event = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
        self.wfile.flush()

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that closes its connection is none."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def sign_up(name):
    account = {"email": f"{name}-openai@example.com", "password": PASSWORD}
    opened = httpx.post(f"{ADDRESS}/v1/auth/register", json=account).raise_for_status().json()
    headers = {"Authorization": f"Bearer {opened['session_token']}"}
    return httpx.Client(base_url=ADDRESS, headers=headers)


def done(response):
    return response.raise_for_status().json()


def publish(seller, service):
    listing = {
        "service_name": "A model by the call",
        "endpoint_url": f"http://127.0.0.1:{service.server_port}/v1",
        "api_key": SELLERS_KEY,
        "access": "gateway",
        "price_per_unit": "0.10",
        "unit_description": "one call",
        "available_units": 100,
    }
    return done(seller.post("/v1/listings", json=listing))["id"]


def settled(buyer, token):
    """Units left and charged, once no call is open: ends are recorded after their answers."""
    for _ in range(200):
        now = done(buyer.get(f"/v1/tokens/{token}"))
        if now["units_open"] == 0:
            return now["units_left"], now["units_charged"]
        time.sleep(0.05)
    raise RuntimeError("a call stays open")


def call(client):
    """Every kind of call: three units."""
    messages = [{"role": "user", "content": "The weather?"}]
    assert [model.id for model in client.models.list()] == ["stand-in"]
    whole = client.chat.completions.create(model="stand-in", messages=messages)
    assert whole.choices[0].message.content == "Rain in the morning."
    assert whole.usage.total_tokens == 8
    streamed = client.chat.completions.create(model="stand-in", messages=messages, stream=True)
    assert [chunk.choices[0].delta.content for chunk in streamed] == WORDS


def refused(client, error, status, code):
    """A call is refused by the gateway, which the library raises as it does an error of the service's."""
    try:
        client.models.list()
    except error as raised:
        assert raised.status_code == status, raised
        assert raised.response.headers["UDAM-Origin"] == "gateway"
        assert raised.response.json()["code"] == code, raised
    else:
        raise AssertionError("it was not refused")


def main():
    service = Server(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    # What the seller does, and what a buyer who has the seller's key would.
    call(openai.OpenAI(base_url=f"http://127.0.0.1:{service.server_port}/v1", api_key=SELLERS_KEY))
    Service.calls.clear()

    seller, buyer = sign_up("seller"), sign_up("buyer")
    listing = publish(seller, service)
    order = done(buyer.post("/v1/orders", json={"listing_id": listing, "units_requested": 10}))
    token = order["token_id"]
    access = done(buyer.post(f"/v1/tokens/{token}/reveal"))
    assert access["access"] == "gateway"
    assert SELLERS_KEY not in json.dumps(access)

    client = openai.OpenAI(base_url=access["endpoint_url"], api_key=access["api_key"])
    call(client)
    assert Service.calls == ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]
    assert settled(buyer, token) == (7, 3)

    stranger = openai.OpenAI(base_url=access["endpoint_url"], api_key="udk_of_nobody", max_retries=0)
    refused(stranger, openai.AuthenticationError, 401, "invalid_access_key")
    done(buyer.post(f"/v1/tokens/{token}/revoke"))
    refused(client, openai.APIStatusError, 410, "token_revoked")
    assert len(Service.calls) == 3
    assert settled(buyer, token) == (7, 3)
    print("OpenAI's library: called, counted, and refused once the token was revoked")


main()
