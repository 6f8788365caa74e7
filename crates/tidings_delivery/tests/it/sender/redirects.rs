//! Redirects are answers like any other: noted, never followed.

use tidings_domain::address_policy::Policy;
use tidings_domain::delivery::AttemptError;

use super::cases::cases;
use super::fixtures::{Draft, guarded, send, settings};
use super::receiver::{Canary, Receiver, Reply, response};

/// Answers with the row's redirect, then with the same one to a listener that counts. The policy
/// would allow the second, so only not following keeps the sender away from it.
async fn assert_not_followed(row: &str) {
    let (status, target) = row.split_once(':').unwrap().1.split_once(' ').unwrap();
    let status = status.parse::<u16>().unwrap();
    let canary = Canary::start();
    let counted = format!("http://127.0.0.1:{}/", canary.port());
    let (name, locations) = match target.split_once("; url=") {
        Some((refresh, url)) => {
            let with = |url: &str| format!("{refresh}; url={url}");
            ("", [with(url), with(&counted)])
        }
        None => ("location: ", [target.to_owned(), counted]),
    };
    let replies = locations.map(|location| {
        let header = if name.is_empty() {
            location.replacen("Refresh: ", "refresh: ", 1)
        } else {
            format!("{name}{location}")
        };
        response(&format!("{status} Redirect"), &[&header], "")
    });
    let receiver = Receiver::start(move |seen| Reply::Keep(replies[seen.turn - 1].clone())).await;
    let sender = guarded(settings(), Policy::development(), &[]);
    let target = Draft::to(receiver.url("/")).ready();
    for _ in 0..2 {
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.status, Some(status));
        let expected = (status != 200).then_some(AttemptError::Status);
        assert_eq!(exchange.error, expected);
    }
    assert_eq!(receiver.requests().len(), 2);
    assert_eq!(canary.hits(), 0);
}

cases! {
    metadata_service = "redirect:301 http://169.254.169.254/latest/meta-data/" => {
        assert_not_followed("redirect:301 http://169.254.169.254/latest/meta-data/").await;
    }
    loopback = "redirect:302 http://127.0.0.1:9000/" => {
        assert_not_followed("redirect:302 http://127.0.0.1:9000/").await;
    }
    temporary_that_keeps_the_method = "redirect:307 http://localhost:6379/" => {
        assert_not_followed("redirect:307 http://localhost:6379/").await;
    }
    permanent_that_keeps_the_method = "redirect:308 https://[::1]/" => {
        assert_not_followed("redirect:308 https://[::1]/").await;
    }
    without_a_scheme = "redirect:302 //127.0.0.1/" => {
        assert_not_followed("redirect:302 //127.0.0.1/").await;
    }
    to_a_file = "redirect:302 file:///etc/passwd" => {
        assert_not_followed("redirect:302 file:///etc/passwd").await;
    }
    use_proxy = "redirect:305 http://127.0.0.1:3128/" => {
        assert_not_followed("redirect:305 http://127.0.0.1:3128/").await;
    }
    refresh_header = "redirect:200 Refresh: 0; url=http://127.0.0.1/" => {
        assert_not_followed("redirect:200 Refresh: 0; url=http://127.0.0.1/").await;
    }
}
