//! The symbolic links of an unpacked package, which npm's archives cannot have.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

use serde::Deserialize;

use super::PackageError;

/// File that lists the links.
const LIST: &str = "pg-symlinks.json";

/// Directory that the paths of the list begin with.
const ROOT: &str = "native";

/// A link to be made. Both paths begin with [`ROOT`].
#[derive(Deserialize)]
struct Link {
    /// The file that exists.
    source: String,
    /// The link to it, in the same directory.
    target: String,
}

/// Makes the links of the package that was unpacked into `native`.
pub(super) fn link(native: &Path) -> Result<(), PackageError> {
    let list = native.join(LIST);
    let text = match fs::read_to_string(&list) {
        Ok(text) => text,
        // A package for a system without such links.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(PackageError::files(&list)(error)),
    };
    let links: Vec<Link> =
        serde_json::from_str(&text).map_err(|error| PackageError::files(&list)(error.into()))?;
    for Link { source, target } in links {
        let (source, target) = (Path::new(&source), Path::new(&target));
        let (Some(name), Some(link)) = (source.file_name(), inside(target)) else {
            continue;
        };
        let link = native.join(link);
        symlink(name, &link).map_err(PackageError::files(&link))?;
    }
    Ok(())
}

/// The path within the package; `None` if it leads out of it.
fn inside(path: &Path) -> Option<&Path> {
    let path = path.strip_prefix(ROOT).ok()?;
    let stays = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    stays.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_links_are_made_and_none_outside() {
        let directory = tempfile::tempdir().unwrap();
        let native = directory.path().join("native");
        fs::create_dir_all(native.join("lib")).unwrap();
        fs::write(native.join("lib/libz.so.1.2"), "z").unwrap();
        let list = r#"[
            {"source": "native/lib/libz.so.1.2", "target": "native/lib/libz.so"},
            {"source": "native/lib/libz.so.1.2", "target": "native/../outside"},
            {"source": "native/lib/libz.so.1.2", "target": "/elsewhere"}
        ]"#;
        fs::write(native.join(LIST), list).unwrap();
        link(&native).unwrap();
        assert_eq!(fs::read_to_string(native.join("lib/libz.so")).unwrap(), "z");
        assert!(!directory.path().join("outside").exists());
    }

    #[test]
    fn a_package_may_have_no_links() {
        link(tempfile::tempdir().unwrap().path()).unwrap();
    }
}
