//! Power cuts: after a crash the data folder is what was synced, and nothing else.

use std::path::{Path, PathBuf};

use super::Power;
use crate::program::Program;

/// Makes the folder of what is synced, with all that is there now: a server that stopped in good order has
/// synced everything.
pub(super) fn prepare(program: Program, power: &Power) -> Program {
    let Power::Cut { shim } = power else {
        return program;
    };
    let shadow = shadow_of(&program);
    copy(program.data(), &shadow);
    let folder = shadow.to_str().unwrap().to_owned();
    program.preload(shim).variable("SHADOW", &folder)
}

/// Puts what was synced in the place of what was written.
pub(super) fn cut(program: &Program, power: &Power) {
    if matches!(power, Power::Cut { .. }) {
        let data = program.data();
        std::fs::remove_dir_all(data).unwrap();
        copy(&shadow_of(program), data);
    }
}

fn shadow_of(program: &Program) -> PathBuf {
    program.folder().join("shadow")
}

/// Copies the files of a folder; not those that a crash left half copied, nor shared memory, which no disk
/// ever holds.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.contains(".part") && !name.ends_with("-shm") {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
