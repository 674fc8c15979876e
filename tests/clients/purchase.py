"""A purchase through the client that is generated from the OpenAPI document: `python purchase.py ADDRESS`."""

import sys
import time

import httpx
from udam_client import AuthenticatedClient, Client
from udam_client.api.accounts import register
from udam_client.api.listings import publish_listing, search_listings
from udam_client.api.orders import find_order, place_order, refund_order
from udam_client.api.tokens import reveal_key, revoke_token
from udam_client.models import (
    PlaceOrderBody,
    Problem,
    PublishListingBody,
    RefundBody,
    RegisterBody,
)

ADDRESS = sys.argv[1]


def returned(result):
    """What a call has returned; fails with its problem."""
    if result is None or isinstance(result, Problem):
        raise RuntimeError(f"unexpected response: {result}")
    return result


def sign_up(name):
    body = RegisterBody(email=f"{name}-python@example.com", password="a long secret", name=f"{name} in Python")
    opened = returned(register.sync(client=Client(base_url=ADDRESS), body=body))
    # A marketplace that sends mail has sent a link instead.
    assert hasattr(opened, "session_token"), opened
    return AuthenticatedClient(base_url=ADDRESS, token=opened.session_token)


def publish(seller):
    body = PublishListingBody(
        service_name="Tide tables by Python",
        endpoint_url="https://tides.example.com/v1",
        api_key="sk_tides_python",
        price_per_unit="2.50",
        unit_description="one station-day",
        available_units=100,
    )
    listing = returned(publish_listing.sync(client=seller, body=body))
    assert listing.status == "active"
    found = returned(search_listings.sync(client=seller, q="Python", limit=10))
    assert [item.id for item in found.data] == [listing.id]
    return listing.id


def buy(buyer, listing, units):
    body = PlaceOrderBody(listing_id=listing, units_requested=units, expected_price_per_unit="2.50")
    return returned(place_order.sync(client=buyer, body=body, idempotency_key=f"python-{units}"))


def reveal(buyer, order):
    return returned(reveal_key.sync(order.token_id, client=buyer)).api_key


def pay(buyer, order):
    """Presses Pay on the sandbox's page, and waits until the payment has arrived."""
    paid = httpx.post(order.payment_url, data={"action": "pay"})
    assert paid.status_code == 303
    for _ in range(200):
        now = returned(find_order.sync(order.id, client=buyer))
        if now.status == "fulfilled":
            return now
        time.sleep(0.1)
    raise RuntimeError("the order was paid, and is not fulfilled")


def main():
    seller, buyer = sign_up("seller"), sign_up("buyer")
    listing = publish(seller)

    small = buy(buyer, listing, 1)
    assert small.status == "fulfilled"
    assert reveal(buyer, small) == "sk_tides_python"

    larger = buy(buyer, listing, 4)
    assert larger.status == "awaiting_payment"
    assert larger.payment_requires_confirmation is True
    paid = pay(buyer, larger)
    assert reveal(buyer, paid) == "sk_tides_python"

    assert returned(revoke_token.sync(small.token_id, client=buyer)).status == "revoked"
    body = RefundBody(return_units=True)
    refunded = returned(refund_order.sync(paid.id, client=seller, body=body))
    assert refunded.status == "refunded"

    refused = find_order.sync_detailed("ord_unknown", client=buyer)
    assert refused.status_code == 404
    assert refused.parsed.code == "not_found"
    print("Python: bought, paid, revoked and refunded")


main()
