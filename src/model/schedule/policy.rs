//! What a schedule does where its own runs, the past, a failure or the clock get in its way.

use std::str::FromStr;

/// A closed list of words, the same in the database and, in capitals, in GraphQL.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident, $noun:literal, { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|word| word.as_str() == text);
                found.copied().ok_or_else(|| format!(concat!("`{}` is not ", $noun), text))
            }
        }
    };
}

words!(
    /// What becomes of a fire while an earlier run of the query goes on.
    OverlapPolicy, "an overlap policy", {
        /// It is dropped.
        Skip = "skip",
        /// One waits until the run has ended; more than one are dropped.
        BufferOne = "buffer_one",
        /// It waits until all runs before it have ended.
        BufferAll = "buffer_all",
        /// The run is cancelled and this one takes its place.
        CancelOther = "cancel_other",
        /// It runs beside them.
        AllowAll = "allow_all",
    }
);

words!(
    /// What becomes of fires that nobody made when they were due.
    CatchUpPolicy, "a catch-up policy", {
        /// They are dropped.
        None = "none",
        /// The newest is made, and only if nothing newer is due on time.
        Last = "last",
        /// Each is made, oldest first.
        All = "all",
    }
);

words!(
    /// What becomes of a schedule one of whose runs has failed for good.
    FailurePolicy, "a failure policy", {
        /// It stops until somebody resumes it.
        Stop = "stop",
        /// It goes on.
        Continue = "continue",
    }
);

words!(
    /// What becomes of a fire at a local time that the clock jumps over.
    DstGap, "a policy for times that the clock jumps over", {
        /// It is read with the offset before the jump, so it is later by as much as the clock jumps.
        Shift = "shift",
        /// It is dropped.
        Skip = "skip",
    }
);

words!(
    /// Which showing of a local time that the clock shows twice is a fire.
    DstFold, "a policy for times that the clock shows twice", {
        First = "first",
        Last = "last",
        Both = "both",
    }
);

words!(
    /// The intervals that have a name of their own.
    ScheduleInterval, "an interval", {
        EveryHour = "every_hour",
        Every6Hours = "every_6_hours",
        Every12Hours = "every_12_hours",
        Daily = "daily",
    }
);

impl ScheduleInterval {
    /// The cron expression that it is short for.
    pub fn cron(self) -> &'static str {
        match self {
            Self::EveryHour => "0 * * * *",
            Self::Every6Hours => "0 */6 * * *",
            Self::Every12Hours => "0 */12 * * *",
            Self::Daily => "0 0 * * *",
        }
    }
}
