//! 見本のフォルダーを整える. Makes a whole demo city in a folder beside its place and moves it there when it is
//! complete: a demo that was cut off while it was being made is made again from the beginning.

use std::{fmt, fs, io, path::PathBuf};

use super::{Size, fill, make};
use crate::{
    office::{DeedError, Home, Machine, code, feed::FeedError, home::HomeError, setup::SetUpError},
    seal::password::Cost,
};

/// Why there is no demo city.
#[derive(Debug)]
pub enum DemoError {
    /// The folder holds a real terminal.
    NotADemo,
    Home(HomeError),
    SetUp(SetUpError),
    Feed(FeedError),
    Folder(io::ErrorKind),
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DemoError::NotADemo => f.write_str(
                "このフォルダーには本物の端末のデータがあります。見本には別のフォルダーを --home で指定してください。",
            ),
            DemoError::Home(error) => error.fmt(f),
            DemoError::SetUp(error) => error.fmt(f),
            DemoError::Feed(error) => error.fmt(f),
            DemoError::Folder(io::ErrorKind::StorageFull) => {
                f.write_str("ディスクの空きが足りません。空きを作ってから、もう一度開いてください。")
            }
            DemoError::Folder(_) => {
                f.write_str("見本のフォルダーを作れません。場所と権限を確かめて、--home で指定してください。")
            }
        }
    }
}

impl std::error::Error for DemoError {}

impl From<SetUpError> for DemoError {
    fn from(error: SetUpError) -> Self {
        DemoError::SetUp(error)
    }
}

impl From<FeedError> for DemoError {
    fn from(error: FeedError) -> Self {
        DemoError::Feed(error)
    }
}

impl From<DeedError> for DemoError {
    fn from(error: DeedError) -> Self {
        DemoError::Feed(error.into())
    }
}

impl From<HomeError> for DemoError {
    fn from(error: HomeError) -> Self {
        DemoError::Home(error)
    }
}

impl From<io::Error> for DemoError {
    fn from(error: io::Error) -> Self {
        DemoError::Folder(error.kind())
    }
}

/// 見本の市を用意する. Nothing where it is there already. `progress` hears (done, of all, what is being done).
///
/// # Errors
/// [`DemoError`]; the place of the demo is then as it was.
pub fn ensure(
    home: &Home,
    machine: Machine,
    size: Size,
    progress: &dyn Fn(u64, u64, &str),
) -> Result<(), DemoError> {
    if home.is_taken() {
        return match home.label()?.demo {
            true => Ok(()),
            false => Err(DemoError::NotADemo),
        };
    }
    let building = building(home)?;
    progress(0, 1_000, "見本の鍵と操作者を作っています");
    let (office, cast) = make(&building, machine, size.seed, Cost::STANDARD)?;
    office.publish_codes(&cast.session("1005"), &code::demo_codes())?;
    office.publish_demo_settings(&cast.session("1005"))?;
    let report = |done: u32| {
        let what = match done {
            ..700 => "見本の市に住民を取り込んでいます",
            _ => "見本の市の接種記録を取り込んでいます",
        };
        progress(u64::from(done), 1_000, what);
    };
    fill(&office, &cast, size, report)?;
    drop(office);
    fs::rename(building.folder(), home.folder())?;
    Ok(())
}

/// The folder beside it where it is made. What a demo that was cut off has left there is taken away: it is this
/// program's own and holds no real person.
fn building(home: &Home) -> Result<Home, DemoError> {
    let folder = home.folder();
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".building");
    let building: PathBuf = folder.with_file_name(name);
    if building.exists() {
        fs::remove_dir_all(&building)?;
    }
    Ok(Home::new(building))
}
