//! A PostgreSQL that is careful about whom it lets in: passwords, TLS with certificates of an authority of
//! its own, roles that must or must not use it. It listens on a port of this machine.
//!
//! | Role | Password | May come |
//! |---|---|---|
//! | `either` | `either's pass` | with TLS or without |
//! | `secure` | `secure's pass` | with TLS only |
//! | `plain` | `plain's pass` | without TLS only |
//! | `certified` | none | with TLS and a certificate of its own |
//!
//! The server's certificate is for `localhost` and for no address.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};

use super::programs::{Programs, Version, give_away};

/// Who may come, and how.
const RULES: &str = "\
local all postgres trust
local all all scram-sha-256
hostssl all certified 127.0.0.1/32 cert
hostnossl all plain 127.0.0.1/32 scram-sha-256
hostssl all secure 127.0.0.1/32 scram-sha-256
host all either 127.0.0.1/32 scram-sha-256
";
static MADE: AtomicU32 = AtomicU32::new(0);

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct Guarded {
    folder: PathBuf,
    port: u16,
    programs: Programs,
}

impl Guarded {
    /// Makes and starts one.
    pub fn start() -> Self {
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let name = format!("tidings-guarded-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        give_away(&folder);
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let programs = Programs::of(Version::V15);
        let server = Self {
            folder,
            port,
            programs,
        };
        let data = server.data();
        let trust = ["--auth=trust", "--username=postgres", "--encoding=UTF8"];
        let rest = ["--locale=C", "--no-sync", "-D", &data];
        server.programs.run("initdb", &trust, &rest);
        server.make_certificates();
        fs::write(server.file("data/pg_hba.conf"), RULES).unwrap();
        server.run_pg_ctl("start");
        for role in ["either", "secure", "plain"] {
            server.query(
                "postgres",
                &format!("CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{role}''s pass'"),
            );
            server.query(
                "postgres",
                &format!("CREATE DATABASE of_{role} OWNER {role}"),
            );
        }
        server.query("postgres", "CREATE ROLE certified LOGIN");
        server.query("postgres", "CREATE DATABASE of_certified OWNER certified");
        server
    }

    /// The authority, the server's certificate, and one of a client for the role `certified`.
    fn make_certificates(&self) {
        let (authority_key, authority) = authority("The database's authority");
        fs::write(
            self.file("ca.pem"),
            authority.self_signed(&authority_key).unwrap().pem(),
        )
        .unwrap();
        let (other_key, other) = self::authority("Somebody else's authority");
        fs::write(
            self.file("other-ca.pem"),
            other.self_signed(&other_key).unwrap().pem(),
        )
        .unwrap();
        let issuer = Issuer::new(authority, authority_key);
        for (name, subject, purpose) in [
            ("server", "localhost", ExtendedKeyUsagePurpose::ServerAuth),
            ("client", "certified", ExtendedKeyUsagePurpose::ClientAuth),
        ] {
            let key = KeyPair::generate().unwrap();
            let mut parameters = CertificateParams::new(vec![subject.to_owned()]).unwrap();
            parameters
                .distinguished_name
                .push(DnType::CommonName, subject);
            parameters.extended_key_usages = vec![purpose];
            let certificate = parameters.signed_by(&key, &issuer).unwrap();
            fs::write(self.file(&format!("{name}.pem")), certificate.pem()).unwrap();
            let path = self.file(&format!("{name}.key"));
            fs::write(&path, key.serialize_pem()).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            if name == "server" {
                give_away(&path);
            }
        }
    }

    /// A file beside the data: `ca.pem`, `other-ca.pem`, `client.pem`, `client.key`, or one to be made.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The address of a role's own database, at this host, with these parameters. No password.
    pub fn url(&self, role: &str, host: &str, parameters: &str) -> String {
        let port = self.port;
        format!("postgres://{role}@{host}:{port}/of_{role}?{parameters}")
    }

    /// The same with a password.
    pub fn url_with_password(&self, role: &str, password: &str, parameters: &str) -> String {
        let port = self.port;
        let password = password.replace('\'', "%27").replace(' ', "%20");
        format!("postgres://{role}:{password}@localhost:{port}/of_{role}?{parameters}")
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its superuser's address, by the socket.
    pub fn superuser_url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        let port = self.port;
        format!("postgres://postgres@{folder}:{port}/{database}")
    }

    /// What a statement gives, as the superuser: columns with `|` between them, rows in lines.
    #[track_caller]
    pub fn query(&self, database: &str, sql: &str) -> String {
        let port = self.port.to_string();
        let folder = self.folder.to_str().unwrap();
        let place = ["-h", folder, "-p", &port, "-U", "postgres", "-d", database];
        let rows = self.programs.run("psql", &place, &["-qAtX", "-c", sql]);
        rows.trim().to_owned()
    }

    /// Gives a role another password.
    pub fn change_password(&self, role: &str, password: &str) {
        let sql = format!("ALTER ROLE {role} PASSWORD '{password}'");
        self.query("postgres", &sql);
    }

    /// Changes a setting of the server that takes effect when it reads its settings again.
    pub fn set(&self, name: &str, value: &str) {
        self.query("postgres", &format!("ALTER SYSTEM SET {name} = {value}"));
        self.run_pg_ctl("reload");
    }

    /// Starts it again, as it is or as a standby.
    pub fn restart(&self) {
        self.run_pg_ctl("restart");
    }

    /// Makes a standby of it, that has nobody to follow: it answers reads and takes no writes.
    pub fn become_standby(&self) {
        self.run_pg_ctl("stop");
        fs::write(self.file("data/standby.signal"), "").unwrap();
        self.run_pg_ctl("start");
    }

    fn run_pg_ctl(&self, what: &str) {
        let port = self.port;
        let options = format!(
            "-p {port} -k '{folder}' -c listen_addresses=127.0.0.1 -c shared_buffers=32MB \
             -c ssl_cert_file='{folder}/server.pem' -c ssl_key_file='{folder}/server.key' \
             -c ssl_ca_file='{folder}/ca.pem'",
            folder = self.folder.display()
        );
        let settings = self.file("data/postgresql.auto.conf");
        if !fs::read_to_string(&settings).unwrap().contains("ssl") {
            let text = fs::read_to_string(&settings).unwrap() + "ssl = on\nfsync = off\n";
            fs::write(&settings, text).unwrap();
        }
        let (data, log) = (self.data(), self.file("log"));
        self.programs.run(
            "pg_ctl",
            &[what, "--wait", "-m", "fast", "-D", &data],
            &["-l", log.to_str().unwrap(), "-o", &options],
        );
    }

    fn data(&self) -> String {
        self.file("data").display().to_string()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let stop = ["stop", "-m", "immediate", "-D", &self.data()];
        let _ = self.programs.command("pg_ctl").args(stop).output(); // it may never have started
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn authority(name: &str) -> (KeyPair, CertificateParams) {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (KeyPair::generate().unwrap(), parameters)
}
