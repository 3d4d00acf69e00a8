//! Reads `assets/knowledge/security.toml`: which known programs protect a PC, and how.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Knowledge;
use super::programs::{KnownProgram, Protection, Source};
use super::system::TableError;

/// How a program protects a PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityKind {
    /// Antivirus.
    Antivirus,
    /// Endpoint detection and response of a company.
    Edr,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    product: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Product {
    program: String,
    kind: SecurityKind,
    #[serde(default)]
    services: Vec<String>,
    source: String,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Security {
    /// Kinds by English name of the program, which is what samples carry.
    kinds: BTreeMap<String, SecurityKind>,
    /// English names by service.
    services: BTreeMap<String, String>,
}

impl Security {
    pub(super) fn read(
        text: &str,
        sources: &BTreeMap<String, Source>,
        programs: &[KnownProgram],
    ) -> Result<Self, TableError> {
        let table: Table = toml::from_str(text).map_err(TableError::Syntax)?;
        let (mut kinds, mut services) = (BTreeMap::new(), BTreeMap::new());
        for Product { program, kind, services: own, source } in table.product {
            if !sources.contains_key(&source) {
                return Err(TableError::Unknown(source));
            }
            let protects = |known: &&KnownProgram| known.id == program && known.protect == Some(Protection::Security);
            let Some(known) = programs.iter().find(protects) else { return Err(TableError::Unknown(program)) };
            for service in own {
                if services.insert(service.to_lowercase(), known.name.en.clone()).is_some() {
                    return Err(TableError::Duplicate(service));
                }
            }
            if kinds.insert(known.name.en.clone(), kind).is_some() {
                return Err(TableError::Duplicate(program));
            }
        }
        Ok(Self { kinds, services })
    }
}

impl Knowledge {
    /// How the program with this English name protects the PC; `None` if it does not.
    pub fn security_kind(&self, english: &str) -> Option<SecurityKind> {
        self.security.kinds.get(english).copied()
    }

    /// Services of all products, in lower case.
    pub fn security_services(&self) -> Vec<String> {
        self.security.services.keys().cloned().collect()
    }

    /// English name of the product that this service belongs to.
    pub fn security_product(&self, service: &str) -> Option<&str> {
        self.security.services.get(&service.to_lowercase()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn antivirus_and_detection_are_told_apart() {
        let knowledge = Knowledge::builtin().expect("tables");
        assert_eq!(knowledge.security_kind("ClamAV"), Some(SecurityKind::Antivirus));
        assert_eq!(knowledge.security_kind("CrowdStrike Falcon"), Some(SecurityKind::Edr));
        assert_eq!(knowledge.security_kind("Firefox"), None);
        assert_eq!(knowledge.security_product("CSFalconService"), Some("CrowdStrike Falcon"));
        assert!(knowledge.security_services().contains(&"clamav-daemon".to_owned()));
    }

    #[test]
    fn every_product_is_a_known_program_that_protects() {
        let knowledge = Knowledge::builtin().expect("tables");
        let text = |program: &str| format!("[[product]]\nprogram = \"{program}\"\nkind = \"edr\"\nsource = \"own\"\n");
        let read = |text: &str| Security::read(text, &knowledge.sources, &knowledge.programs);
        assert!(read(&text("clamav")).is_ok());
        assert!(matches!(read(&text("firefox")), Err(TableError::Unknown(_))), "it protects nothing");
        assert!(matches!(read(&(text("clamav") + &text("clamav"))), Err(TableError::Duplicate(_))));
    }
}
