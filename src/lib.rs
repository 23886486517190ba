//! 窓口 (Madoguchi): the immunisation system of a Japanese city's health centers.
//!
//! Three programs share this library: `madoguchi` (the desk), `madoguchi-admin` (the command line) and
//! `madoguchi-central` (the central store, not built yet). The modules below stand in the order of their
//! dependencies; each may name only those above it, and each outside crate has one owner.
//! `tests/it/layers.rs` holds the table and fails when a file breaks it.
//!
//! ```text
//! domain ← { rules, print, platform, seal ← { store, sync } } ← office ← { desktop, admin }
//! ```
//!
//! `seal` (signatures, sealing, slots) stands below `store` and `sync`, since both the slot file and the
//! batches need it. `central` stands beside the rest.
//!
//! # What is stored
//! Everything with a history is a *subject*; every statement about it is an immutable *revision*
//! ([`domain::revision`]). Revisions merge by union: any order, any repetition and any partition of them leave
//! the same content. Three sorts of kinds differ in how that content is read: documents have heads and may be
//! in conflict, ledgers only ever gain facts, published things have one lawful writer. An erasure takes body
//! and salt of a revision and leaves its id.
//!
//! What screens read are *projections* ([`store::projection`]): typed tables, made from the revisions of one
//! subject whenever that subject changes, dropped and made anew when their schema changes. A rebuild gives the
//! same digest; `madoguchi-admin rebuild --check` says so. What can't be projected is kept and listed, and
//! holds up nothing else.
//!
//! # How a deed is done
//! Whatever a person or a job changes, and every card that is looked at, is one method of [`office::Office`]:
//! permission, validation, one transaction with permission asked again inside it, revisions with their
//! projections, at least one event of the audit chain; all of it or nothing. One thread writes and has two
//! queues: what the counter asks for goes before the next slice of a job. Screens hold an [`office::Handle`]
//! and wait for answers; reads run on a thread and connections of their own.
//!
//! Who may do what, and what needs a second person, is data (`assets/codes/rights.toml`). A second person's
//! word is a signed revision of its own, judged by one pure function ([`domain::approval`]).
//!
//! # Keys
//! The database key is random and lies in slots, one per operator ([`seal`]); a slot opens with the terminal's
//! secret and her password together. Nothing of a person is written in clear to any file.
//!
//! # Where a new thing goes
//! * **A kind of statement**: a line in the table of kinds, a type with `impl Body` in `domain`, a sample in
//!   `tests/it/bodies.rs`. A changed body raises `VERSION` and gets an `upcast`; samples stay for ever.
//! * **A table to read from**: `store/projection/<noun>.rs` with its schema in
//!   `migrations/terminal/projections`, a line in `ALL`, its queries in `store/<noun>.rs`.
//! * **A deed**: a line in `domain::deed`, its rights in `rights.toml`, a method in `office/<noun>.rs`.
//! * **A long piece of work**: `impl Job` beside its deed; it works in slices and shows itself by one switch.
//! * **A programme, a form, a code**: data in `assets`; no programme is named in code.
//! * **A command**: a file in `admin`, a line in its `Command`.

pub mod domain;

pub mod platform;
pub mod print;
pub mod rules;
pub mod seal;
pub mod store;
pub mod sync;

pub mod office;

#[cfg(feature = "admin")]
pub mod admin;
#[cfg(feature = "central")]
pub mod central;
#[cfg(feature = "desktop")]
pub mod desktop;
