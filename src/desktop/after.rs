//! しばらくして. Answers after a while, without a runtime of its own.

use std::time::Duration;

use iced::Task;

/// One answer, once this time has passed.
pub fn after(time: Duration) -> Task<()> {
    let (sender, answer) = iced::futures::channel::oneshot::channel();
    std::thread::spawn(move || {
        std::thread::sleep(time);
        let _ = sender.send(());
    });
    Task::perform(answer, |_| ())
}
