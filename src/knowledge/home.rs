//! Places where programs hide, and places that tools fill with programs, most of them below the home of a user. Text
//! only; the disk is never accessed.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::place::{Folders, after};
use crate::model::Os;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    homes: Vec<String>,
    no_programs: Vec<String>,
    data: Vec<String>,
    ordinary_names: BTreeSet<String>,
    tools: Vec<String>,
    system: Vec<String>,
    hidden: Vec<String>,
    hidden_at_the_top: Vec<String>,
    pub(super) source: String,
}

/// Places below homes, and those of Windows.
#[derive(Clone, Debug)]
pub(super) struct Home {
    homes: Vec<String>,
    no_programs: Vec<String>,
    data: Vec<String>,
    ordinary_names: BTreeSet<String>,
    /// Below a home.
    tools: Vec<String>,
    /// With their whole path.
    tool_folders: Folders,
    system: Folders,
    hidden: Folders,
    hidden_at_the_top: Folders,
}

impl Home {
    pub(super) fn new(table: Table) -> Self {
        let (whole, tools) = table.tools.into_iter().partition(|folder| folder.contains([':', '\\']));
        Self {
            homes: table.homes,
            no_programs: table.no_programs,
            data: table.data,
            ordinary_names: table.ordinary_names,
            tools,
            tool_folders: Folders::new(&whole),
            system: Folders::new(&table.system),
            hidden: Folders::new(&table.hidden),
            hidden_at_the_top: Folders::new(&table.hidden_at_the_top),
        }
    }

    /// True if a program file at this comparable path is where nobody comes across it.
    pub(super) fn is_hidden(&self, path: &str, os: Os) -> bool {
        if os == Os::Windows {
            return self.hidden.contains(path, os) || self.hidden_at_the_top.holds(path, os);
        }
        let Some(rest) = self.below_home(path) else {
            // A dot hides a folder also where no home is; what is not a folder of the system may be one.
            return self.system.contains(path, os) && self.has_odd_name(path.trim_start_matches('/'));
        };
        let is_data = |folder: &String| rest.strip_prefix(folder.as_str()).is_some_and(|file| !file.contains('/'));
        let tool = self.tools.iter().find_map(|folder| after(rest, folder));
        // The first folder of a home with a dot is that of some program; what is hidden within it is not.
        let inner = tool.or_else(|| rest.strip_prefix('.').and_then(|rest| Some(rest.split_once('/')?.1)));
        self.no_programs.iter().any(|folder| rest.starts_with(folder.as_str()))
            || self.data.iter().any(is_data)
            || self.has_odd_name(inner.unwrap_or(rest))
    }

    /// True if a known tool puts programs there.
    pub(super) fn is_of_tool(&self, path: &str, os: Os) -> bool {
        let is_below = |rest: &str| self.tools.iter().any(|folder| after(rest, folder).is_some());
        self.tool_folders.contains(path, os) || os != Os::Windows && self.below_home(path).is_some_and(is_below)
    }

    fn below_home<'a>(&self, path: &'a str) -> Option<&'a str> {
        self.homes.iter().find_map(|home| after(path, home))
    }

    /// True if one of the folders of a path is hidden and is none that developers are used to.
    fn has_odd_name(&self, path: &str) -> bool {
        let Some((folders, _)) = path.rsplit_once('/') else { return false };
        folders.split('/').any(|name| name.starts_with('.') && name.len() > 1 && !self.ordinary_names.contains(name))
    }
}
