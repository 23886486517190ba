//! 書体. The pinned fonts of paper. BIZ UD Gothic and OCR-B are part of the program; IPAmj Mincho (46 MB) and
//! the Mincho of titles are files beside it, mapped when first needed. Never a font of the system: a page must
//! look the same on each terminal. Which character goes to which font is `shape`.

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// 書体. The codes are those of the form files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Face {
    /// `G` BIZ UDゴシック: fixed width, for numbers and codes.
    Gothic,
    /// `GB` its bold.
    GothicBold,
    /// `P` BIZ UDPゴシック: sentences and labels.
    Text,
    /// `PB` its bold.
    TextBold,
    /// `M` BIZ UD明朝: titles of certificates.
    Mincho,
    /// `MP` BIZ UDP明朝.
    MinchoText,
    /// `N` IPAmj明朝: names of persons, always.
    Names,
    /// `O` OCR-B.
    OcrB,
}

/// 書体を開けない.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FontError {
    /// None of the folders holds the file.
    Absent(&'static str),
    /// The file is there and isn't a font.
    Unreadable(&'static str),
}

impl fmt::Display for FontError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(file) => write!(
                f,
                "書体のファイル {file} が見つかりません。プログラムと同じ場所の fonts フォルダーに置いてください。"
            ),
            Self::Unreadable(file) => write!(
                f,
                "書体のファイル {file} を読めません。配布されたものと入れ替えてください。"
            ),
        }
    }
}

impl std::error::Error for FontError {}

impl Face {
    /// Every face, in the order of its codes.
    pub const ALL: [Self; 8] = [
        Self::Gothic,
        Self::GothicBold,
        Self::Text,
        Self::TextBold,
        Self::Mincho,
        Self::MinchoText,
        Self::Names,
        Self::OcrB,
    ];

    /// The code in a form file: `G`, `GB`, `P`, `PB`, `M`, `MP`, `N`, `O`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gothic => "G",
            Self::GothicBold => "GB",
            Self::Text => "P",
            Self::TextBold => "PB",
            Self::Mincho => "M",
            Self::MinchoText => "MP",
            Self::Names => "N",
            Self::OcrB => "O",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|face| face.code() == code)
    }

    /// The file's name in the folder of fonts.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Gothic => "BIZUDGothic-Regular.ttf",
            Self::GothicBold => "BIZUDGothic-Bold.ttf",
            Self::Text => "BIZUDPGothic-Regular.ttf",
            Self::TextBold => "BIZUDPGothic-Bold.ttf",
            Self::Mincho => "BIZUDMincho-Regular.ttf",
            Self::MinchoText => "BIZUDPMincho-Regular.ttf",
            Self::Names => "ipamjm.ttf",
            Self::OcrB => "OCRB.otf",
        }
    }

    /// PostScript name, as it stands in a PDF.
    pub(super) fn postscript(self) -> &'static str {
        match self {
            Self::Gothic => "BIZUDGothic-Regular",
            Self::GothicBold => "BIZUDGothic-Bold",
            Self::Text => "BIZUDPGothic-Regular",
            Self::TextBold => "BIZUDPGothic-Bold",
            Self::Mincho => "BIZUDMincho-Regular",
            Self::MinchoText => "BIZUDPMincho-Regular",
            Self::Names => "IPAmjMincho",
            Self::OcrB => "OCRB",
        }
    }

    fn embedded(self) -> Option<&'static [u8]> {
        match self {
            Self::Gothic => Some(include_bytes!("../../assets/fonts/BIZUDGothic-Regular.ttf")),
            Self::GothicBold => Some(include_bytes!("../../assets/fonts/BIZUDGothic-Bold.ttf")),
            Self::Text => Some(include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.ttf")),
            Self::TextBold => Some(include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf")),
            Self::OcrB => Some(include_bytes!("../../assets/fonts/OCRB.otf")),
            Self::Mincho | Self::MinchoText | Self::Names => None,
        }
    }

    fn slot(self) -> &'static OnceLock<Font> {
        static OPEN: [OnceLock<Font>; 8] = [const { OnceLock::new() }; 8];
        &OPEN[self as usize]
    }
}

/// A font that is open for the life of the program.
pub(super) struct Font {
    pub face: rustybuzz::Face<'static>,
    pub data: &'static [u8],
    pub units_per_em: f32,
}

/// Opens a face once; later calls are a look-up.
///
/// # Errors
/// The file is absent or no font.
pub(super) fn open(face: Face) -> Result<&'static Font, FontError> {
    let slot = face.slot();
    if let Some(font) = slot.get() {
        return Ok(font);
    }
    let data = match face.embedded() {
        Some(data) => data,
        None => map(face.file())?,
    };
    let parsed = rustybuzz::Face::from_slice(data, 0).ok_or(FontError::Unreadable(face.file()))?;
    let units_per_em = f32::from(parsed.units_per_em().max(1) as u16);
    Ok(slot.get_or_init(|| Font {
        face: parsed,
        data,
        units_per_em,
    }))
}

/// Bytes of a face that is part of the program, for the desktop's own text.
#[must_use]
pub fn embedded(face: Face) -> Option<&'static [u8]> {
    face.embedded()
}

/// Bytes of a face, embedded or from its file, for the desktop's own text.
///
/// # Errors
/// The file is absent or no font.
pub fn data(face: Face) -> Result<&'static [u8], FontError> {
    open(face).map(|font| font.data)
}

/// Whether a face has a glyph for every character and every pair with a variation selector of a text.
#[must_use]
pub fn covers(face: Face, text: &str) -> bool {
    let Ok(font) = open(face) else { return false };
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let selector = letters.next_if(|next| super::selector::is_selector(*next));
        let found = match selector {
            Some(selector) => font.face.glyph_variation_index(letter, selector).is_some(),
            None => font.face.glyph_index(letter).is_some(),
        };
        if !found {
            return false;
        }
    }
    true
}

// The mapping is kept until the process ends: at most one per face.
#[allow(
    unsafe_code,
    reason = "mapping a file; the font is installed with the program and not written while it runs"
)]
fn map(file: &'static str) -> Result<&'static [u8], FontError> {
    let path = folders()
        .into_iter()
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
        .ok_or(FontError::Absent(file))?;
    let opened = File::open(path).map_err(|_| FontError::Unreadable(file))?;
    let mapped = unsafe { memmap2::Mmap::map(&opened) }.map_err(|_| FontError::Unreadable(file))?;
    Ok(Box::leak(Box::new(mapped)))
}

/// Beside the program, in the share folder of an installation, or in the sources of a development build.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(program) = std::env::current_exe() {
        let home = program.parent().unwrap_or(Path::new("."));
        folders.push(home.join("fonts"));
        folders.push(home.join("../share/madoguchi/fonts"));
        let target = program
            .ancestors()
            .find(|a| a.file_name().is_some_and(|n| n == "target"));
        if let Some(sources) = target.and_then(Path::parent) {
            folders.push(sources.join("assets/fonts"));
        }
    }
    if let Some(sources) = std::env::var_os("CARGO_MANIFEST_DIR") {
        folders.push(Path::new(&sources).join("assets/fonts"));
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_name_is_covered_with_its_selectors_or_not_at_all() {
        assert!(covers(Face::Text, "葛\u{E0100}城 髙橋 山﨑"));
        assert!(!covers(Face::Text, "𠮷田"));
        assert!(covers(Face::Names, "𠮷田"));
        assert!(!covers(Face::Text, "一\u{E01EF}"));
    }

    #[test]
    fn each_font_is_the_pinned_file() {
        let list = include_str!("../../assets/fonts/README.md");
        for face in Face::ALL {
            let digest: String = Sha256::digest(open(face).expect("the font opens").data)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let line = list
                .lines()
                .find(|line| line.starts_with(&format!("| {} |", face.file())))
                .expect("the list names the file");
            assert!(line.contains(&digest), "{}", face.file());
        }
    }
}
