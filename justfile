# Shortcuts; each line is a plain cargo command. `just` alone lists them.

default:
    @just --list

# Start on a fresh data folder and watch signed webhooks arrive.
demo:
    cargo run --release -- demo

# Start for development: http:// and loopback targets allowed.
serve:
    cargo run --release -- serve --dev

# Every test, or those whose name contains the words given.
test *words:
    cargo xtask test {{ words }}

# What must hold before a commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    cargo xtask tidy

# Licences, banned crates and sources of every dependency.
deny:
    cargo deny check bans licenses sources

# Everything that continuous integration runs.
ci:
    .ci/run

# Speed, latency and memory beside the measuring stick; about a quarter of an hour.
bench *options:
    cargo xtask bench {{ options }}

# What five real products' webhooks do, row by row, each with its result.
five-products:
    cargo xtask five-products

# Every call of the unmodified Svix SDKs against this build.
conformance *words:
    cargo xtask conformance {{ words }}
