//! The rules against the case files in `tests/data`, through the public interface only.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod filter_cases;
mod signature_vectors;
mod ssrf_cases;
