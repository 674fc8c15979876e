// A purchase through the client that is generated from the OpenAPI document: `node purchase.js ADDRESS`.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Order = components["schemas"]["Order"];
type Api = Client<paths>;

const address = process.argv[2];
assert(address, "usage: purchase.js ADDRESS");

/** What a call has returned; fails with its problem. */
function returned<T>(result: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (result.error !== undefined) {
    throw new Error(`${result.error.code}: ${result.error.detail}`);
  }
  assert(result.data !== undefined);
  return result.data;
}

async function register(name: string): Promise<Api> {
  const visitor = createClient<paths>({ baseUrl: address! });
  const email = `${name}-typescript@example.com`;
  const password = "a long secret";
  const opened = returned(
    await visitor.POST("/v1/auth/register", { body: { email, password, name: `${name} in TypeScript` } }),
  );
  // A marketplace that sends mail has sent a link instead.
  assert("session_token" in opened);
  return createClient<paths>({
    baseUrl: address!,
    headers: { Authorization: `Bearer ${opened.session_token}` },
  });
}

async function publish(seller: Api): Promise<string> {
  const listing = returned(
    await seller.POST("/v1/listings", {
      body: {
        service_name: "Tide tables by TypeScript",
        endpoint_url: "https://tides.example.com/v1",
        api_key: "sk_tides_typescript",
        price_per_unit: "2.50",
        unit_description: "one station-day",
        available_units: 100,
      },
    }),
  );
  assert.equal(listing.status, "active");
  const found = returned(
    await seller.GET("/v1/listings", { params: { query: { q: "TypeScript", sort: "-price" } } }),
  );
  assert.deepEqual(found.data.map((item) => item.id), [listing.id]);
  return listing.id;
}

async function buy(buyer: Api, listing_id: string, units_requested: number): Promise<Order> {
  return returned(
    await buyer.POST("/v1/orders", {
      params: { header: { "Idempotency-Key": `typescript-${units_requested}` } },
      body: { listing_id, units_requested, expected_price_per_unit: "2.50" },
    }),
  );
}

async function find(buyer: Api, id: string): Promise<Order> {
  return returned(await buyer.GET("/v1/orders/{id}", { params: { path: { id } } }));
}

async function reveal(buyer: Api, order: Order): Promise<string> {
  assert(order.token_id !== null);
  const params = { path: { id: order.token_id } };
  return returned(await buyer.POST("/v1/tokens/{id}/reveal", { params })).api_key;
}

/** Presses Pay on the sandbox's page, and waits until the payment has arrived. */
async function pay(buyer: Api, order: Order): Promise<Order> {
  assert(order.payment_url !== null);
  const body = new URLSearchParams({ action: "pay" });
  const paid = await fetch(order.payment_url, { method: "POST", body, redirect: "manual" });
  assert.equal(paid.status, 303);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const now = await find(buyer, order.id);
    if (now.status === "fulfilled") {
      return now;
    }
    await pause(100);
  }
  throw new Error("the order was paid, and is not fulfilled");
}

const seller = await register("seller");
const buyer = await register("buyer");
const listing = await publish(seller);

const small = await buy(buyer, listing, 1);
assert.equal(small.status, "fulfilled");
assert.equal(await reveal(buyer, small), "sk_tides_typescript");

const larger = await buy(buyer, listing, 4);
assert.equal(larger.status, "awaiting_payment");
assert.equal(larger.payment_requires_confirmation, true);
const paid = await pay(buyer, larger);
assert.equal(await reveal(buyer, paid), "sk_tides_typescript");

const params = { path: { id: small.token_id! } };
assert.equal(returned(await buyer.POST("/v1/tokens/{id}/revoke", { params })).status, "revoked");
const refunded = returned(
  await seller.POST("/v1/orders/{id}/refund", {
    params: { path: { id: paid.id } },
    body: { return_units: true },
  }),
);
assert.equal(refunded.status, "refunded");

const refused = await buyer.GET("/v1/orders/{id}", { params: { path: { id: "ord_unknown" } } });
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.code, "not_found");
console.log("TypeScript: bought, paid, revoked and refunded");
