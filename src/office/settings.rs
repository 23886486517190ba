//! 市の設定の公開. Takes the city's file whole or not at all and makes it the newest revision of the settings. A
//! demo keeps its own and takes none; a real home has none until a file is loaded, and prints nothing before.

mod read;

use std::{fmt, sync::LazyLock};

use crate::{
    domain::{
        audit::Event,
        city::{CitySettings, Districts},
        deed::Deed,
    },
    office::{DeedError, Office, Session},
    store::{Connection, New, Parents, StoreError, Transaction, city, people},
};

pub use crate::store::city::PublishedSettings;
pub use read::read_settings;

/// 設定のファイルの直すところ. Field and reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingProblem {
    /// As it is called in the file, `authority[2].from`.
    pub field: String,
    pub reason: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.field, self.reason)
    }
}

/// Why no settings were taken.
#[derive(Debug)]
pub enum SettingsError {
    /// All that is wrong with the file.
    Problems(Vec<SettingProblem>),
    /// A demo keeps its own.
    Demo,
    Deed(DeedError),
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problems(problems) => {
                write!(
                    f,
                    "設定のファイルに直すところが {} 件あります。何も取り込んでいません。直してから読み込みなおしてください。",
                    problems.len()
                )?;
                problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
            }
            Self::Demo => {
                f.write_str("見本の端末は見本の設定を使います。市の設定は、市の端末で読み込んでください。")
            }
            Self::Deed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SettingsError {}

impl From<DeedError> for SettingsError {
    fn from(error: DeedError) -> Self {
        Self::Deed(error)
    }
}

impl From<StoreError> for SettingsError {
    fn from(error: StoreError) -> Self {
        Self::Deed(error.into())
    }
}

impl Office {
    /// 市の設定を読み込む. Answers with the settings as they now hold.
    ///
    /// # Errors
    /// [`SettingsError`]; nothing is written then.
    pub fn load_settings(&self, session: &Session, text: &str) -> Result<CitySettings, SettingsError> {
        let mut settings = read_settings(text).map_err(SettingsError::Problems)?;
        let invented = invented(&settings);
        self.deed(session, Deed::SetCity, |transaction| {
            if people::is_demo(transaction.connection())? {
                return Err(SettingsError::Demo);
            }
            if !invented.is_empty() {
                return Err(SettingsError::Problems(invented));
            }
            let before = city::settings(transaction.connection())?;
            settings.serial = before.map_or(0, |before| before.settings.serial) + 1;
            publish(transaction, &settings)?;
            Ok(settings)
        })
    }

    /// 見本の設定を公開する. Once, when the demo city is made.
    ///
    /// # Errors
    /// [`DeedError`]; nothing is written then.
    pub(super) fn publish_demo_settings(&self, session: &Session) -> Result<(), DeedError> {
        self.deed(session, Deed::SetCity, |transaction| {
            let settings = CitySettings {
                serial: 1,
                ..demo_settings().clone()
            };
            publish(transaction, &settings)?;
            Ok(())
        })
    }

    /// 地区. Empty where the city has published none.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn districts(&self) -> Result<Districts, StoreError> {
        self.read(districts)
    }

    /// いまの設定. None on a real home before the first file.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn settings(&self) -> Result<Option<CitySettings>, StoreError> {
        self.read(current)
    }

    /// 公開されている設定. None on a real home before the first file.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn published_settings(&self) -> Result<Option<PublishedSettings>, StoreError> {
        self.read(city::settings)
    }
}

fn publish(transaction: &mut Transaction<'_>, settings: &CitySettings) -> Result<(), StoreError> {
    transaction.append(New {
        subject: CitySettings::subject(),
        about: None,
        body: settings,
        parents: Parents::Heads,
    })?;
    transaction.event(Event::new(Deed::SetCity).detail("version", settings.serial));
    Ok(())
}

/// The settings that hold: what is published, and on a demo that has published none the demo's.
pub(super) fn current(connection: &Connection) -> Result<Option<CitySettings>, StoreError> {
    Ok(match city::settings(connection)? {
        Some(published) => Some(published.settings),
        None if people::is_demo(connection)? => Some(demo_settings().clone()),
        None => None,
    })
}

/// 地区 of the city.
pub(super) fn districts(connection: &Connection) -> Result<Districts, StoreError> {
    Ok(current(connection)?.map_or_else(Districts::default, |settings| settings.districts))
}

/// The invented settings of the demo city.
pub(super) fn demo_settings() -> &'static CitySettings {
    static DEMO: LazyLock<CitySettings> = LazyLock::new(|| {
        read_settings(include_str!("../../assets/codes/demo/paper.toml"))
            .expect("a test reads the demo's settings")
    });
    &DEMO
}

/// The demo's file, loaded by mistake, would put invented names on real paper.
fn invented(settings: &CitySettings) -> Vec<SettingProblem> {
    settings
        .texts()
        .filter(|(_, text)| text.contains("見本"))
        .map(|(field, _)| SettingProblem {
            field: field.to_owned(),
            reason: "見本の値です。市の値を書いてください。".to_owned(),
        })
        .collect()
}
