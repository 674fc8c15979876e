# What people do every day, in one word each. Every recipe is a plain command or a short script, so
# that nobody needs `just` to work here.

# List the recipes.
default:
    @just --list

# The whole marketplace on this machine, with nothing configured.
dev *options:
    cargo run -- dev {{options}}

# Every test but the long ones; installs what they need, and asks before it uses sudo.
test:
    ./scripts/test

# Format the code.
fmt:
    cargo fmt --all

# What may not be: unformatted code, lints, broken documentation, dependencies that point outwards.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
    ./scripts/check-dependencies
    ./scripts/check-cycles
    ./scripts/check-packages

# The pages in Chromium alone; pictures of them are left in target/storefront-screenshots.
browser:
    cargo test -p udam-browser

# Known vulnerabilities in dependencies, besides licences, banned and unused crates (needs Python 3).
deny:
    ./scripts/check-packages
    ./scripts/check-packages advisories

# What the production server is built from, as a CycloneDX document (needs Python 3.11).
sbom:
    @./scripts/sbom

# The systemd unit, the alert rules and compose.yaml, as far as what reads them is installed.
check-deploy:
    ./scripts/check-deploy

# Throw unexpected input at every call of the API for two minutes (needs Python 3).
fuzz-api:
    ./scripts/fuzz-api

# Lint the OpenAPI document, generate two clients from it, and buy with each (needs Python 3 and npm).
check-clients:
    ./scripts/check-clients

# Ten thousand orders while webhooks are lost and repeated and the server is killed five times.
chaos orders="10000":
    UDAM_CHAOS_ORDERS={{orders}} cargo test --release -p udam-e2e --test it orders_survive_chaos -- --nocapture

# Throughput and latency beside pgbench on the same cluster: a table, and a report in target/bench.
bench *options:
    cargo build --release -p udam-server -p udam-stripe-sandbox
    cargo run --release -p udam-load -- {{options}}

# Kill, freeze and disconnect servers, database and clients under load, round after round.
faults rounds="200" seed="7":
    cargo run --release -p udam-faults -- --rounds {{rounds}} --seed {{seed}}

# Ten thousand random batches of orders, each held against its orders placed one by one.
batches cases="10000":
    PROPTEST_CASES={{cases}} cargo test --release -p udam-postgres --test it a_batch_has -- --nocapture

# The gateway at full size: 20,000 races of each way to end access, 200,000 calls while everything is killed, 1 GiB up and
# down, 5,000 idle streams.
gateway-proofs races="20000" tokens="20" units="10000" kills="30":
    ./scripts/gateway-proofs {{races}} {{tokens}} {{units}} {{kills}}

# Set the version, date the changelog, build the binary, commit and tag.
release version:
    ./scripts/release {{version}}

# What CI runs.
ci:
    .ci/run
