//! 操作. The list of everything a person or a job can do, each with a code that never changes and the name
//! that the log shows. Who may do it, and whose consent it needs, is data (`assets/codes/rights.toml`);
//! how it is done is `office`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

macro_rules! deeds {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        /// 操作. One deed is one transaction and at least one event in the log.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Deed {
            $(#[doc = $title] $name,)*
        }

        impl Deed {
            /// 操作の一覧. In the order in which this file lists them.
            pub const ALL: &[Deed] = &[$(Deed::$name,)*];

            /// 操作コード. Stable for ever: it stands in revisions and in the log.
            pub const fn code(self) -> &'static str {
                match self { $(Deed::$name => $code,)* }
            }

            /// 操作の名前. As the log shows it.
            pub const fn title(self) -> &'static str {
                match self { $(Deed::$name => $title,)* }
            }

            /// 操作コードを読む. `None` where a newer program has made the code.
            pub fn parse(code: &str) -> Option<Deed> {
                match code { $($code => Some(Deed::$name),)* _ => None }
            }
        }
    };
}

deeds! {
    // Sessions
    SignIn = "session.sign_in", "サインイン";
    SignOut = "session.sign_out", "サインアウト";
    Lock = "session.lock", "画面ロック";
    Unlock = "session.unlock", "ロック解除";
    SecondPerson = "session.second_person", "2人目のサインイン";
    TakeInDoorLog = "session.take_in_door_log", "サインインの記録の引きつぎ";
    ConfirmClock = "clock.confirm", "日時の確認";

    // People
    Search = "resident.search", "住民検索";
    ViewPerson = "resident.view", "個人カードの表示";
    RevealAddress = "resident.reveal_address", "住所の表示（支援措置）";
    ViewIndividualNumber = "individual_number.view", "個人番号の表示";
    SearchIndividualNumber = "individual_number.search", "個人番号による検索";
    Note = "resident.note", "住民メモの登録";
    EnterProvisionalPerson = "resident.enter_provisional", "仮の住民の登録";
    LinkPersons = "resident.link", "同じ人の結びつけ";
    ApproveLink = "resident.approve_link", "同じ人の結びつけの承認";

    // The feed of the register
    ImportResidents = "feed.import", "住民異動の取込";
    ReleaseImport = "feed.release", "住民異動の取込の承認";
    RejectImport = "feed.reject", "住民異動の取込の取りやめ";
    ImportIndividualNumbers = "feed.import_individual_numbers", "個人番号の取込";
    SetProtection = "protection.set", "支援措置の登録";
    RequestLifting = "protection.request_lifting", "支援措置の解除の申し出";
    LiftProtection = "protection.lift", "支援措置の解除";

    // Bundles and entry
    ReceiveBundle = "bundle.receive", "束の受領";
    CloseBundle = "bundle.close", "束を閉じる";
    Enter = "questionnaire.enter", "予診票入力";
    HoldSheet = "questionnaire.hold", "疑義へ回す";
    Correct = "record.correct", "接種記録の訂正";
    Cancel = "record.cancel", "接種記録の取消";
    ApproveEntry = "entry.approve", "入力の承認";
    ReturnEntry = "entry.return", "入力の差し戻し";
    TakeOverRecords = "record.take_over", "過去の記録の移行";
    SettleConflict = "conflict.settle", "競合の解決";
    SettleDuplicate = "duplicate.settle", "重複の確認";

    // Draws
    DrawCohort = "draw.make", "対象者抽出";
    SignBoundary = "draw.sign_boundary", "境目の署名";
    ReleaseDraw = "draw.release", "抽出の承認";
    DiscardDraw = "draw.discard", "抽出の取りやめ";

    // Vouchers
    IssueVoucher = "voucher.issue", "接種券の発行";
    ReissueVoucher = "voucher.reissue", "接種券の再発行";
    VoidVoucher = "voucher.void", "接種券の無効";
    DispatchVoucher = "voucher.dispatch", "接種券の発送";

    // Print runs
    PrepareRun = "run.prepare", "印刷の準備";
    ReleaseRun = "run.release", "印刷の承認";
    PrintChunk = "run.print", "印刷";
    ConfirmChunk = "run.confirm", "枚数の確認";
    SpoilSheet = "run.spoil", "刷損の登録";
    ReprintSheet = "run.reprint", "再印刷";
    StopRun = "run.stop", "印刷の中止";
    PrintTestSheet = "run.print_test", "試し刷り";

    // Certificates
    ApplyForCertificate = "certificate.apply", "証明書の申請";
    IssueCertificate = "certificate.issue", "証明書の交付";
    ReissueCertificate = "certificate.reissue", "証明書の再交付";
    SpoilCertificate = "certificate.spoil", "証明書の刷損の登録";

    // The log
    ViewLog = "log.view", "操作履歴の表示";
    VerifyLog = "log.verify", "連鎖の確認";
    ReviewLog = "log.review", "操作履歴の見直し";
    PrintLog = "log.print", "操作履歴の印刷";

    // Settings
    SetTerminal = "setting.terminal", "端末の設定";
    SetCity = "setting.city", "市の設定";
    SetPrinter = "setting.printer", "プリンタの設定";
    PublishTables = "setting.publish_tables", "規則・様式・コード表の公開";

    // Keys and people who work here
    SetUp = "terminal.set_up", "端末の準備";
    EnrollOperator = "operator.enroll", "操作者の登録";
    ChangeRights = "operator.change_rights", "権限の変更";
    ApproveRights = "operator.approve_rights", "権限の承認";
    Depart = "operator.depart", "操作者の離任";
    RevokeOperator = "operator.revoke", "操作者の失効";
    ChangePassword = "operator.change_password", "パスワードの変更";
    ReviewOperators = "operator.review", "操作者の見直し";
    GrantNumberKey = "individual_number.grant_key", "個人番号の鍵を渡す";
    RenewPublishingKey = "key.renew_publishing", "公開鍵の更新";
    RenewTerminalSecret = "key.renew_terminal_secret", "端末の鍵の更新";
    Rekey = "key.rekey", "データベースの鍵の更新";
    EnrollTerminal = "terminal.enroll", "端末の登録";
    RevokeTerminal = "terminal.revoke", "端末の失効";
    AssignNumberBlocks = "terminal.assign_number_blocks", "番号の割当て";

    // Copies and recovery
    BackUp = "backup.make", "バックアップ";
    Restore = "backup.restore", "バックアップからの復元";
    Recover = "recovery.recover", "復旧";
    MakeRecoveryKeys = "recovery.make_keys", "復旧の鍵の作成";

    // Kept names of deeds whose time comes later
    RequestErasure = "erasure.request", "消去の申し出";
    Erase = "erasure.erase", "消去";
    RequestAfterHours = "after_hours.request", "時間外使用の申し出";
    ApproveAfterHours = "after_hours.approve", "時間外使用の承認";
    Synchronize = "sync.run", "同期";
    RegisterMedium = "medium.register", "媒体の登録";
    ReleaseMedium = "medium.release", "媒体の持ち出しの承認";
    PunchTwice = "entry.punch_again", "二重入力";
    CompareEntries = "entry.compare", "二重入力の照合";

    // Jobs of the machine
    Rebuild = "store.rebuild", "一覧の作り直し";
    MakeDemo = "demo.make", "見本の作成";
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Serialize for Deed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Deed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Deed::parse(&code).ok_or_else(|| de::Error::custom("unknown deed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_well_formed_and_read_back() {
        let mut seen = BTreeSet::new();
        for deed in Deed::ALL {
            let code = deed.code();
            assert!(seen.insert(code), "{code} twice");
            assert!(
                code.len() <= 40
                    && code.split('.').count() == 2
                    && code
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.'),
                "{code}"
            );
            assert_eq!(Deed::parse(code), Some(*deed));
        }
        assert_eq!(Deed::parse("resident.fly"), None);
    }
}
