//! 復旧. What two officials open together and one alone does not: the city's keys nested for every pair (age to
//! the first inside age to the second), and the recovery medium of each official, locked under her passphrase.
//! The city key stands only on the media, for each pair under a key that needs both.

use crate::{
    domain::trust::Octets,
    seal::{
        aead::{self, NONCE_LENGTH, Place},
        derive::{self, Purpose},
        password::{Cost, Password},
        sealing::OpeningKey,
        secret::Secret,
        slot::CityKeys,
        slot_file::RecoverySlot,
    },
};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// 責任者の人数.
pub const FEWEST: usize = 2;
pub const MOST: usize = 7;
const HEADING: &str = "MADOGUCHI-RECOVERY-1";
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LONGEST_TEXT: usize = 16 * 1024;

/// 復旧できないわけ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecoveryError {
    /// Fewer than two or more than seven officials.
    Count,
    /// Not the text of a recovery medium, or copied with a mistake.
    Text,
    /// The passphrase does not open it.
    Passphrase,
    /// Twice the same official.
    SameOfficial,
    /// No slot for these two.
    NoSuchPair,
}

impl fmt::Display for RecoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RecoveryError::Count => "復旧の責任者は2人から7人までです。人数を見直してください。",
            RecoveryError::Text => {
                "復旧媒体の文字が読めません。写しまちがいがないか、はじめから終わりまで見直してください。"
            }
            RecoveryError::Passphrase => "合言葉がちがいます。もう一度入力してください。",
            RecoveryError::SameOfficial => "同じ責任者の媒体です。もう1人の責任者の媒体を入れてください。",
            RecoveryError::NoSuchPair => {
                "この2人の組では開きません。この市の今の責任者の媒体か確かめてください。"
            }
        })
    }
}

impl std::error::Error for RecoveryError {}

/// 責任者の鍵. Lives on a medium, and in memory while two officials recover.
pub struct OfficialKey {
    pub number: u8,
    opening: OpeningKey,
    /// For every other official (by number): the city key, openable by the two of them.
    shares: Vec<(u8, Octets)>,
}

/// 合言葉で閉じた媒体. What the text of a medium holds.
#[derive(Serialize, Deserialize)]
struct Medium {
    number: u8,
    city: String,
    salt: [u8; 16],
    cost: Cost,
    locked: Octets,
}

#[derive(Serialize, Deserialize)]
struct Inside {
    opening: String,
    shares: Vec<(u8, Octets)>,
}

/// 責任者の鍵を作る. One for each official, numbered from 1, with the city key shared out to every pair.
/// `nonce` gives fresh random bytes.
///
/// # Errors
/// [`RecoveryError::Count`].
pub fn make(
    count: usize,
    city_key: &Secret,
    mut nonce: impl FnMut() -> [u8; NONCE_LENGTH],
) -> Result<Vec<OfficialKey>, RecoveryError> {
    if !(FEWEST..=MOST).contains(&count) {
        return Err(RecoveryError::Count);
    }
    let mut keys: Vec<OfficialKey> = (1..)
        .take(count)
        .map(|number| OfficialKey {
            number,
            opening: OpeningKey::make(),
            shares: Vec::new(),
        })
        .collect();
    let mut shares: Vec<(u8, u8, Octets)> = Vec::new();
    for (at, one) in keys.iter().enumerate() {
        for other in keys.iter().skip(at + 1) {
            let key = pair_key(&one.opening, &other.opening);
            let place = pair_place(one.number, other.number);
            let share = aead::encrypt(
                &key,
                Place {
                    table: "city_key",
                    subject: &place,
                },
                nonce(),
                city_key.expose(),
            );
            shares.push((one.number, other.number, Octets(share)));
        }
    }
    for (one, other, share) in shares {
        for key in &mut keys {
            if key.number == one {
                key.shares.push((other, share.clone()));
            } else if key.number == other {
                key.shares.push((one, share.clone()));
            }
        }
    }
    Ok(keys)
}

/// 復旧の枠を作る. One for each pair of officials.
pub fn slots(officials: &[OfficialKey], keys: &CityKeys) -> Vec<RecoverySlot> {
    let plain = written(keys);
    let mut slots = Vec::new();
    for (at, one) in officials.iter().enumerate() {
        for other in officials.iter().skip(at + 1) {
            let (first, second) = (one.opening.public(), other.opening.public());
            let sealed = first.seal(&plain).and_then(|inner| second.seal(&inner));
            let sealed = Octets(sealed.expect("keys made here are keys"));
            slots.push(RecoverySlot {
                first,
                second,
                sealed,
            });
        }
    }
    slots
}

/// 復旧の枠を封じなおす. For the same officials, who need not be there.
///
/// # Errors
/// [`RecoveryError::NoSuchPair`] where a slot names no key.
pub fn seal_anew(slots: &[RecoverySlot], keys: &CityKeys) -> Result<Vec<RecoverySlot>, RecoveryError> {
    let plain = written(keys);
    let anew = |slot: &RecoverySlot| {
        let sealed = slot.first.seal(&plain).and_then(|inner| slot.second.seal(&inner));
        Ok(RecoverySlot {
            first: slot.first.clone(),
            second: slot.second.clone(),
            sealed: Octets(sealed.map_err(|_| RecoveryError::NoSuchPair)?),
        })
    };
    slots.iter().map(anew).collect()
}

fn written(keys: &CityKeys) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::new());
    let content = (&keys.database, &keys.publishing, &keys.number);
    ciborium::into_writer(&content, &mut *plain).expect("writing to memory can't go wrong");
    plain
}

/// 2人で開く. The city's keys out of the slot of this pair.
///
/// # Errors
/// [`RecoveryError::SameOfficial`] or [`RecoveryError::NoSuchPair`].
pub fn open(
    slots: &[RecoverySlot],
    one: &OfficialKey,
    other: &OfficialKey,
) -> Result<CityKeys, RecoveryError> {
    let (a, b) = (one.opening.public(), other.opening.public());
    if a == b {
        return Err(RecoveryError::SameOfficial);
    }
    for slot in slots {
        let (inner, outer) = if slot.first == a && slot.second == b {
            (&one.opening, &other.opening)
        } else if slot.first == b && slot.second == a {
            (&other.opening, &one.opening)
        } else {
            continue;
        };
        let plain = outer
            .open(&slot.sealed.0)
            .and_then(|sealed| inner.open(&sealed))
            .map_err(|_| RecoveryError::NoSuchPair)?;
        let (database, publishing, number) =
            ciborium::de::from_reader_with_recursion_limit(plain.as_slice(), 8)
                .map_err(|_| RecoveryError::NoSuchPair)?;
        return Ok(CityKeys {
            database,
            publishing,
            number,
        });
    }
    Err(RecoveryError::NoSuchPair)
}

/// 2人で市の鍵を開く. From their media alone.
///
/// # Errors
/// [`RecoveryError::SameOfficial`] or [`RecoveryError::NoSuchPair`].
pub fn city_key(one: &OfficialKey, other: &OfficialKey) -> Result<Secret, RecoveryError> {
    if one.number == other.number {
        return Err(RecoveryError::SameOfficial);
    }
    let (first, second) = if one.number < other.number {
        (one, other)
    } else {
        (other, one)
    };
    let share = first.shares.iter().find(|(number, _)| *number == second.number);
    let (_, share) = share.ok_or(RecoveryError::NoSuchPair)?;
    let key = pair_key(&first.opening, &second.opening);
    let place = pair_place(first.number, second.number);
    let plain = aead::decrypt(
        &key,
        Place {
            table: "city_key",
            subject: &place,
        },
        &share.0,
    )
    .map_err(|_| RecoveryError::NoSuchPair)?;
    Secret::from_slice(&plain).ok_or(RecoveryError::NoSuchPair)
}

fn pair_key(one: &OpeningKey, other: &OpeningKey) -> Secret {
    let secret = |key: &OpeningKey| Secret::new(derive::digest(key.write().as_bytes()));
    derive::derive_key_of_two(&secret(one), &secret(other), Purpose::CityKeyShare)
}

fn pair_place(one: u8, other: u8) -> [u8; 2] {
    [one, other]
}

impl OfficialKey {
    /// 媒体に書く文字. Locked under the passphrase; groups of four letters without those that are mistaken for
    /// others, and a check at the end.
    ///
    /// # Errors
    /// [`RecoveryError::Passphrase`] where the cost is beyond this machine.
    pub fn write(
        &self,
        city: &str,
        passphrase: &Password,
        cost: Cost,
        salt: [u8; 16],
        nonce: [u8; NONCE_LENGTH],
    ) -> Result<String, RecoveryError> {
        let inside = Inside {
            opening: self.opening.write().to_string(),
            shares: self.shares.clone(),
        };
        let mut plain = Zeroizing::new(Vec::new());
        ciborium::into_writer(&inside, &mut *plain).expect("writing to memory can't go wrong");
        let key = passphrase
            .derive_key(&salt, cost)
            .ok_or(RecoveryError::Passphrase)?;
        let key = derive::derive_key(&key, Purpose::RecoveryMedium);
        let place = Place {
            table: "recovery_medium",
            subject: &[self.number],
        };
        let locked = Octets(aead::encrypt(&key, place, nonce, &plain));
        let medium = Medium {
            number: self.number,
            city: city.to_owned(),
            salt,
            cost,
            locked,
        };
        let mut bytes = Vec::new();
        ciborium::into_writer(&medium, &mut bytes).expect("writing to memory can't go wrong");
        bytes.extend_from_slice(&derive::digest(&bytes)[..5]);
        let letters = to_letters(&bytes);
        let groups: Vec<&str> = letters
            .as_bytes()
            .chunks(4)
            .filter_map(|c| std::str::from_utf8(c).ok())
            .collect();
        let lines: Vec<String> = groups.chunks(12).map(|line| line.join(" ")).collect();
        Ok(format!("{HEADING}\n{}\n", lines.join("\n")))
    }

    /// 媒体の文字を読む. Anything before the heading is left aside.
    ///
    /// # Errors
    /// [`RecoveryError::Text`] or [`RecoveryError::Passphrase`].
    pub fn read(text: &str, passphrase: &Password) -> Result<Self, RecoveryError> {
        if text.len() > LONGEST_TEXT {
            return Err(RecoveryError::Text);
        }
        let (_, letters) = text.split_once(HEADING).ok_or(RecoveryError::Text)?;
        let bytes = from_letters(letters).ok_or(RecoveryError::Text)?;
        let at = bytes.len().checked_sub(5).ok_or(RecoveryError::Text)?;
        let (bytes, check) = bytes.split_at(at);
        if derive::digest(bytes)[..5] != *check {
            return Err(RecoveryError::Text);
        }
        let medium: Medium =
            ciborium::de::from_reader_with_recursion_limit(bytes, 8).map_err(|_| RecoveryError::Text)?;
        let key = passphrase
            .derive_key(&medium.salt, medium.cost)
            .ok_or(RecoveryError::Passphrase)?;
        let key = derive::derive_key(&key, Purpose::RecoveryMedium);
        let place = Place {
            table: "recovery_medium",
            subject: &[medium.number],
        };
        let plain = aead::decrypt(&key, place, &medium.locked.0).map_err(|_| RecoveryError::Passphrase)?;
        let inside: Inside = ciborium::de::from_reader_with_recursion_limit(plain.as_slice(), 8)
            .map_err(|_| RecoveryError::Text)?;
        let opening = Zeroizing::new(inside.opening);
        let opening = OpeningKey::parse(&opening).map_err(|_| RecoveryError::Text)?;
        Ok(OfficialKey {
            number: medium.number,
            opening,
            shares: inside.shares,
        })
    }
}

impl fmt::Debug for OfficialKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficialKey")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

fn to_letters(bytes: &[u8]) -> String {
    let (mut letters, mut held, mut bits) = (String::new(), 0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            letters.push(letter(held >> bits));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        letters.push(letter(held << (5 - bits)));
    }
    letters
}

fn letter(value: u32) -> char {
    ALPHABET
        .get((value & 31) as usize)
        .map_or('A', |letter| char::from(*letter))
}

fn from_letters(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let upper = u8::try_from(c).ok()?.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|letter| *letter == upper)?;
        held = held << 5 | value as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    (held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officials(count: usize) -> (Vec<OfficialKey>, Vec<RecoverySlot>) {
        let mut n = 0u8;
        let mut nonce = || {
            n += 1;
            [n; 24]
        };
        let officials = make(count, &Secret::new([9; 32]), &mut nonce).unwrap();
        let keys = CityKeys {
            database: Secret::new([1; 32]),
            publishing: Some(Secret::new([2; 32])),
            number: Some(Secret::new([3; 32])),
        };
        let slots = slots(&officials, &keys);
        (officials, slots)
    }

    #[test]
    fn any_two_of_five_officials_open_everything() {
        let (officials, slots) = officials(5);
        assert_eq!(slots.len(), 10);
        for one in &officials {
            for other in &officials {
                if one.number == other.number {
                    continue;
                }
                let keys = open(&slots, one, other).unwrap();
                assert_eq!(keys.database, Secret::new([1; 32]));
                assert_eq!(keys.number, Some(Secret::new([3; 32])));
                assert_eq!(city_key(one, other).unwrap(), Secret::new([9; 32]));
            }
        }
    }

    #[test]
    fn one_official_alone_opens_nothing() {
        let (officials, slots) = officials(3);
        let one = &officials[0];
        assert_eq!(open(&slots, one, one).err(), Some(RecoveryError::SameOfficial));
        assert_eq!(city_key(one, one).err(), Some(RecoveryError::SameOfficial));
        for slot in &slots {
            // Neither the outer nor the inner seal gives her the keys.
            if let Ok(inner) = one.opening.open(&slot.sealed.0) {
                assert!(one.opening.open(&inner).is_err());
            }
        }
        for (_, share) in &one.shares {
            let alone = pair_key(&one.opening, &one.opening);
            for place in [[1, 2], [1, 3], [1, 1]] {
                assert!(
                    aead::decrypt(
                        &alone,
                        Place {
                            table: "city_key",
                            subject: &place
                        },
                        &share.0
                    )
                    .is_err()
                );
            }
        }
    }

    #[test]
    fn officials_of_another_city_open_nothing() {
        let (_, slots) = officials(2);
        let (strangers, _) = officials(2);
        assert_eq!(
            open(&slots, &strangers[0], &strangers[1]).err(),
            Some(RecoveryError::NoSuchPair)
        );
    }

    #[test]
    fn fewer_than_two_and_more_than_seven_are_refused() {
        for count in [0, 1, 8] {
            assert_eq!(
                make(count, &Secret::new([9; 32]), || [0; 24]).err(),
                Some(RecoveryError::Count)
            );
        }
    }

    #[test]
    fn a_medium_is_read_back_with_its_passphrase_and_mistakes_are_noticed() {
        let (officials, slots) = officials(2);
        let phrase = Password::new("yama no ue no ie").unwrap();
        let write = |key: &OfficialKey| {
            key.write("いわき市", &phrase, Cost::CHEAP, [1; 16], [2; 24])
                .unwrap()
        };
        let text = write(&officials[0]);
        let one = OfficialKey::read(
            &format!(
                "責任者 1\n{}",
                text.to_lowercase().replace("madoguchi-recovery-1", HEADING)
            ),
            &phrase,
        )
        .unwrap();
        let other = OfficialKey::read(&write(&officials[1]), &phrase).unwrap();
        assert!(open(&slots, &one, &other).is_ok());
        let wrong = Password::new("umi no soba no ie").unwrap();
        assert_eq!(
            OfficialKey::read(&text, &wrong).err(),
            Some(RecoveryError::Passphrase)
        );
        assert_eq!(
            OfficialKey::read("nothing", &phrase).err(),
            Some(RecoveryError::Text)
        );
        let at = text.len() / 2;
        let letter = &text[at..=at];
        let other = if letter == "A" { "B" } else { "A" };
        let mistaken = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        if letter != " " && letter != "\n" {
            assert_eq!(
                OfficialKey::read(&mistaken, &phrase).err(),
                Some(RecoveryError::Text)
            );
        }
    }
}
