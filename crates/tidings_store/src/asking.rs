//! What the service asks of the one door to the internet for itself: a request to a server that the operator has named, such
//! as the identity provider. It goes through the guard like everything else.

use std::pin::Pin;

/// A request. With a form it is a POST, else a GET; the answer is to be JSON.
#[derive(Clone, Default)]
pub struct Asked {
    /// Where to.
    pub url: String,
    /// The fields of a form, as browsers write them.
    pub form: Option<String>,
    /// What goes into the header `authorization`.
    pub authorization: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body, as far as it is read.
    pub body: Vec<u8>,
}

/// The end of a request; or why there is no answer, for the log.
pub type AskFuture<'a> = Pin<Box<dyn Future<Output = Result<Answered, String>> + Send + 'a>>;

/// Who makes such requests.
pub trait Asks: Send + Sync {
    /// Makes one, once.
    fn ask(&self, asked: Asked) -> AskFuture<'_>;
}
