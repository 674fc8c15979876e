# What people do every day, in one word each. Every recipe is a plain command or a short script, so
# that nobody needs `just` to work here.

# List the recipes.
default:
    @just --list

# The whole marketplace on this machine, with nothing configured.
dev *options:
    cargo run -- dev {{options}}

# Every test but the long ones.
test:
    cargo test --workspace

# Format the code.
fmt:
    cargo fmt --all

# What may not be: unformatted code, lints, broken documentation, dependencies that point outwards.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
    ./scripts/check-dependencies

# Advisories, licences and banned crates (needs cargo-deny).
deny:
    cargo deny check

# Throw unexpected input at every call of the API for two minutes (needs Python 3).
fuzz-api:
    ./scripts/fuzz-api

# Ten thousand orders, an unreliable post, and a server that is killed five times.
chaos orders="10000":
    UDAM_CHAOS_ORDERS={{orders}} cargo test --release -p udam-e2e --test it orders_survive_chaos -- --nocapture

# What CI runs.
ci:
    .ci/run
