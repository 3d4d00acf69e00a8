//! Facts that only the check-up needs: which services are installed.

use super::registry;
use crate::model::{Reading, SystemFacts, Why};

/// Key with one key for each service, which every user may read.
const SERVICES_KEY: &str = r"SYSTEM\CurrentControlSet\Services";

/// Reads the facts; `services` are names in the service manager to look for.
pub fn system_facts(services: &[String]) -> SystemFacts {
    SystemFacts {
        // `Condition::updated_at` is when Windows last installed something.
        packages_changed_at: Reading::Missing(Why::Unsupported),
        // The security center says whether the antivirus is up to date: `Condition::antivirus`.
        virus_list_at: Reading::Missing(Why::Unsupported),
        installed_services: installed(services),
        // Only the recording knows.
        stops: Reading::Missing(Why::NotYet),
    }
}

/// The services that have a key; the reason of the first that cannot be read.
fn installed(services: &[String]) -> Reading<Vec<String>> {
    let mut found = Vec::new();
    for service in services {
        match registry::has_key(&format!(r"{SERVICES_KEY}\{service}")) {
            Reading::Known(true) => found.push(service.clone()),
            Reading::Known(false) => {}
            Reading::Missing(why) => return Reading::Missing(why),
        }
    }
    Reading::Known(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_every_windows_is_found_and_a_made_up_one_is_not() {
        let services = ["RpcSs", "Mimamori test"].map(str::to_owned);
        assert_eq!(installed(&services), Reading::Known(vec!["RpcSs".to_owned()]));
    }
}
