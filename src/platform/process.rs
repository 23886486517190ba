//! この処理の外に出るもの. Core dumps are off and other programs of the user can't look into the memory, before
//! any key is in it.

/// 記憶の写しを残さない. Called first by every program. On Linux: no core file, and not to be traced by others.
#[cfg(target_os = "linux")]
pub fn keep_memory_private() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Neither can be refused to a process about itself; a kernel that did would change nothing for the worse.
    let _ = setrlimit(Resource::Core, none);
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// 未検証. Windows Error Reporting is switched off by policy, see the guide.
#[cfg(not(target_os = "linux"))]
pub fn keep_memory_private() {}

/// 記憶の写しが残らないか. For the doctor.
#[cfg(target_os = "linux")]
#[must_use]
pub fn is_memory_private() -> bool {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
    getrlimit(Resource::Core).current == Some(0)
        && matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable))
}

#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn is_memory_private() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn after_the_first_call_no_core_is_dumped() {
        keep_memory_private();
        assert!(is_memory_private());
    }
}
