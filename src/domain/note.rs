//! 住民についての職員の追記. What clerks add to a resident that the feed doesn't carry: contact, send-to address,
//! refusal, evidence. The feed never writes here and a note never changes the resident.

use serde::{Deserialize, Serialize};

use crate::domain::revision::{Body, Kind};

/// 追記の内容.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// 連絡先.
    Contact,
    /// 送付先.
    SendTo,
    /// 接種の意向なし.
    Refusal,
    /// 確認した書類など.
    Evidence,
}

impl Topic {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::SendTo => "send_to",
            Self::Refusal => "refusal",
            Self::Evidence => "evidence",
        }
    }
}

/// 追記. `about` of its revision is the resident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentNote {
    pub topic: Topic,
    /// At most 500 characters.
    pub text: String,
}

impl Body for ResidentNote {
    const KIND: Kind = Kind::ResidentNote;
    const VERSION: u16 = 1;
}

impl std::fmt::Debug for ResidentNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResidentNote")
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}
