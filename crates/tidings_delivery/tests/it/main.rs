//! Tests of delivery against real sockets on loopback, in one program.

mod sender;
